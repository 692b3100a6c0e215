/** Largest shift that is tried, pixels of the prepared slices, and the step of the first search. */
const reach = 4;
const coarseStep = 2;

export interface Alignment {
  /** 1 - correlation over the overlap: 0 for a copy, about 1 for unrelated slices. */
  readonly distance: number;
  /** The query lies this far right of and below the training slice. */
  readonly dx: number;
  readonly dy: number;
}

/** 1 - Pearson correlation of query (x, y) and target (x - dx, y - dy) over the inside that every shift covers. */
function difference(
  query: Float32Array,
  target: Float32Array,
  size: number,
  dx: number,
  dy: number,
  step: number,
): number {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  for (let y = reach; y < size - reach; y += step) {
    const row = y * size;
    const other = (y - dy) * size - dx;
    for (let x = reach; x < size - reach; x += step) {
      const a = query[row + x]!;
      const b = target[other + x]!;
      n++;
      sa += a;
      sb += b;
      saa += a * a;
      sbb += b * b;
      sab += a * b;
    }
  }
  const [va, vb] = [saa - (sa * sa) / n, sbb - (sb * sb) / n];
  // Two even pictures are each other's copies only as far as air is: nothing can be said.
  if (va < 1e-3 * n || vb < 1e-3 * n) return 1;
  return 1 - (sab - (sa * sb) / n) / Math.sqrt(va * vb);
}

/** Best shift of up to 4 pixels each way: every second one on every second pixel, then the neighbours of the best. */
export function align(query: Float32Array, target: Float32Array, size: number): Alignment {
  let best = { distance: Number.POSITIVE_INFINITY, dx: 0, dy: 0 };
  for (let dy = -reach; dy <= reach; dy += coarseStep) {
    for (let dx = -reach; dx <= reach; dx += coarseStep) {
      const distance = difference(query, target, size, dx, dy, 2);
      if (distance < best.distance) best = { distance, dx, dy };
    }
  }
  const { dx: cx, dy: cy } = best;
  best = { ...best, distance: Number.POSITIVE_INFINITY };
  for (let dy = Math.max(-reach, cy - 1); dy <= Math.min(reach, cy + 1); dy++) {
    for (let dx = Math.max(-reach, cx - 1); dx <= Math.min(reach, cx + 1); dx++) {
      const distance = difference(query, target, size, dx, dy, 1);
      if (distance < best.distance) best = { distance, dx, dy };
    }
  }
  return best;
}
