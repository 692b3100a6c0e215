import { makeSheet } from '../../studio/generate/sheet.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { needed, number, type Parsed } from '../parse.ts';

export async function sheetCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  using ws = openForReading(needed(parsed, 'workspace'));
  const result = await makeSheet(
    ws,
    {
      run: needed(parsed, 'run'),
      file: needed(parsed, 'out'),
      count: number(parsed, 'count') ?? 64,
      seed: number(parsed, 'seed') ?? 1,
    },
    signal,
  );
  out.done({ ...result }, `${result.file}: ${result.real} real beside ${result.synthetic} synthetic slices.`);
}
