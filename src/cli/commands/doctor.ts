import { GantryError } from '../../base/errors.ts';
import { examine } from '../../studio/doctor/index.ts';
import type { CommandContext } from '../context.ts';
import type { Parsed } from '../parse.ts';

const marks = new Map<boolean | null, string>([
  [true, 'ok      '],
  [false, 'MISSING '],
  [null, 'optional'],
]);

/** `gantry doctor`: an item a check; exit 1 when something that is needed is missing. */
export async function doctorCommand(_parsed: Parsed, { out }: CommandContext): Promise<void> {
  const items = await examine();
  for (const item of items) {
    const action = item.action === undefined ? '' : `\n                          ${item.action}`;
    out.item({ ...item }, `${marks.get(item.ok)}  ${item.name.padEnd(14)}  ${item.detail}${action}`);
  }
  const missing = items.filter((item) => item.ok === false).map((item) => item.name);
  if (missing.length > 0) {
    throw new GantryError('DEVICE_UNAVAILABLE', `Gantry cannot work here yet: ${missing.join(', ')}.`);
  }
  out.done({ checks: items.length }, 'Gantry can work on this machine.');
}
