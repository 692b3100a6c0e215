import type { Figure, Measured, Report, SetName, Subgroup } from './report.ts';
import { gapWarning, rareWarning, worseWarning } from './subgroups.ts';

/** Three digits, and whole percents, as people read them. */
export function shown(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) < 0.001 ? value.toExponential(1) : Number(value.toPrecision(3)).toString();
}

export function percent(share: number): string {
  const value = 100 * share;
  return `${value !== 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}

/** How far a set is from ideal in a figure, 0 upwards. */
function badness({ good, target = 0 }: Figure, value: number): number {
  if (good === 'low') return Math.max(0, value);
  if (good === 'high') return Math.max(0, 1 - value);
  // Ratios around one: twice and half are equally bad.
  return target === 1 ? Math.abs(Math.log(Math.max(1e-9, value))) : Math.abs(value - target);
}

function badnessOf(figure: Figure, set: SetName): number | undefined {
  const measured = figure.sets[set];
  return measured === undefined ? undefined : badness(figure, measured.value);
}

function figureNamed(figures: readonly Figure[], id: string): Figure | undefined {
  return figures.find((figure) => figure.id === id);
}

const badWords = {
  blurred: 'blurred real slices',
  noisy: 'noisy real slices',
  repeated: 'one real slice repeated',
} as const;

function fidelity(figures: readonly Figure[]): string[] {
  const out: string[] = [];
  const kid = figureNamed(figures, 'kid.pixels and gradients');
  const [synthetic, floor] = [kid?.sets.synthetic, kid?.sets.floor];
  if (kid !== undefined && synthetic !== undefined && floor !== undefined) {
    const worse = (['blurred', 'noisy', 'repeated'] as const).filter(
      (name) => (badnessOf(kid, name) ?? 0) > synthetic.value,
    );
    const times = floor.value > 0 ? `, ${shown(synthetic.value / floor.value)} times the floor` : '';
    out.push(
      (synthetic.low ?? synthetic.value) <= floor.value || synthetic.value <= floor.value
        ? `By pixels and gradients the synthetic slices are as near to real ones as slices of other people are (KID ${shown(synthetic.value)}, floor ${shown(floor.value)}).`
        : `By pixels and gradients the synthetic slices can be told from real ones: KID ${shown(synthetic.value)}${times} (${shown(floor.value)}).` +
            (worse.length > 0
              ? ` They are nearer than ${worse.map((name) => badWords[name]).join(' or ')}.`
              : ' Even blurred real slices, noisy ones, and one repeated are nearer.'),
    );
  }
  const coverage = figureNamed(figures, 'coverage.pixels and gradients');
  if (
    coverage?.sets.synthetic &&
    coverage.sets.floor &&
    // Where slices of other people hardly cover these either (few subjects), low coverage says nothing.
    coverage.sets.floor.value > 0.1 &&
    coverage.sets.synthetic.value < 0.5 * coverage.sets.floor.value
  ) {
    out.push(
      `Little variety: ${percent(coverage.sets.synthetic.value)} of the real slices have a synthetic one near by; slices of other people reach ${percent(coverage.sets.floor.value)}.`,
    );
  }
  const recall = figureNamed(figures, 'recall.pixels and gradients')?.sets;
  if (recall?.synthetic && recall.floor && recall.floor.value > 0.1) {
    if (recall.synthetic.value < 0.5 * recall.floor.value)
      out.push(
        `The set keeps to the usual: ${percent(recall.synthetic.value)} of the real slices lie within what its slices span (recall); slices of other people reach ${percent(recall.floor.value)}. Rare looks are missing.`,
      );
  }
  const likeness = figureNamed(figures, 'ms-ssim-gap')?.sets;
  const gap = likeness?.synthetic?.value;
  // Slices of a few other people may resemble each other as much: that is the people, not the generator.
  const usual = Math.max(0, likeness?.floor?.value ?? 0);
  if (gap !== undefined && gap > usual + 0.1)
    out.push(
      `The synthetic slices resemble each other more than real ones do (MS-SSIM gap ${shown(gap)}; real ones ${shown(usual)}): a sign of mode collapse.`,
    );
  const detail = figureNamed(figures, 'fine-detail')?.sets;
  const ratio = detail?.synthetic?.value;
  if (ratio !== undefined && (ratio > 2 || ratio < 0.5)) {
    out.push(
      `Fine detail has ${shown(ratio)} times the power of that of real slices: ${ratio > 1 ? 'grain or a grid' : 'blur'}.`,
    );
  }
  const grey = figureNamed(figures, 'histogram')?.sets;
  if (grey?.synthetic && grey.synthetic.value > 0.03 + 3 * (grey.floor?.value ?? 0)) {
    out.push(
      `Grey values are off by ${percent(grey.synthetic.value)} of the window on average: brightness, contrast or windowing differ.`,
    );
  }
  return out;
}

/**
 * Lower end of the 95 % interval of the difference of two shares, from their Wilson intervals (Newcombe 1998,
 * method 10): two intervals may overlap while the shares differ beyond chance.
 */
function lowestExcess(share: Measured, other: Measured): number {
  const below = share.value - (share.low ?? share.value);
  const above = (other.high ?? other.value) - other.value;
  return share.value - other.value - Math.hypot(below, above);
}

function copying({ copying: found }: Omit<Report, 'findings'>): string[] {
  if (found === null) return [];
  const { nearCopies, judged, falseAlarms, dataCopying } = found;
  const alarms =
    falseAlarms === null
      ? ''
      : ` The same test alarms at ${percent(falseAlarms.value)} of ${falseAlarms.of} held-out slices, which cannot be copies.`;
  const count = `${nearCopies.length} of ${judged} synthetic slices (${percent(found.share.value)})`;
  const verdict =
    (found.share.low ?? 0) > (falseAlarms?.high ?? 0.02)
      ? `Copying: ${count} are near-copies of training slices. Do not share this set.`
      : nearCopies.length === 0
        ? `No near-copy among ${judged} synthetic slices.`
        : falseAlarms !== null && lowestExcess(found.share, falseAlarms) > 0
          ? `${count} lie as near to a training slice as a copy, more than chance gives. Exports leave them out; look at each before you share the set.`
          : `${count} lie as near to a training slice as a copy; no more than chance gives, but look at each.`;
  const out = [verdict + alarms];
  if (dataCopying !== null && dataCopying < -3) {
    out.push(
      `C_T is ${shown(dataCopying)}: synthetic slices lie nearer to the training slices than slices of other people do, which is a sign of copying or of lost variety.`,
    );
  }
  const leaking = found.membership.filter(
    ({ attack, control }) => (attack.low ?? 0) > 0.5 && attack.value > (control.high ?? 1),
  );
  if (leaking.length > 0) {
    out.push(
      `Who was trained on shows: slices of training subjects lie nearer to the synthetic ones than those of other people (${leaking
        .map(
          ({ space, attack, control }) =>
            `${space}: ${shown(attack.value)}, by chance up to ${shown(control.high ?? 1)}`,
        )
        .join('; ')}; 0.5 tells nothing).`,
    );
  }
  return out;
}

function utility({ utility: found }: Omit<Report, 'findings'>): string[] {
  if (found === null) return [];
  const { label, real, synthetic, gain, chance, labelsFrom } = found;
  if ((real.low ?? 0) <= chance) {
    return [
      `A classifier of "${label}" learns nothing from the real slices, so it cannot judge the synthetic ones.`,
    ];
  }
  const given = labelsFrom === 'the run' ? '' : ', with labels that a classifier of the real slices gave,';
  const sum =
    (gain.low ?? 0) > 0
      ? 'Added to the real slices they help'
      : (gain.high ?? 0) < 0
        ? 'Added to the real slices they harm'
        : 'Added to the real slices they neither help nor harm beyond chance';
  return [
    `A classifier of "${label}" that learned from synthetic slices alone${given} is right in ${percent(synthetic.value)} of held-out real slices, one that learned from real ones in ${percent(real.value)} (chance ${percent(chance)}). ${sum} (${gain.value >= 0 ? '+' : ''}${shown(100 * gain.value)} points, ${shown(100 * (gain.low ?? 0))} to ${shown(100 * (gain.high ?? 0))}).`,
  ];
}

/** Groups that are the same slices by another name ("scanner model", "series"), told once with all their names. */
function named(subgroups: readonly Subgroup[]): (Subgroup & { readonly names: string })[] {
  const same = Map.groupBy(
    subgroups.filter(({ warnings = [] }) => warnings.length > 0),
    ({ real, subjects, synthetic, coverage, kid }) =>
      [real, subjects, synthetic, coverage.value, kid?.value].join(' '),
  );
  return [...same.values()].map((alike) => ({
    ...alike[0]!,
    names: alike.map(({ by, group }) => `${by} "${group}"`).join(', which is also '),
  }));
}

function groups({ subgroups }: Omit<Report, 'findings'>): string[] {
  const told = named(subgroups).flatMap(
    ({ names, coverage, floorCoverage, realShare, syntheticShare, warnings = [] }) => {
      const others = floorCoverage === null ? '' : `, ${percent(floorCoverage)} by slices of other people`;
      const few = warnings.find((warning) => warning.startsWith('small group'));
      const small = few === undefined ? '' : ` (${few})`;
      if (warnings.includes(gapWarning)) {
        return [
          warnings.includes(rareWarning)
            ? `No synthetic slice, or hardly one, like those of ${names}: ${percent(coverage.value)} are covered${others}${small}.`
            : `Synthetic slices of ${names} are there (${percent(syntheticShare)} of all), but not like the real ones: hardly any of those, ${percent(coverage.value)}, has one near by${others}${small}.`,
        ];
      }
      if (warnings.includes(rareWarning)) {
        return [
          `Few synthetic slices like those of ${names}: ${percent(syntheticShare)}, where ${percent(realShare)} of the real slices are of it${small}.`,
        ];
      }
      // Where a group is small, how far it lies is chance more often than not.
      return warnings.includes(worseWarning) && few === undefined
        ? [`Synthetic slices of ${names} are twice as far from their real ones as the whole set is.`]
        : [];
    },
  );
  const isUneven = subgroups.some(({ warnings = [] }) =>
    warnings.some((warning) => warning === gapWarning || warning === rareWarning),
  );
  return isUneven ? [...told, balance] : told;
}

const balance =
  'To even groups out: train with the label as a condition, and generate with balanced labels; an unconditional run cannot be asked for a group.';

function readers({ readerStudies }: Omit<Report, 'findings'>): string[] {
  return readerStudies.map(
    ({ name, readers: count, cases, accuracy: { value, low, high }, said }) =>
      `Reader study "${name}", ${count} ${count === 1 ? 'reader' : 'readers'} of ${cases} cases: accuracy ${percent(value)} (${percent(low)} to ${percent(high)}). ${said}`,
  );
}

/** Plain sentences on what the figures say, the gravest first. */
export function findingsOf(report: Omit<Report, 'findings'>): string[] {
  const plausible = report.plausibility;
  return [
    ...copying(report),
    ...fidelity(report.figures),
    ...groups(report),
    ...utility(report),
    ...readers(report),
    ...(plausible === null || plausible.implausible < 0.05
      ? []
      : [
          `${percent(plausible.implausible)} of the synthetic slices lie farther from all real slices than 99 % of the real slices of other people do.`,
        ]),
  ];
}
