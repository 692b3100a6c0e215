import type { Workspace } from '../workspace/index.ts';

/** Subject of each slice of a dataset, in the order of `sliceIds`, as the workspace numbers them; -1 for a stranger. */
export function subjectsOf(ws: Workspace, dataset: string, sliceIds: readonly number[]): number[] {
  const ofSeries = new Map(ws.series(dataset).map(({ id, subject }) => [id, subject]));
  const of = new Map(ws.slices(dataset).map(({ id, series }) => [id, ofSeries.get(series) ?? -1]));
  return sliceIds.map((id) => of.get(id) ?? -1);
}
