import { drawIndices, imageAt } from '../../metrics/index.ts';
import { percent, shown } from './findings.ts';
import { escaped } from './markup.ts';
import { sheetUri } from './pictures.ts';
import { legend, spectrumPlot, strip } from './plots.ts';
import { readerSection } from './readers.ts';
import type { RealSet } from './real.ts';
import { type Copying, type Figure, type Measured, type Report, setNames } from './report.ts';
import { statedHtml } from './stated.ts';
import { marking, style } from './style.ts';
import type { SyntheticSet } from './synthetic.ts';

export interface ReportPictures {
  /** Undefined: the report shows no real slice. */
  readonly train: RealSet | undefined;
  readonly synthetic: SyntheticSet;
}

/** Slices in a sheet, and near-copies that are drawn. */
const sheetSlices = 24;
const sheetColumns = 8;
const mostPairs = 24;

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
}

function cell(measured: Measured | undefined): string {
  if (measured === undefined) return '<td class="none">not told</td>';
  const { value, low, high } = measured;
  const interval =
    low === undefined || high === undefined ? '' : `<small>${shown(low)} to ${shown(high)}</small>`;
  return `<td>${shown(value)}${interval}</td>`;
}

function figureTable(figures: readonly Figure[]): string {
  if (figures.length === 0) return '';
  // A figure in several spaces is explained once, at the first.
  const explained = new Set<string>();
  const meaning = ({ name, meaning: words, note }: Figure) => {
    const first = !explained.has(name);
    explained.add(name);
    const said = [...(first ? [words] : []), ...(note === undefined ? [] : [note])].join('. ');
    return said === '' ? '' : `<small class="meaning">${escaped(said)}</small>`;
  };
  const rows = figures.map(
    (figure) =>
      `<tr><th scope="row">${escaped(figure.name)}${figure.space === '' ? '' : `<small>${escaped(figure.space)}</small>`}${meaning(figure)}</th><td class="good">${
        figure.good === 'near' ? `near ${figure.target}` : figure.good
      }</td>${setNames.map((set) => cell(figure.sets[set])).join('')}<td>${strip(figure)}</td></tr>`,
  );
  return `<h2>Figures</h2>
<p>Every figure stands between two anchors: the <b>floor</b> (real slices of other people against the training slices: better cannot be expected) and plainly bad sets. No single figure ranks models: features of a random network do not see missing anatomy that pixels and gradients do. These figures are not the published FID or FRD; compare them only within this dataset, size and number of slices.</p>
${legend()}
<table><thead><tr><th>Figure</th><th>Good</th>${setNames.map((set) => `<th>${set}</th>`).join('')}<th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function figureOf(uri: string, caption: string): string {
  return `<figure><img src="${uri}" alt="${escaped(caption)}"><figcaption>${escaped(caption)}</figcaption></figure>`;
}

function realSheet({ images }: RealSet, seed: number): string {
  const drawn = drawIndices(images.count, sheetSlices, seed, 'report-sheet').map((i) => imageAt(images, i));
  return figureOf(sheetUri(drawn, images.size, sheetColumns), 'Training slices, drawn at random.');
}

function sheets(report: Report, { train, synthetic }: ReportPictures): string {
  const { size } = synthetic.images;
  const sheet = (indices: readonly number[]) =>
    sheetUri(
      indices.map((i) => imageAt(synthetic.images, i)),
      size,
      sheetColumns,
    );
  const any = drawIndices(synthetic.images.count, sheetSlices, report.settings.seed, 'report-sheet');
  const out = [
    ...(train === undefined ? [] : [realSheet(train, report.settings.seed)]),
    figureOf(sheet(any), 'Synthetic slices, drawn at random, not chosen.'),
  ];
  const { plausibility } = report;
  if (plausibility !== null) {
    const order = plausibility.order.map(({ slice }) => slice);
    const many = Math.min(sheetSlices, Math.floor(order.length / 2));
    out.push(
      figureOf(
        sheet(order.slice(0, many)),
        'The most plausible synthetic slices: nearest to real ones of all.',
      ),
      figureOf(sheet(order.slice(-many).reverse()), 'The least plausible synthetic slices, the worst first.'),
    );
  }
  const told =
    plausibility === null
      ? ''
      : `<p>Plausibility is the distance to the fifth nearest training slice over that of a typical real slice of another person. ${percent(plausibility.implausible)} of the synthetic slices are beyond ${shown(plausibility.limit)}, which one in a hundred such real slices exceeds.</p>`;
  return `<h2>Slices</h2>${told}<div class="sheets">${out.join('')}</div>`;
}

function pairs(copying: Copying, { train, synthetic }: ReportPictures): string {
  if (train === undefined) {
    return '<p>The near-copies are listed in report.json. This report shows no real slice, so their twins are not drawn.</p>';
  }
  const place = new Map(train.sliceIds.map((id, i) => [id, i]));
  const drawn = copying.nearCopies
    .slice(0, mostPairs)
    .map(({ slice, name, twin, distance, flip, dx, dy }) => {
      const uri = sheetUri(
        [imageAt(synthetic.images, slice), imageAt(train.images, place.get(twin)!)],
        synthetic.images.size,
        2,
      );
      const how = [
        flip === 'none' ? '' : `mirrored ${flip}`,
        dx === 0 && dy === 0 ? '' : `shifted by ${dx}, ${dy}`,
      ];
      return figureOf(
        uri,
        `${name} beside training slice ${twin}; difference ${shown(distance)} ${how.filter(Boolean).join(', ')}`,
      );
    });
  if (drawn.length === 0) return '';
  const rest = copying.nearCopies.length - drawn.length;
  return `<div class="pairs">${drawn.join('')}</div>${rest > 0 ? `<p>${rest} more are listed in report.json.</p>` : ''}`;
}

function copyingSection(report: Report, pictures: ReportPictures): string {
  const { copying } = report;
  if (copying === null) return '<h2>Copying</h2><p>Not told; see the limits above.</p>';
  const { share, falseAlarms, authenticity, dataCopying, membership } = copying;
  const row = (name: string, value: string, meaning: string) =>
    `<tr><th scope="row">${name}<small class="meaning">${meaning}</small></th><td>${value}</td></tr>`;
  return `<h2>Copying</h2>
<p>Each synthetic slice is held against ${copying.trainSearched} training slices, mirrored both ways and shifted by up to four pixels (of 64). A near-copy is nearer to a training slice than all but one in a hundred of ${copying.calibratedOn} training slices are to those of other subjects (difference below ${shown(copying.threshold)}; 0 is equal).</p>
<table>${row('Near-copies', `${copying.nearCopies.length} of ${copying.judged} (${percent(share.value)}; 95 % interval ${percent(share.low ?? 0)} to ${percent(share.high ?? 1)})`, 'synthetic slices that lie as near to a training slice as a copy')}
${row('False alarms', falseAlarms === null ? 'not told: no subject is held out' : `${percent(falseAlarms.value)} of ${falseAlarms.of} (${percent(falseAlarms.low ?? 0)} to ${percent(falseAlarms.high ?? 1)})`, 'held-out real slices that the same test calls near-copies')}
${row('C_T', dataCopying === null ? 'not told' : shown(dataCopying), 'far below zero (-3): synthetic slices are nearer to training slices than slices of other people are; far above: farther from them')}
${row('Authenticity', `${percent(authenticity.synthetic)}${authenticity.floor === null ? '' : ` (slices of other people: ${percent(authenticity.floor)})`}`, 'share that lies farther from its nearest training slice than that slice from its own nearest')}
${membership
  .map(({ space, attack, control }) =>
    row(
      `Membership inference<small>${escaped(space)}</small>`,
      `${shown(attack.value)} (${shown(attack.low ?? 0)} to ${shown(attack.high ?? 1)}); control ${shown(control.value)} (${shown(control.low ?? 0)} to ${shown(control.high ?? 1)})`,
      'chance that a slice that was trained on lies nearer to the synthetic ones than one that was not; 0.5 tells nothing. The control is the same among training subjects alone: an attack within its range says nothing',
    ),
  )
  .join('')}</table>
${pairs(copying, pictures)}`;
}

function subgroupSection({ subgroups }: Report): string {
  if (subgroups.length === 0) return '';
  const told = (value: number | null) => (value === null ? '<span class="none">–</span>' : shown(value));
  const rows = subgroups.map((g) => {
    const { warnings = [] } = g;
    return `<tr${warnings.length > 0 ? ' class="warned"' : ''}><th scope="row">${escaped(g.by)}: ${escaped(g.group)}${warnings.length > 0 ? `<small>${escaped(warnings.join('; '))}</small>` : ''}</th><td>${g.real}<small>${g.subjects} ${g.subjects === 1 ? 'subject' : 'subjects'}</small></td><td>${g.synthetic}</td><td>${percent(g.realShare)}<small>synthetic ${percent(g.syntheticShare)}</small></td>${cell(g.coverage)}<td>${told(g.floorCoverage)}</td>${g.kid === null ? '<td class="none">–</td>' : cell(g.kid)}<td>${told(g.floorKid)}</td><td>${told(g.msSsimGap)}</td><td>${told(g.dataCopying)}</td><td>${g.nearCopies}</td></tr>`;
  });
  return `<h2>Subgroups</h2>
<p>Coverage is the share of the group's training slices that have a synthetic slice near by; the floor is what as many real slices of other people reach. A synthetic slice belongs to the group that it was asked for, or else to that of its nearest training slice. KID is on pixels and gradients; near-copies count by the group of their twin; a dash is a figure that cannot be told.</p>
<div class="wide"><table><thead><tr><th>Group</th><th>Real slices</th><th>Synthetic</th><th>Share of real</th><th>Coverage</th><th>Floor</th><th>KID</th><th>Floor</th><th>MS-SSIM gap</th><th>C_T</th><th>Near-copies</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function utilitySection({ utility }: Report): string {
  if (utility === null) return '';
  const { label, classes, seeds, trained, tested, labelsFrom, chance, real, synthetic, both, gain } = utility;
  const row = (name: string, measured: Measured) => `<tr><th scope="row">${name}</th>${cell(measured)}</tr>`;
  return `<h2>Use for training</h2>
<p>A small classifier of "${escaped(label)}" (${escaped(classes.join(', '))}), trained ${seeds} times on each set and tested on ${tested.slices} held-out real slices of ${tested.subjects} subjects. ${
    labelsFrom === 'the run'
      ? 'The synthetic slices have the labels that they were asked for.'
      : 'The generator knows no labels: a classifier of the real slices gave them, so a good figure says that the slices show the classes, not that their labels can be trusted.'
  } Balanced accuracy; chance is ${percent(chance)}; intervals are over subjects and repetitions.</p>
<div class="wide"><table class="narrow"><thead><tr><th>Trained on</th><th>Right on real slices</th></tr></thead><tbody>${row(`${trained.real} real slices`, real)}${row(`${trained.synthetic} synthetic slices`, synthetic)}${row('both together', both)}${row('both less real alone', gain)}</tbody></table></div>`;
}

/** The report as one HTML file that needs no network: styles, plots and pictures are in it. */
export function reportHtml(report: Report, pictures: ReportPictures): string {
  const { dataset, settings } = report;
  const facts = Object.entries({
    ...report.judged,
    dataset: dataset.name,
    'training slices': `${dataset.trainSlices} of ${dataset.trainSubjects} subjects`,
    'held-out slices': `${dataset.heldOutSlices} of ${dataset.heldOutSubjects} subjects`,
    compared: `${settings.compared} slices a set, ${settings.size} x ${settings.size} pixels, seed ${settings.seed}`,
    made: `${report.createdAt.slice(0, 16).replace('T', ' ')} UTC, ${report.application}`,
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Evaluation of synthetic slices</title><style>${style}</style></head><body>
<header><h1>Evaluation of synthetic slices</h1><p class="marking">${marking}</p></header>
<dl>${facts.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>
<section class="findings"><h2>In short</h2>${list(report.findings)}</section>
${report.limits.length === 0 ? '' : `<section class="limits"><h2>What cannot be told, and why</h2>${list(report.limits)}</section>`}
${figureTable(report.figures)}
${report.figures.length === 0 ? '' : `<h2>Power spectra</h2>${spectrumPlot(report)}`}
${copyingSection(report, pictures)}
${subgroupSection(report)}
${utilitySection(report)}
${readerSection(report.readerStudies, report.judged['images seen'])}
${sheets(report, pictures)}
${report.stated === null ? '' : statedHtml(report.stated)}
<footer>${pictures.train === undefined ? 'Holds no picture of a real slice.' : 'Holds pictures of real training slices: treat this file as you treat the scans.'} For research; nothing here says that a slice is fit for diagnosis or that a person cannot be recognised.</footer>
</body></html>
`;
}
