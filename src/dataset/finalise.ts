import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { GantryError } from '../base/errors.ts';
import type { SeriesRecord, SeriesResult, SliceRecord, SplitSide, Workspace } from '../workspace/index.ts';
import { emptyFraction, measureSeries } from './measure.ts';
import { splitSubjects } from './split.ts';
import { leastOf, windowRule } from './window.ts';

/** Results of as many slices are kept by one transaction: one a series would wait for the disk too often. */
const slicesATime = 500;

/** By place along the normal, then by instance; slices of a series without geometry by instance alone. */
export function orderSlices(slices: readonly SliceRecord[]): SliceRecord[] {
  const located = slices.every(({ positionMm }) => positionMm !== null);
  // To a micrometre, so that repeats of a position compare equal.
  const place = (slice: SliceRecord) => (located ? Math.round((slice.positionMm ?? 0) * 1000) : 0);
  return [...slices].sort(
    (a, b) =>
      place(a) - place(b) ||
      (a.instance ?? 0) - (b.instance ?? 0) ||
      (a.contentHash < b.contentHash ? -1 : a.contentHash > b.contentHash ? 1 : a.id - b.id),
  );
}

function finishSeries(ws: Workspace, dataset: string, series: SeriesRecord): SeriesResult {
  const ordered = orderSlices(ws.slices(dataset, { series: series.id }));
  const scratch = new ArrayBuffer(2 * series.rows * series.columns);
  const measure = measureSeries(
    ordered,
    (record) => ws.readSlice(record, scratch),
    leastOf(series.attributes),
  );
  const hash = createHash('sha256');
  for (const { contentHash } of ordered) hash.update(contentHash, 'hex');
  return {
    series: series.id,
    window: measure.window,
    windowRule,
    contentHash: hash.digest('hex'),
    slices: ordered.map((slice, order) => {
      const foreground = measure.foreground[order] ?? 0;
      const empty = foreground < emptyFraction;
      return {
        id: slice.id,
        order,
        foreground,
        state: empty ? 'empty' : 'used',
        reason: empty ? `shows ${(100 * foreground).toFixed(1)} %, needs ${100 * emptyFraction} %` : null,
      };
    }),
  };
}

function assignSides(ws: Workspace, dataset: string): void {
  const { splitSeed, heldOutFraction } = ws.dataset(dataset);
  const contents = new Map<number, string[]>();
  for (const { subject, content } of ws.eachSeriesContent(dataset)) {
    const own = contents.get(subject);
    if (own === undefined) contents.set(subject, [content ?? '']);
    else own.push(content ?? '');
  }
  const subjects = ws.subjects(dataset).map((subject) => {
    const hash = createHash('sha256');
    for (const content of (contents.get(subject.id) ?? []).sort()) hash.update(content);
    return { id: subject.id, side: subject.side, contentHash: hash.digest('hex') };
  });
  const sides = splitSubjects(subjects, splitSeed, heldOutFraction);
  const drawn = new Map<number, SplitSide>();
  subjects.forEach((subject, i) => {
    const side = sides[i];
    if (subject.side === null && side !== undefined) drawn.set(subject.id, side);
  });
  ws.setSides(drawn);
}

/**
 * Completes an import that was cut off; does nothing for another.
 * @throws DATASET_IN_USE while an import goes on: its dataset would be split by how far it has come; CANCELLED
 */
export async function finishImport(
  ws: Workspace,
  dataset: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  using _ = ws.lease(dataset, 'read');
  if (ws.dataset(dataset).unfinished) await finaliseDataset(ws, dataset, options);
}

/**
 * The last stage of an import, also after one that was cut off: order, intensity window and empty slices of every
 * series that has changed, then the side of the split for new subjects. Does nothing where nothing has changed.
 * @throws CANCELLED; what is finished stays, the rest is done the next time
 */
export async function finaliseDataset(
  ws: Workspace,
  dataset: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  let finished: SeriesResult[] = [];
  let slices = 0;
  const keep = () => {
    if (finished.length > 0) ws.setSeriesResults(finished);
    finished = [];
    slices = 0;
  };
  for (const id of ws.unfinishedSeries(dataset)) {
    if (options.signal?.aborted) {
      keep();
      throw new GantryError('CANCELLED', 'Cancelled.');
    }
    const result = finishSeries(ws, dataset, ws.oneSeries(id));
    finished.push(result);
    slices += result.slices.length;
    if (slices >= slicesATime) keep();
    await setImmediate();
  }
  keep();
  assignSides(ws, dataset);
}
