import { recognise } from '../../studio/generate/recognise.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { needed, number, type Parsed, text } from '../parse.ts';

const percent = (share: number | null) => (share === null ? 'none' : `${(100 * share).toFixed(1)} %`);

/** `gantry recognise`: whether a conditional run gives what it is asked for. */
export async function recogniseCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  using ws = openForReading(needed(parsed, 'workspace'));
  const file = text(parsed, 'out');
  const result = await recognise(
    ws,
    {
      run: needed(parsed, 'run'),
      label: text(parsed, 'label'),
      perClass: number(parsed, 'count') ?? 100,
      seed: number(parsed, 'seed') ?? 1,
      checkpoint: text(parsed, 'checkpoint'),
      file,
    },
    signal,
  );
  const lines = result.classes.map(
    ({ value, recognised, heldOut }) =>
      `  ${value.padEnd(20)} ${percent(recognised).padStart(8)} of what was asked for, ${percent(heldOut).padStart(8)} of held-out real slices`,
  );
  out.done(
    { ...result, ...(file === undefined ? {} : { file }) },
    [
      `A classifier of real slices recognises ${percent(result.recognised)} of the slices that were asked for by ${result.label}, and ${percent(result.heldOut)} of held-out real ones:`,
      ...lines,
    ].join('\n'),
  );
}
