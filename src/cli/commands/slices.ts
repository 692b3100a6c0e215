import { GantryError } from '../../base/errors.ts';
import { openForReading } from '../../studio/open.ts';
import {
  type ChangedSlices,
  changeSlices,
  ruleOf,
  selectSlices,
  sliceHistory,
  undoChange,
} from '../../studio/slices.ts';
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

/** "last" or a change's number. @throws USAGE */
function changeOf(name: string): number | undefined {
  if (name === 'last') return undefined;
  if (/^\d{1,9}$/.test(name)) return Number(name);
  throw new GantryError('USAGE', '--undo must be "last" or the number of a change, as --history lists them.');
}

/** `gantry slices`: an item a slice, as it is after the change where one is asked for; or an item a change. */
export async function slicesCommand(parsed: Parsed, { out }: CommandContext): Promise<void> {
  const restore = parsed.values.restore === true;
  const exclude = parsed.values.exclude === true;
  const history = parsed.values.history === true;
  const undo = text(parsed, 'undo');
  if ([restore, exclude, history, undo !== undefined].filter(Boolean).length > 1) {
    throw new GantryError('USAGE', 'Give one of --restore, --exclude, --undo and --history.');
  }
  const [rule] = parsed.operands;
  const selection = {
    state: states.find((state) => state === text(parsed, 'state')),
    ids: idsOf(text(parsed, 'ids')),
    rule: rule === undefined ? undefined : ruleOf(rule),
  };
  const dataset = needed(parsed, 'dataset');
  using ws = openForReading(needed(parsed, 'workspace'));
  if (history) {
    const changes = sliceHistory(ws, dataset);
    for (const { id, ...change } of changes) {
      const done = change.state === 'excluded' ? 'excluded' : 'brought back';
      const undone = change.undoneAt === null ? '' : `  undone ${change.undoneAt}`;
      out.item(
        { change: id, ...change },
        `${String(id).padStart(5)}  ${change.at}  ${change.slices} slices ${done}: ${change.rule}${undone}`,
      );
    }
    out.done({ dataset, changes: changes.length }, changes.length === 0 ? 'No changes.' : undefined);
    return;
  }
  let changed: ChangedSlices | undefined;
  if (undo !== undefined) changed = undoChange(ws, dataset, changeOf(undo));
  else if (restore || exclude) {
    changed = await changeSlices(ws, dataset, selection, restore ? 'restore' : 'exclude');
  }
  const slices = changed?.slices ?? (await selectSlices(ws, dataset, selection));
  for (const item of slices) {
    const reason = item.reason === null ? '' : `  ${item.reason}`;
    out.item(
      { ...item },
      `${String(item.slice).padStart(7)}  ${item.series ?? ''}  ${String(item.order).padStart(4)}  ${item.state}${reason}`,
    );
  }
  const count = slices.length;
  const done = undo !== undefined ? 'as they were before' : restore ? 'in use' : 'set aside';
  const number = changed?.change ?? null;
  const said = number === null ? 'No such slices.' : `${count} slices are ${done} (change ${number}).`;
  out.done(
    {
      dataset,
      slices: count,
      changed: changed === undefined ? 0 : count,
      ...(changed === undefined ? {} : { change: number }),
    },
    changed !== undefined ? said : count === 0 ? 'No such slices.' : undefined,
  );
}
