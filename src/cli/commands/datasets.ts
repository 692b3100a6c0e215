import { GantryError } from '../../base/errors.ts';
import { describeDataset } from '../../studio/listing.ts';
import { type MergeFigures, mergeDatasets, planMerge } from '../../studio/merge/index.ts';
import { noticeText } from '../../studio/notices.ts';
import { openForReading, openForWriting } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { bar, counted, type Output } from '../output.ts';
import { needed, type Parsed, text } from '../parse.ts';

/** `gantry datasets`: an item a dataset; `gantry datasets merge A B --into C`. */
export async function datasetsCommand(parsed: Parsed, context: CommandContext): Promise<void> {
  const [action, ...names] = parsed.operands;
  const into = text(parsed, 'into');
  if (action === 'merge') return merge(parsed, names, into, context);
  if (action !== undefined || into !== undefined || parsed.values['dry-run'] === true) {
    throw new GantryError('USAGE', 'Give no operand to list the datasets, or: merge A B --into C.');
  }
  list(parsed, context);
}

function list(parsed: Parsed, { out }: CommandContext): void {
  using ws = openForReading(needed(parsed, 'workspace'));
  const datasets = ws.datasets();
  for (const dataset of datasets) {
    const item = describeDataset(ws, dataset);
    out.item(
      { ...item },
      `${item.dataset.padEnd(20)} ${item.slices} slices (${item.used} in use, ${item.setAside} set aside as empty, ${item.excluded} excluded), ${item.series} series, ${counted(item.subjects, 'subject')}`,
    );
  }
  out.done({ datasets: datasets.length }, datasets.length === 0 ? 'No datasets yet.' : undefined);
}

async function merge(
  parsed: Parsed,
  names: readonly string[],
  into: string | undefined,
  { out, signal }: CommandContext,
): Promise<void> {
  const dir = needed(parsed, 'workspace');
  if (parsed.values['dry-run'] === true) {
    using ws = openForReading(dir);
    const { figures } = await planMerge(ws, names, signal);
    warn(out, figures);
    return out.done({ ...figures }, `Nothing was written. ${mergeText(figures)}`);
  }
  if (into === undefined) throw new GantryError('USAGE', 'Name the new dataset: --into NAME.');
  using ws = openForWriting(dir);
  const { dataset, ...figures } = await mergeDatasets(
    ws,
    { datasets: names, into },
    {
      signal,
      onProgress: (done, total) =>
        out.progress({ done, total }, `${bar(done / total)} ${done} of ${total} slices`),
    },
  );
  warn(out, figures);
  out.done({ dataset: dataset.name, ...figures }, `${dataset.name}: ${mergeText(figures)}`);
}

function warn(out: Output, { warnings }: MergeFigures): void {
  for (const code of warnings) out.warning({ code, message: noticeText(code) });
}

function mergeText(figures: MergeFigures): string {
  const { slices, subjects, joined, conflicts, sharedSubjects, movedSubjects, labelConflicts } = figures;
  const labels = labelConflicts.map(({ name, slices: of }) => `${name} (${counted(of, 'slice')})`);
  return [
    `${counted(slices, 'slice')} of ${counted(subjects, 'subject')}; ${joined} that were in several datasets are kept once, ${conflicts} with different pixels left out.`,
    `People in several: ${sharedSubjects}; moved to the training side: ${movedSubjects}.`,
    ...(labels.length === 0 ? [] : [`Labels that differ, the first dataset's kept: ${labels.join(', ')}.`]),
  ].join('\n');
}
