import { setImmediate } from 'node:timers/promises';
import { GantryError } from '../base/errors.ts';
import type { DatasetRecord, SeriesRecord, Workspace } from '../workspace/index.ts';
import { exactDuplicates, mostPairs, nearDuplicates, type Thumbnail, thumbnailSize } from './duplicates.ts';
import { ImageMaker } from './images.ts';
import { fewSubjects } from './split.ts';

export type Severity = 'problem' | 'warning' | 'note';

/** Something that a user should know of a dataset, with what to do about it. */
export interface Finding {
  /** Stable: "duplicates-across-subjects", "mixed-planes", … */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
  /** Slices that the finding is about; a user may exclude them. At most a thousand. */
  readonly slices: readonly number[];
}

export interface HealthReport {
  readonly dataset: DatasetRecord;
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** No problem and no warning. */
  readonly healthy: boolean;
}

export interface HealthOptions {
  /** What the chosen preset needs; a finding says so when the dataset has less. */
  readonly needs?: { readonly slices: number; readonly subjects: number } | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Below about these, memorising is easier than learning: judgement, not a measurement. */
const defaultNeeds = { slices: 500, subjects: fewSubjects };
const shownSlices = 1000;
const ranks: Record<Severity, number> = { problem: 0, warning: 1, note: 2 };

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}

function atLeast(pairs: number): string {
  return pairs >= mostPairs ? `${pairs} or more` : String(pairs);
}

/** All used slices as small images, with their subjects. */
async function thumbnailsOf(
  ws: Workspace,
  dataset: DatasetRecord,
  options: HealthOptions,
): Promise<Thumbnail[]> {
  const maker = new ImageMaker(ws, dataset.name, thumbnailSize);
  const subjects = new Map(ws.series(dataset.name).map((series) => [series.id, series.subject]));
  const thumbnails: Thumbnail[] = [];
  const slices = ws.slices(dataset.name, { state: 'used' });
  for (const slice of slices) {
    thumbnails.push({ slice, subject: subjects.get(slice.series) ?? 0, image: maker.image(slice) });
    if (thumbnails.length % 64 !== 0) continue;
    if (options.signal?.aborted) throw new GantryError('CANCELLED', 'Cancelled.');
    options.onProgress?.(thumbnails.length, slices.length);
    await setImmediate();
  }
  options.onProgress?.(slices.length, slices.length);
  return thumbnails;
}

/** The same picture more than once, and worse: in two subjects, on both sides of the split. */
function duplicateFindings(thumbnails: readonly Thumbnail[]): Finding[] {
  const subjectOf = new Map(thumbnails.map(({ slice, subject }) => [slice.id, subject]));
  const exact = exactDuplicates(thumbnails.map(({ slice }) => slice));
  const leaking = exact.filter((group) => new Set(group.map((id) => subjectOf.get(id))).size > 1);
  const near = nearDuplicates(thumbnails);
  const leakingNear = near.filter(({ acrossSubjects }) => acrossSubjects);
  const findings: Finding[] = [];
  const add = (code: string, severity: Severity, message: string, advice: string, slices: number[]) => {
    if (slices.length > 0) {
      findings.push({ code, severity, message, advice, slices: [...new Set(slices)].slice(0, shownSlices) });
    }
  };
  const acrossSlices = [...leaking.flat(), ...leakingNear.flatMap(({ a, b }) => [a, b])];
  add(
    'duplicates-across-subjects',
    'problem',
    `${leaking.length} groups of identical and ${atLeast(leakingNear.length)} pairs of almost identical slices belong to ` +
      'different subjects. If they fall on both sides of the split, a test on held-out subjects means nothing.',
    'The subjects may be one person under two identifiers: import with --subject-from, or exclude one of them.',
    acrossSlices,
  );
  const within = exact.filter((group) => !leaking.includes(group));
  add(
    'exact-duplicates',
    'warning',
    `${within.reduce((sum, group) => sum + group.length - 1, 0)} slices repeat another of the same subject exactly.`,
    'Exclude the repeats: they count more than others in training.',
    within.flatMap((group) => group.slice(1)),
  );
  const nearWithin = near.filter(({ acrossSubjects }) => !acrossSubjects);
  add(
    'near-duplicates',
    'note',
    `${atLeast(nearWithin.length)} pairs of slices of one subject, from different series, look almost the same.`,
    'Two exports of one acquisition? Then exclude one of the series.',
    nearWithin.map(({ b }) => b),
  );
  return findings;
}

/** Values of `name` and in how many used slices each occurs. */
function spread(
  series: readonly SeriesRecord[],
  used: ReadonlyMap<number, number>,
  name: (series: SeriesRecord) => string | undefined,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of series) {
    const value = name(one) ?? 'unknown';
    const slices = used.get(one.id) ?? 0;
    if (slices > 0) counts.set(value, (counts.get(value) ?? 0) + slices);
  }
  return counts;
}

function listed(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, 6).map(([value, n]) => `${value} (${n})`);
  return shown.join(', ') + (sorted.length > shown.length ? ', …' : '');
}

