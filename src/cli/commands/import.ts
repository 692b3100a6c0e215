import { existsSync, rmSync } from 'node:fs';
import { GantryError, toGantryError } from '../../base/errors.ts';
import {
  type ImportResult,
  importPaths,
  keptTextsOf,
  NothingImported,
  type Privacy,
} from '../../studio/import/index.ts';
import { noticeText } from '../../studio/notices.ts';
import { openForImport, openForWriting } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { bar, counted, duration } from '../output.ts';
import { needed, number, type Parsed, text } from '../parse.ts';

const planes = ['axial', 'coronal', 'sagittal', 'acquired', 'as-stored'] as const;
const shownRejections = 20;

/** The fields that `done` of an import carries. */
export function importFields(result: ImportResult) {
  const { elapsedMs, ...rest } = result;
  return { ...rest, seconds: Math.round(elapsedMs) / 1000 };
}

export function importText(result: ImportResult): string {
  const { slices, added, already, setAside, series, subjects, heldOutSubjects, rejected } = result;
  const there = already > 0 ? `, ${already} were there already` : '';
  const whole = `${counted(slices, 'slice')} in ${series} series of ${counted(subjects, 'subject')}`;
  return [
    `${counted(added, 'slice')} added${there}; the dataset has ${whole} (${heldOutSubjects} held out), ${setAside} set aside as empty.`,
    ...labelLines(result.labels),
    ...rejectedLines(rejected),
  ].join('\n');
}

/** How a table of labels met the files. */
function labelLines(labels: ImportResult['labels']): string[] {
  if (labels === null) return [];
  const { rows, matchedRows, unmatchedLines, slicesWithoutRow, columns } = labels;
  const more = unmatchedLines.length > shownRejections ? ', …' : '';
  const lines = unmatchedLines.slice(0, shownRejections).join(', ');
  const unmatched = lines === '' ? '' : ` (not lines ${lines}${more})`;
  return [
    `Labels ${columns.join(', ')}: ${matchedRows} of ${rows} rows matched${unmatched}; slices without a row: ${slicesWithoutRow}.`,
  ];
}

/** The first files that were rejected, with reasons. */
function rejectedLines(rejected: ImportResult['rejected']): string[] {
  if (rejected.length === 0) return [];
  const lines = [`${counted(rejected.length, 'file')} rejected:`];
  for (const { path, code, reason } of rejected.slice(0, shownRejections)) {
    lines.push(`  ${path}: ${reason} [${code}]`);
  }
  const more = rejected.length - shownRejections;
  if (more > 0) lines.push(`  and ${more} more (--json lists all)`);
  return lines;
}

function heldOut(parsed: Parsed): number | undefined {
  const share = number(parsed, 'held-out');
  if (share !== undefined && share >= 1) {
    throw new GantryError('USAGE', '--held-out must be below 1: somebody has to be trained on.');
  }
  return share;
}

/** @throws USAGE */
function volumeOf(volume: string | undefined): number | 'all' | undefined {
  if (volume === undefined || volume === 'all') return volume;
  if (/^\d{1,6}$/.test(volume)) return Number(volume);
  throw new GantryError('USAGE', '--volume must be the number of a volume, from 0, or all.');
}

/** What of persons and scanners is to be kept, as far as it is said. @throws USAGE */
function privacyOf(parsed: Parsed): Partial<Privacy> {
  const dates = text(parsed, 'dates');
  const texts = text(parsed, 'keep-text');
  return {
    ...(parsed.values['no-categories'] === true ? { categories: false } : {}),
    ...(dates === 'offsets' || dates === 'removed' ? { dates } : {}),
    ...(texts === undefined ? {} : { texts: keptTextsOf(texts) }),
  };
}

export async function importCommand(parsed: Parsed, context: CommandContext): Promise<void> {
  const missing = parsed.operands.find((path) => !existsSync(path));
  if (missing !== undefined) {
    throw new GantryError('NOT_FOUND', `There is no file or folder "${missing}".`, {
      action: 'Check the spelling of the paths.',
    });
  }
  const dir = needed(parsed, 'workspace');
  const isNew = !existsSync(dir);
  try {
    await importInto(dir, parsed, context);
  } catch (error) {
    // Where another process writes, the workspace is that one's, and may hold nothing yet.
    if (isNew && !['WORKSPACE_BUSY', 'DATASET_IN_USE'].includes(toGantryError(error).code)) removeEmpty(dir);
    throw error;
  }
}

/** A workspace that was made for nothing is not left behind. */
function removeEmpty(dir: string): void {
  try {
    // As its writer: nobody else is at work in it.
    const ws = openForWriting(dir);
    const isEmpty = ws.datasets().length === 0 && ws.runs().length === 0;
    ws.close();
    if (isEmpty) rmSync(dir, { recursive: true, force: true });
  } catch {
    // It is not there, or somebody else's by now.
  }
}

async function importInto(dir: string, parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  using ws = openForImport(dir);
  try {
    const result = await importPaths(
      ws,
      {
        paths: parsed.operands,
        dataset: needed(parsed, 'dataset'),
        subjectFrom: text(parsed, 'subject-from'),
        plane: planes.find((p) => p === text(parsed, 'plane')),
        volume: volumeOf(text(parsed, 'volume')),
        colour: parsed.values['colour-to-luminance'] === true ? 'luminance' : undefined,
        labels: text(parsed, 'labels'),
        labelColumns: text(parsed, 'label-columns')
          ?.split(',')
          .map((name) => name.trim()),
        labelFrom: text(parsed, 'label-from'),
        heldOut: heldOut(parsed),
        splitSeed: number(parsed, 'seed'),
        privacy: privacyOf(parsed),
      },
      {
        signal,
        onProgress: ({ filesDone: done, filesTotal: total, slices, remainingMs }) => {
          // To a tenth: more digits say nothing, and could repeat an identifier.
          const secondsLeft = remainingMs === null ? null : Math.round(remainingMs / 100) / 10;
          const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
          out.progress(
            { done, total, slices, secondsLeft },
            `${bar(done / total)} ${done} of ${total} files${left}`,
          );
        },
      },
    );
    for (const code of result.notices) out.warning({ code, message: noticeText(code) });
    out.done(importFields(result), importText(result));
  } catch (error) {
    if (!(error instanceof NothingImported)) throw error;
    throw Object.assign(error, {
      detail: { rejected: error.rejected },
      detailText: rejectedLines(error.rejected).join('\n'),
    });
  }
}
