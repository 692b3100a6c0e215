import { GantryError } from '../../base/errors.ts';
import { openForReading } from '../../studio/open.ts';
import { changeSlices, listSlices } from '../../studio/slices.ts';
import type { CommandContext } from '../context.ts';
import { needed, type Parsed, text } from '../parse.ts';

const states = ['used', 'empty', 'excluded'] as const;

/** "1,2,3" as numbers. @throws USAGE */
function idsOf(list: string | undefined): number[] | undefined {
  if (list === undefined) return undefined;
  return list.split(',').map((part) => {
    const id = Number(part);
    if (/^\s*\d+\s*$/.test(part) && Number.isSafeInteger(id)) return id;
    throw new GantryError('USAGE', '--ids must be slice ids with commas between them, such as 1,2,3.');
  });
}

/** `gantry slices`: an item a slice, as it is after the change where one is asked for. */
export async function slicesCommand(parsed: Parsed, { out }: CommandContext): Promise<void> {
  const restore = parsed.values.restore === true;
  const exclude = parsed.values.exclude === true;
  if (restore && exclude) throw new GantryError('USAGE', 'Give either --restore or --exclude.');
  const selection = {
    state: states.find((state) => state === text(parsed, 'state')),
    ids: idsOf(text(parsed, 'ids')),
  };
  const dataset = needed(parsed, 'dataset');
  using ws = openForReading(needed(parsed, 'workspace'));
  const changing = restore || exclude;
  const slices = changing
    ? changeSlices(ws, dataset, selection, restore ? 'restore' : 'exclude')
    : listSlices(ws, dataset, selection);
  for (const item of slices) {
    const reason = item.reason === null ? '' : `  ${item.reason}`;
    out.item(
      { ...item },
      `${String(item.slice).padStart(7)}  ${item.series ?? ''}  ${String(item.order).padStart(4)}  ${item.state}${reason}`,
    );
  }
  const count = slices.length;
  const said = restore ? `${count} slices are in use.` : `${count} slices are set aside.`;
  out.done(
    { dataset, slices: count, changed: changing ? count : 0 },
    changing ? said : count === 0 ? 'No such slices.' : undefined,
  );
}
