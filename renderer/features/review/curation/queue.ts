import type { ReviewSliceView } from '../../../../src/contract/study.ts';

export const queues = [
  'all',
  'unjudged',
  'implausible',
  'copies',
  'accepted',
  'rejected',
  'marked',
  'chosen',
] as const;
export type Queue = (typeof queues)[number];

export const orders = ['slice', 'plausibility', 'similarity', 'label', 'cluster'] as const;
export type Order = (typeof orders)[number];

/** As many of the least plausible are one queue. */
const leastPlausible = 200;

/** The slices of a queue in an order; `chosen` are those of the map's lasso. */
export function queueOf(
  items: readonly ReviewSliceView[],
  queue: Queue,
  order: Order,
  chosen: ReadonlySet<number>,
): ReviewSliceView[] {
  const byPlausibility = (a: ReviewSliceView, b: ReviewSliceView) => b.plausibility - a.plausibility;
  const filters: Record<Queue, (list: ReviewSliceView[]) => ReviewSliceView[]> = {
    all: (list) => list,
    unjudged: (list) => list.filter(({ verdict }) => verdict === 'none'),
    implausible: (list) => list.sort(byPlausibility).slice(0, leastPlausible),
    copies: (list) => list.filter(({ nearCopy }) => nearCopy),
    accepted: (list) => list.filter(({ verdict }) => verdict === 'accept'),
    rejected: (list) => list.filter(({ verdict }) => verdict === 'reject'),
    marked: (list) => list.filter(({ verdict }) => verdict === 'mark'),
    chosen: (list) => list.filter(({ slice }) => chosen.has(slice)),
  };
  const kept = filters[queue]([...items]);
  const sorters: Record<Order, (a: ReviewSliceView, b: ReviewSliceView) => number> = {
    slice: (a, b) => a.slice - b.slice,
    plausibility: byPlausibility,
    similarity: (a, b) =>
      (a.distance ?? Number.POSITIVE_INFINITY) - (b.distance ?? Number.POSITIVE_INFINITY) ||
      a.slice - b.slice,
    // Within a label or a cluster the least plausible stand first; slices without one stand last.
    label: (a, b) =>
      Number(a.label === null) - Number(b.label === null) ||
      (a.label ?? '').localeCompare(b.label ?? '', undefined, { numeric: true }) ||
      byPlausibility(a, b),
    cluster: (a, b) =>
      (a.cluster ?? Number.POSITIVE_INFINITY) - (b.cluster ?? Number.POSITIVE_INFINITY) ||
      byPlausibility(a, b),
  };
  return kept.sort(sorters[order]);
}

/** Whether a place lies inside a closed line (even-odd rule). */
export function inside(line: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let within = false;
  line.forEach(([ax, ay], i) => {
    const [bx, by] = line[(i + line.length - 1) % line.length]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  });
  return within;
}
