import { type DatasetLabel, datasetLabels } from '../../studio/labels.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { needed, type Parsed } from '../parse.ts';

/** Classes of a label that are printed; --json gives all. */
const shownClasses = 20;

type Counts = DatasetLabel['labelled'];

function row(name: string, { slices, subjects, train, heldOut }: Counts): string {
  const figures = [slices, subjects, train.slices, train.subjects, heldOut.slices, heldOut.subjects];
  return `  ${name.slice(0, 24).padEnd(24)}${figures.map((n) => String(n).padStart(9)).join('')}`;
}

const heading = `  ${''.padEnd(24)}${['slices', 'subjects', 'train', 'of subj.', 'held out', 'of subj.'].map((word) => word.padStart(9)).join('')}`;

function table(label: DatasetLabel): string {
  const lines = [`${label.name} (${label.kind}, from ${label.origin})`, heading];
  if (label.range !== null) {
    const { low, high, mean } = label.range;
    const text = [low, mean, high].map((n) => Number(n.toPrecision(4))).join(' / ');
    lines.push(row(`${text}`, label.labelled), '  (least / mean / greatest)');
  }
  for (const { value, ...counts } of label.values.slice(0, shownClasses)) lines.push(row(value, counts));
  const more = label.values.length - shownClasses;
  if (more > 0) lines.push(`  and ${more} more (--json lists all)`);
  if (label.missing.slices > 0) lines.push(row('(none)', label.missing));
  return lines.join('\n');
}

/** `gantry labels`: an item a label, with the counts of its values. */
export async function labelsCommand(parsed: Parsed, { out }: CommandContext): Promise<void> {
  const dataset = needed(parsed, 'dataset');
  using ws = openForReading(needed(parsed, 'workspace'));
  const labels = datasetLabels(ws, dataset);
  for (const label of labels) out.item({ ...label }, table(label));
  out.done({ dataset, labels: labels.length }, labels.length === 0 ? 'No slice has a label.' : undefined);
}
