import { generateSlices } from '../../studio/generate/index.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { bar } from '../output.ts';
import { needed, number, type Parsed, text } from '../parse.ts';
import { formatAsked, labelsAsked } from '../slicesAsked.ts';

export async function generateCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  using ws = openForReading(needed(parsed, 'workspace'));
  const result = await generateSlices(
    ws,
    {
      run: needed(parsed, 'run'),
      count: number(parsed, 'count') ?? 1,
      seed: number(parsed, 'seed') ?? 1,
      format: formatAsked(parsed),
      outDir: needed(parsed, 'out'),
      intensityFrom: text(parsed, 'intensity-from'),
      labels: labelsAsked(parsed),
      truncation: number(parsed, 'truncation'),
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
