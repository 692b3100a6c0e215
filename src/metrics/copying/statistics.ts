import { Random } from '../../base/random.ts';
import { chooseRows, type Matrix, rowOf } from '../arrays.ts';

/**
 * Mann-Whitney statistic of a against b as a z-score with the tie correction: below zero when a is smaller.
 */
export function mannWhitneyZ(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((v) => ({ v, first: true })), ...b.map((v) => ({ v, first: false }))].sort(
    (x, y) => x.v - y.v,
  );
  let [ranks, ties] = [0, 0];
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j]!.v === all[i]!.v) j++;
    const many = j - i;
    ties += many ** 3 - many;
    for (let k = i; k < j; k++) if (all[k]!.first) ranks += (i + j + 1) / 2;
    i = j;
  }
  const [m, n] = [a.length, b.length];
  const u = ranks - (m * (m + 1)) / 2;
  const variance = ((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1)));
  return variance > 0 ? (u - (m * n) / 2) / Math.sqrt(variance) : 0;
}

/** Cell of every row: k-means (Lloyd, k-means++ start) with `k` centres. */
export function cellsOf(matrix: Matrix, k: number, seed: number): { centres: Matrix; cells: Int32Array } {
  const random = new Random(seed, 'cells');
  const { rows, columns } = matrix;
  const chosen = [random.int(rows)];
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  while (chosen.length < Math.min(k, rows)) {
    const newest = rowOf(matrix, chosen.at(-1)!);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      nearest[i] = Math.min(nearest[i]!, squared(rowOf(matrix, i), newest));
      total += nearest[i]!;
    }
    let rest = random.uniform() * total;
    let next = 0;
    for (; next < rows - 1; next++) {
      rest -= nearest[next]!;
      if (rest <= 0) break;
    }
    chosen.push(next);
  }
  const centres = chooseRows(matrix, chosen);
  let cells = assign(matrix, centres);
  for (let step = 0; step < 15; step++) {
    const sizes = new Float64Array(centres.rows);
    const sums = new Float64Array(centres.values.length);
    for (let i = 0; i < rows; i++) {
      sizes[cells[i]!]!++;
      const row = rowOf(matrix, i);
      for (let c = 0; c < columns; c++) sums[cells[i]! * columns + c]! += row[c]!;
    }
    for (let i = 0; i < sums.length; i++) {
      const size = sizes[Math.floor(i / columns)]!;
      if (size > 0) centres.values[i] = sums[i]! / size;
    }
    const again = assign(matrix, centres);
    if (again.every((cell, i) => cell === cells[i])) break;
    cells = again;
  }
  return { centres, cells };
}

function squared(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** Nearest centre of every row. */
export function assign(matrix: Matrix, centres: Matrix): Int32Array {
  return Int32Array.from({ length: matrix.rows }, (_, i) => {
    const row = rowOf(matrix, i);
    let [best, at] = [Number.POSITIVE_INFINITY, 0];
    for (let c = 0; c < centres.rows; c++) {
      const distance = squared(row, rowOf(centres, c));
      if (distance < best) [best, at] = [distance, c];
    }
    return at;
  });
}

/** Slices with the distance to their nearest training slice and the cell of the feature space that they are in. */
export interface Placed {
  readonly distance: ArrayLike<number>;
  readonly cells: ArrayLike<number>;
}

/**
 * The data-copying statistic C_T of Meehan et al. 2020: in every cell, a Mann-Whitney z-score of the distances of
 * synthetic and of held-out slices to the training slices; averaged with the held-out slices' shares as weights.
 * Far below zero (-3): synthetic slices lie nearer to the training slices than real slices of other people do.
 * Undefined when no cell has enough (10) of both.
 */
export function dataCopying(
  synthetic: Placed,
  heldOut: Placed,
  cells: number,
  least = 10,
): number | undefined {
  const pick = (placed: Placed, cell: number) =>
    Array.from(placed.distance).filter((_, i) => placed.cells[i] === cell);
  let [sum, weight] = [0, 0];
  for (let cell = 0; cell < cells; cell++) {
    const [s, h] = [pick(synthetic, cell), pick(heldOut, cell)];
    if (s.length < least || h.length < least) continue;
    sum += h.length * mannWhitneyZ(s, h);
    weight += h.length;
  }
  return weight === 0 ? undefined : sum / weight;
}

/**
 * Authenticity of Alaa et al. 2022: share of slices that are farther from their nearest training slice than that
 * slice is from its own nearest training slice.
 * @param trainNearest distance of every training slice to its nearest other one
 */
export function authenticity(
  nearest: { readonly index: ArrayLike<number>; readonly distance: ArrayLike<number> },
  trainNearest: ArrayLike<number>,
): number {
  let authentic = 0;
  for (let i = 0; i < nearest.index.length; i++) {
    if (nearest.distance[i]! > trainNearest[nearest.index[i]!]!) authentic++;
  }
  return authentic / nearest.index.length;
}
