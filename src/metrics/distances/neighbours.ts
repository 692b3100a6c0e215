import type { Matrix } from '../arrays.ts';
import type { Products } from '../products.ts';

/** Nearest row of b for every row of a. */
interface Nearest {
  readonly index: Int32Array;
  /** Euclidean. */
  readonly distance: Float64Array;
}

export interface NearestOptions {
  /** Pairs whose groups are equal are no neighbours (slices of one subject). */
  readonly groups?: readonly [a: ArrayLike<number>, b: ArrayLike<number>] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Distances to the k nearest rows of b, ascending: [a.rows, k]; a row is no neighbour of itself when a is b. */
export async function nearestDistances(
  products: Products,
  a: Matrix,
  b: Matrix,
  k: number,
  options: NearestOptions = {},
): Promise<{ readonly distances: Float64Array; readonly index: Int32Array }> {
  const { groups, signal } = options;
  const best = new Float64Array(a.rows * k).fill(Number.POSITIVE_INFINITY);
  const index = new Int32Array(a.rows * k).fill(-1);
  const same = a === b;
  await products.visitDistances(
    a,
    b,
    ({ i, j, rows, columns, stride, values }) => {
      for (let r = 0; r < rows; r++) {
        const base = (i + r) * k;
        for (let c = 0; c < columns; c++) {
          const squared = values[r * stride + c]!;
          if (squared >= best[base + k - 1]! || (same && i + r === j + c)) continue;
          if (groups !== undefined && groups[0][i + r] === groups[1][j + c]) continue;
          let place = base + k - 1;
          for (; place > base && best[place - 1]! > squared; place--) {
            best[place] = best[place - 1]!;
            index[place] = index[place - 1]!;
          }
          best[place] = squared;
          index[place] = j + c;
        }
      }
    },
    signal,
  );
  for (let i = 0; i < best.length; i++) best[i] = Math.sqrt(best[i]!);
  return { distances: best, index };
}

export async function nearest(
  products: Products,
  a: Matrix,
  b: Matrix,
  options: NearestOptions = {},
): Promise<Nearest> {
  const { distances, index } = await nearestDistances(products, a, b, 1, options);
  return { index, distance: distances };
}

interface Prdc {
  readonly precision: number;
  readonly recall: number;
  readonly density: number;
  readonly coverage: number;
}

/**
 * Precision and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020) with balls that reach
 * to the k-th neighbour. All four depend on the numbers of rows: give as many of both, and compare only equal numbers.
 * @param k 5 as in the papers; more rows than k are needed on each side
 */
export async function prdc(
  products: Products,
  real: Matrix,
  fake: Matrix,
  k = 5,
  signal?: AbortSignal,
): Promise<Prdc> {
  const radius = async (m: Matrix) => {
    const { distances } = await nearestDistances(products, m, m, k, { signal });
    return Float64Array.from({ length: m.rows }, (_, i) => distances[i * k + k - 1]! ** 2);
  };
  const [reals, fakes] = [await radius(real), await radius(fake)];
  const precise = new Uint8Array(fake.rows);
  const covered = new Uint8Array(real.rows);
  const recalled = new Uint8Array(real.rows);
  let balls = 0;
  await products.visitDistances(
    real,
    fake,
    ({ i, j, rows, columns, stride, values }) => {
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const squared = values[r * stride + c]!;
          if (squared < reals[i + r]!) {
            balls++;
            precise[j + c] = 1;
            covered[i + r] = 1;
          }
          if (squared < fakes[j + c]!) recalled[i + r] = 1;
        }
      }
    },
    signal,
  );
  const share = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
  return {
    precision: share(precise),
    recall: share(recalled),
    density: balls / (k * fake.rows),
    coverage: share(covered),
  };
}
