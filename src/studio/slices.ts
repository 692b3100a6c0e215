import { GantryError } from '../base/errors.ts';
import { type SliceRule, sliceRules, slicesByRule } from '../dataset/index.ts';
import type { SeriesRecord, SliceChange, SliceRecord, SliceState, Workspace } from '../workspace/index.ts';

/**
 * Which slices of a dataset: those in a state, those of some ids, those that a rule finds; all that are given must
 * hold; all slices by default.
 */
export interface SliceSelection {
  readonly state?: SliceState | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly rule?: SliceRule | undefined;
}

/** Why a slice is set aside that somebody chose to set aside. */
const byHand = 'by hand';

function describeSlice(slice: SliceRecord, series: ReadonlyMap<number, SeriesRecord>) {
  return {
    slice: slice.id,
    series: series.get(slice.series)?.label ?? null,
    /** 0-based, along the normal. */
    order: slice.order,
    state: slice.state,
    reason: slice.reason,
    /** Chosen by hand or by rule: later imports leave the state alone. */
    chosen: slice.chosen,
  };
}
type SliceItem = ReturnType<typeof describeSlice>;

/** @throws USAGE for a word that is no rule */
export function ruleOf(name: string): SliceRule {
  const rule = sliceRules.find((one) => one === name);
  if (rule !== undefined) return rule;
  throw new GantryError('USAGE', `There is no rule "${name}".`, {
    action: `Choose one of ${sliceRules.join(', ')}.`,
  });
}

/** Slices in the dataset's order. @throws NOT_FOUND for a dataset, or for an id that is not the dataset's */
export function listSlices(
  ws: Workspace,
  dataset: string,
  selection: Omit<SliceSelection, 'rule'>,
): SliceItem[] {
  const series = new Map(ws.series(dataset).map((record) => [record.id, record]));
  const wanted = selection.ids === undefined ? undefined : new Set(selection.ids);
  const items: SliceItem[] = [];
  for (const slice of ws.eachSlice(dataset)) {
    if (wanted !== undefined && !wanted.delete(slice.id)) continue;
    if (selection.state !== undefined && slice.state !== selection.state) continue;
    items.push(describeSlice(slice, series));
  }
  const [strange] = wanted ?? [];
  if (strange !== undefined) {
    throw new GantryError('NOT_FOUND', `The dataset "${dataset}" has no slice ${strange}.`, {
      action: 'List the slices with: gantry slices --workspace W --dataset NAME',
    });
  }
  return items;
}

/** As `listSlices`, and what a rule finds among the slices in use. */
export async function selectSlices(
  ws: Workspace,
  dataset: string,
  selection: SliceSelection,
): Promise<SliceItem[]> {
  const { rule, ...rest } = selection;
  const items = listSlices(ws, dataset, rest);
  if (rule === undefined) return items;
  const found = new Set(await slicesByRule(ws, dataset, rule));
  return items.filter(({ slice }) => found.has(slice));
}

/** Slices that a rule has set aside and that are so still. */
function excludedBy(ws: Workspace, dataset: string, rule: SliceRule): number[] {
  const ids: number[] = [];
  for (const { id, state, reason } of ws.eachSlice(dataset, { state: 'excluded' })) {
    if (state === 'excluded' && reason === `rule ${rule}`) ids.push(id);
  }
  return ids;
}

export interface ChangedSlices {
  /** Number of the change, for `undo`; null when there was nothing to change. */
  readonly change: number | null;
  readonly slices: readonly SliceItem[];
}

/**
 * Brings slices back into use, or sets them aside; later imports keep the choice, and the change is recorded with
 * its rule and time. Nothing is changed when an id is not the dataset's. `restore` with a rule brings back what
 * that rule set aside. Gives the slices as they are then.
 * @throws USAGE without a state, ids or rule, NOT_FOUND, WORKSPACE_BUSY
 */
export async function changeSlices(
  ws: Workspace,
  dataset: string,
  selection: SliceSelection,
  change: 'restore' | 'exclude',
): Promise<ChangedSlices> {
  const { ids, state, rule } = selection;
  if (ids === undefined && state === undefined && rule === undefined) {
    throw new GantryError('USAGE', 'Say which slices are to be changed.', {
      action: 'Give --ids 1,2,3 or --state empty or a rule such as duplicates.',
    });
  }
  const hold = ws.acquireWriter();
  try {
    const restoring = change === 'restore';
    const found =
      restoring && rule !== undefined
        ? listSlices(ws, dataset, { state, ids: ids ?? excludedBy(ws, dataset, rule) })
        : await selectSlices(ws, dataset, selection);
    const chosen = found.map(({ slice }) => slice);
    if (chosen.length === 0) return { change: null, slices: [] };
    const id = ws.changeSlices(dataset, {
      slices: chosen,
      state: restoring ? 'used' : 'excluded',
      rule: rule ?? byHand,
      reason: restoring ? null : rule === undefined ? byHand : `rule ${rule}`,
    });
    return { change: id, slices: listSlices(ws, dataset, { ids: chosen }) };
  } finally {
    hold.release();
  }
}

/**
 * Puts back what a change did; `change` undefined: the newest that is not undone.
 * @throws NOT_FOUND, USAGE (undone already, or a later change has some of the slices), WORKSPACE_BUSY
 */
export function undoChange(ws: Workspace, dataset: string, change?: number): ChangedSlices {
  const hold = ws.acquireWriter();
  try {
    const newest = ws.sliceChanges(dataset).findLast(({ undoneAt }) => undoneAt === null)?.id;
    const id = change ?? newest;
    if (id === undefined) throw new GantryError('NOT_FOUND', 'There is no change to undo.');
    const ids = ws.undoSliceChange(dataset, id);
    return { change: id, slices: listSlices(ws, dataset, { ids }) };
  } finally {
    hold.release();
  }
}

/** What was excluded and brought back: number, time, rule, count. Oldest first. */
export function sliceHistory(ws: Workspace, dataset: string): SliceChange[] {
  return ws.sliceChanges(dataset);
}