function mixtureFindings(series: readonly SeriesRecord[], used: ReadonlyMap<number, number>): Finding[] {
  const findings: Finding[] = [];
  const mixed = (
    code: string,
    severity: Severity,
    what: string,
    advice: string,
    name: (series: SeriesRecord) => string | undefined,
  ) => {
    const counts = spread(series, used, name);
    if (counts.size < 2) return;
    findings.push({
      code,
      severity,
      message: `The slices are of several ${what}: ${listed(counts)}.`,
      advice,
      slices: [],
    });
  };
  const apart = 'One generator will mix them. Import them into datasets of their own, or train with labels.';
  mixed('mixed-modalities', 'problem', 'modalities', apart, (s) => s.attributes.modality);
  mixed('mixed-planes', 'warning', 'planes', apart, (s) => s.plane ?? undefined);
  mixed('mixed-contrasts', 'warning', 'sequences', apart, (s) => s.attributes.sequence);
  const small = 'Images are resampled to one size; the smaller matrices will look smoother than the others.';
  mixed('mixed-matrices', 'note', 'matrices', small, (s) => `${s.rows} x ${s.columns}`);
  const fields = series
    .filter((s) => (used.get(s.id) ?? 0) > 0 && s.geometry.pixelSpacingMm !== undefined)
    .map((s) => Math.max(s.rows * s.geometry.pixelSpacingMm![0], s.columns * s.geometry.pixelSpacingMm![1]));
  const [least, most] = [Math.min(...fields), Math.max(...fields)];
  if (fields.length > 1 && most > 1.3 * least) {
    findings.push({
      code: 'mixed-fields-of-view',
      severity: 'note',
      message: `Fields of view reach from ${least.toFixed(0)} to ${most.toFixed(0)} mm, so anatomy differs in size.`,
      advice: 'Fine when it is meant; otherwise import the series into datasets of their own.',
      slices: [],
    });
  }
  return findings;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Slices much brighter or darker than their series: a robust z of the mean against its neighbours. */
function intensityFinding(thumbnails: readonly Thumbnail[]): Finding[] {
  const bySeries = Map.groupBy(thumbnails, ({ slice }) => slice.series);
  const outliers: number[] = [];
  for (const group of bySeries.values()) {
    if (group.length < 8) continue;
    const means = group.map(({ image }) => image.reduce((sum, value) => sum + value, 0) / image.length);
    // Anatomy changes the mean slowly along a volume; a fault changes it from one slice to the next.
    const jumps = means.map((mean, i) => mean - median(means.slice(Math.max(0, i - 2), i + 3)));
    const scale = Math.max(0.02, 1.4826 * median(jumps.map(Math.abs)));
    group.forEach(({ slice }, i) => {
      if (Math.abs(jumps[i]!) > 8 * scale) outliers.push(slice.id);
    });
  }
  if (outliers.length === 0) return [];
  return [
    {
      code: 'intensity-outliers',
      severity: 'warning',
      message: `${outliers.length} slices are much brighter or darker than their neighbours.`,
      advice: 'Look at them: spikes, dropped signal or another acquisition. Exclude what is broken.',
      slices: outliers.slice(0, shownSlices),
    },
  ];
}

function sizeFindings(dataset: DatasetRecord, options: HealthOptions): Finding[] {
  const needs = options.needs ?? defaultNeeds;
  const findings: Finding[] = [];
  const add = (code: string, severity: Severity, message: string, advice: string) => {
    findings.push({ code, severity, message, advice, slices: [] });
  };
  if (dataset.slices < needs.slices) {
    add(
      'too-few-slices',
      dataset.slices === 0 ? 'problem' : 'warning',
      `There are ${dataset.slices} usable slices; ${needs.slices} are a sensible least.`,
      'Import more, use a smaller image size, and expect the generator to repeat what it has seen.',
    );
  }
  if (dataset.subjects < needs.subjects) {
    add(
      'too-few-subjects',
      'warning',
      `There are ${dataset.subjects} subjects; ${needs.subjects} are a sensible least.`,
      'A generator of so few people draws these people. Import more subjects before sharing what it makes.',
    );
  }
  if (dataset.heldOutSubjects === 0) {
    add(
      'no-held-out-subjects',
      'note',
      'No subject is held out, so copying and quality can only be measured against the training slices.',
      `From ${fewSubjects} subjects on a fifth is held out; --held-out asks for it earlier.`,
    );
  }
  if (dataset.empty > 0.5 * dataset.total) {
    add(
      'mostly-empty',
      'warning',
      `${dataset.empty} of ${dataset.total} slices (${percent(dataset.empty, dataset.total)}) were set aside as empty.`,
      'Look at some of them: bring them back if they show something.',
    );
  }
  return findings;
}

/**
 * Looks a dataset over before it is trained on: duplicates and leaks between subjects, mixtures, outliers, size.
 * Reads every used slice once; memory is about 3 KB a slice.
 * @throws NOT_FOUND, DATASET_CHANGED (an import was cut off), CANCELLED
 */
export async function checkDataset(
  ws: Workspace,
  name: string,
  options: HealthOptions = {},
): Promise<HealthReport> {
  const dataset = ws.dataset(name);
  const thumbnails = await thumbnailsOf(ws, dataset, options);
  const used = new Map<number, number>();
  for (const { slice } of thumbnails) used.set(slice.series, (used.get(slice.series) ?? 0) + 1);
  const findings = [
    ...duplicateFindings(thumbnails),
    ...mixtureFindings(ws.series(name), used),
    ...intensityFinding(thumbnails),
    ...sizeFindings(dataset, options),
  ].sort((a, b) => ranks[a.severity] - ranks[b.severity]);
  return { dataset, findings, healthy: findings.every(({ severity }) => severity === 'note') };
}
