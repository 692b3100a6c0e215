import { GantryError } from '../../base/errors.ts';
import { makeSheet } from '../../studio/generate/sheet.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { needed, number, type Parsed } from '../parse.ts';

export async function sheetCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  const file = needed(parsed, 'out');
  if (!/\.png$/i.test(file)) {
    throw new GantryError('USAGE', 'A sheet is a PNG file; give --out a name that ends in .png.');
  }
  using ws = openForReading(needed(parsed, 'workspace'));
  const result = await makeSheet(
    ws,
    {
      run: needed(parsed, 'run'),
      file,
      count: number(parsed, 'count') ?? 64,
      seed: number(parsed, 'seed') ?? 1,
    },
    signal,
  );
  const beside = result.real === 0 ? 'no real slices are here;' : `${result.real} real beside`;
  out.done({ ...result }, `${result.file}: ${beside} ${result.synthetic} synthetic slices.`);
}
