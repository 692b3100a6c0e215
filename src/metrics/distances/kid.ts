import { Random } from '../../base/random.ts';
import { type Matrix, quantileOf, sorted } from '../arrays.ts';
import type { Block, Products } from '../products.ts';

/** A figure with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface KidOptions {
  /**
   * Group (subject) of every row, 0-based without gaps, or undefined where rows are independent. The bootstrap
   * draws whole groups, because slices of one subject are alike.
   */
  readonly groupsA?: ArrayLike<number> | undefined;
  readonly groupsB?: ArrayLike<number> | undefined;
  readonly seed: number;
  readonly replicates?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Independent rows are put into this many groups for the bootstrap, which is then small whatever their number. */
const mostGroups = 200;

interface Groups {
  readonly of: ArrayLike<number>;
  readonly count: number;
  readonly sizes: Float64Array;
}

function groupsOf(rows: number, given: ArrayLike<number> | undefined): Groups {
  const many = Math.min(rows, mostGroups);
  const of = given ?? Int32Array.from({ length: rows }, (_, i) => i % many);
  let count = 0;
  for (let i = 0; i < rows; i++) count = Math.max(count, of[i]! + 1);
  const sizes = new Float64Array(count);
  for (let i = 0; i < rows; i++) sizes[of[i]!]!++;
  return { of, count, sizes };
}

/** Sums of the kernel over pairs of groups; pairs of a row with itself are left out. */
async function kernelSums(
  products: Products,
  [a, groupsA]: readonly [Matrix, Groups],
  [b, groupsB]: readonly [Matrix, Groups],
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const sums = new Float64Array(groupsA.count * groupsB.count);
  const same = a === b;
  const add = ({ i, j, rows, columns, stride, values }: Block) => {
    for (let r = 0; r < rows; r++) {
      const row = groupsA.of[i + r]! * groupsB.count;
      for (let c = 0; c < columns; c++) {
        if (same && i + r === j + c) continue;
        sums[row + groupsB.of[j + c]!]! += (values[r * stride + c]! / a.columns + 1) ** 3;
      }
    }
  };
  await products.visit(a, b, add, signal);
  return sums;
}

/** Mean kernel over pairs of different rows when group g comes weight[g] times. */
function within(sums: Float64Array, { count, sizes }: Groups, weight: Float64Array): number {
  let [sum, pairs] = [0, 0];
  for (let g = 0; g < count; g++) {
    if (weight[g] === 0) continue;
    for (let h = 0; h < count; h++) {
      // Two copies of one group are the same rows: their pairs are left out, as a row's with itself are.
      const times = g === h ? weight[g]! : weight[g]! * weight[h]!;
      sum += times * sums[g * count + h]!;
      pairs += times * (g === h ? sizes[g]! * (sizes[g]! - 1) : sizes[g]! * sizes[h]!);
    }
  }
  return sum / pairs;
}

function between(sums: Float64Array, a: Groups, b: Groups, wa: Float64Array, wb: Float64Array): number {
  let [sum, pairs] = [0, 0];
  for (let g = 0; g < a.count; g++) {
    if (wa[g] === 0) continue;
    for (let h = 0; h < b.count; h++) {
      sum += wa[g]! * wb[h]! * sums[g * b.count + h]!;
      pairs += wa[g]! * wb[h]! * a.sizes[g]! * b.sizes[h]!;
    }
  }
  return sum / pairs;
}

function drawWeights(count: number, random: Random): Float64Array {
  const weight = new Float64Array(count);
  for (let i = 0; i < count; i++) weight[random.int(count)]!++;
  return weight;
}

/**
 * Kernel distance of Binkowski et al. 2018 (KID, there on Inception features): the unbiased estimate of the squared
 * maximum mean discrepancy under k(x, y) = (x.y / d + 1)^3. Zero on average for equal distributions, so it can be
 * negative; no factor of 1,000. The 95 % interval is a bootstrap over groups.
 * @param a, b [n, d] with at least 2 rows each
 */
export async function kernelDistance(
  products: Products,
  a: Matrix,
  b: Matrix,
  options: KidOptions,
): Promise<Estimate> {
  const groupsA = groupsOf(a.rows, options.groupsA);
  const groupsB = groupsOf(b.rows, options.groupsB);
  const aa = await kernelSums(products, [a, groupsA], [a, groupsA], options.signal);
  const bb = await kernelSums(products, [b, groupsB], [b, groupsB], options.signal);
  const ab = await kernelSums(products, [a, groupsA], [b, groupsB], options.signal);
  const at = (wa: Float64Array, wb: Float64Array) =>
    within(aa, groupsA, wa) + within(bb, groupsB, wb) - 2 * between(ab, groupsA, groupsB, wa, wb);
  const value = at(new Float64Array(groupsA.count).fill(1), new Float64Array(groupsB.count).fill(1));
  const random = new Random(options.seed, 'kid-bootstrap');
  const replicates: number[] = [];
  for (let i = 0; i < (options.replicates ?? 200); i++) {
    const replicate = at(drawWeights(groupsA.count, random), drawWeights(groupsB.count, random));
    // A draw of one row alone has no pairs.
    if (Number.isFinite(replicate)) replicates.push(replicate);
  }
  const ascending = sorted(replicates);
  return { value, low: quantileOf(ascending, 0.025), high: quantileOf(ascending, 0.975) };
}
