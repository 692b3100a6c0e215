import { type ImportResult, importPaths } from '../../studio/import/index.ts';
import { openOrCreate } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { bar, duration } from '../output.ts';
import { needed, number, type Parsed, text } from '../parse.ts';

const planes = ['axial', 'coronal', 'sagittal', 'as-stored'] as const;

/** The fields that `done` of an import carries. */
export function importFields(dataset: string, result: ImportResult) {
  const { slices, added, already, setAside, series, subjects, rejected, seconds } = result;
  return { dataset, slices, added, already, setAside, series, subjects, rejected, seconds };
}

export function importText(result: ImportResult): string {
  const { slices, added, already, setAside, series, subjects, rejected } = result;
  const lines = [
    `${added} slices added${already > 0 ? `, ${already} were there already` : ''}; the dataset has ${slices} slices in ${series} series of ${subjects} subjects, ${setAside} set aside as empty.`,
  ];
  const shown = rejected.slice(0, 20);
  if (rejected.length > 0) lines.push(`${rejected.length} rejected:`);
  for (const { path, code, reason } of shown) lines.push(`  ${path}: ${reason} [${code}]`);
  if (rejected.length > shown.length)
    lines.push(`  and ${rejected.length - shown.length} more (--json lists all)`);
  return lines.join('\n');
}

export async function importCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  const dataset = needed(parsed, 'dataset');
  using ws = openOrCreate(needed(parsed, 'workspace'));
  const plane = planes.find((p) => p === text(parsed, 'plane'));
  const result = await importPaths(
    ws,
    {
      paths: parsed.operands,
      dataset,
      subjectFrom: text(parsed, 'subject-from'),
      plane,
      volume: number(parsed, 'volume'),
      seed: number(parsed, 'seed'),
    },
    {
      signal,
      onProgress: (progress) => {
        const { done, total, secondsLeft } = progress;
        const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
        out.progress({ ...progress }, `${bar(done / total)} ${done} of ${total} files${left}`);
      },
    },
  );
  for (const notice of result.notices) out.warning(notice);
  out.done(importFields(dataset, result), importText(result));
}
