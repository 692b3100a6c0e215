import { GantryError } from '../base/errors.ts';
import type { SeriesRecord, SliceRecord, SliceState, Workspace } from '../workspace/index.ts';

/** Which slices of a dataset: those in a state, those of some ids; both, when both are given; all by default. */
interface SliceSelection {
  readonly state?: SliceState | undefined;
  readonly ids?: readonly number[] | undefined;
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
    /** Chosen by hand: later imports leave the state alone. */
    chosen: slice.chosen,
  };
}
type SliceItem = ReturnType<typeof describeSlice>;

/** Slices in the dataset's order. @throws NOT_FOUND for a dataset, or for an id that is not the dataset's */
export function listSlices(ws: Workspace, dataset: string, selection: SliceSelection): SliceItem[] {
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

/**
 * Brings slices back into use, or sets them aside; later imports keep the choice. Nothing is changed when an id is
 * not the dataset's. Gives the slices as they are then.
 * @throws USAGE without a state and ids, NOT_FOUND, WORKSPACE_BUSY
 */
export function changeSlices(
  ws: Workspace,
  dataset: string,
  selection: SliceSelection,
  change: 'restore' | 'exclude',
): SliceItem[] {
  if (selection.ids === undefined && selection.state === undefined) {
    throw new GantryError('USAGE', 'Say which slices are to be changed.', {
      action: 'Give --ids 1,2,3 or --state empty.',
    });
  }
  const hold = ws.acquireWriter();
  try {
    const ids = listSlices(ws, dataset, selection).map(({ slice }) => slice);
    if (change === 'restore') ws.setSliceState(ids, 'used');
    else ws.setSliceState(ids, 'excluded', byHand);
    return listSlices(ws, dataset, { ids });
  } finally {
    hold.release();
  }
}
