import { GantryError } from '../../base/errors.ts';
import { generateSlices, type LabelRequest } from '../../studio/generate/index.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { bar } from '../output.ts';
import { needed, number, type Parsed, text } from '../parse.ts';

const formats = ['dicom', 'png', 'nifti'] as const;

/** `--label sex=F,age=64` and `--labels balanced|as-data`. */
function labelsAsked(label: string | undefined, labels: string | undefined): LabelRequest | undefined {
  if (label === undefined) return labels === 'balanced' || labels === 'as-data' ? labels : undefined;
  if (labels !== undefined) throw new GantryError('USAGE', 'Give --label or --labels, not both.');
  return Object.fromEntries(
    label.split(',').map((one) => {
      const [, name, value] = /^\s*([^=]+?)\s*=\s*(.+?)\s*$/.exec(one) ?? [];
      if (name === undefined || value === undefined) {
        throw new GantryError('USAGE', `"${one}" is no label.`, { action: 'Write --label NAME=VALUE' });
      }
      return [name, value];
    }),
  );
}

export async function generateCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  using ws = openForReading(needed(parsed, 'workspace'));
  const result = await generateSlices(
    ws,
    {
      run: needed(parsed, 'run'),
      count: number(parsed, 'count') ?? 1,
      seed: number(parsed, 'seed') ?? 1,
      format: formats.find((f) => f === text(parsed, 'format')) ?? 'dicom',
      outDir: needed(parsed, 'out'),
      intensityFrom: text(parsed, 'intensity-from'),
      labels: labelsAsked(text(parsed, 'label'), text(parsed, 'labels')),
      checkpoint: text(parsed, 'checkpoint'),
      keepNearCopies: parsed.values['keep-near-copies'] === true,
    },
    {
      signal,
      onProgress: (done, total) =>
        out.progress({ done, total }, `${bar(done / total)} ${done} of ${total} slices`),
    },
  );
  const { copies, ...written } = result;
  const { leftOut, searched, unchecked } = copies;
  const told =
    unchecked !== null
      ? `Not checked for near-copies: ${unchecked}.`
      : `${leftOut} near-copies of training slices were left out (${searched} were searched).`;
  out.done(
    { ...written, count: number(parsed, 'count'), nearCopiesLeftOut: leftOut, searched, unchecked },
    `${result.files.length} files and ${result.manifest}. Every one says that it is synthetic.\n${told}`,
  );
}
