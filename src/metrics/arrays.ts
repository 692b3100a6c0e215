import { Random } from '../base/random.ts';

/** Slices: float32 [count, size, size], row-major, about -1 .. +1. */
export interface Images {
  readonly count: number;
  readonly size: number;
  readonly values: Float32Array;
}

/** [rows, columns], row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

export function imageAt({ size, values }: Images, i: number): Float32Array {
  return values.subarray(i * size * size, (i + 1) * size * size);
}

export function chooseImages(images: Images, indices: readonly number[]): Images {
  const { size } = images;
  // All of them in order: no copy is needed.
  if (indices.length === images.count && indices.every((index, i) => index === i)) return images;
  const values = new Float32Array(indices.length * size * size);
  indices.forEach((index, i) => {
    values.set(imageAt(images, index), i * size * size);
  });
  return { count: indices.length, size, values };
}

export function rowOf({ columns, values }: Matrix, i: number): Float32Array {
  return values.subarray(i * columns, (i + 1) * columns);
}

export function chooseRows(matrix: Matrix, indices: readonly number[]): Matrix {
  const { columns } = matrix;
  const values = new Float32Array(indices.length * columns);
  indices.forEach((index, i) => {
    values.set(rowOf(matrix, index), i * columns);
  });
  return { rows: indices.length, columns, values };
}

/** `many` different numbers of 0 .. n-1 (all, when there are fewer), in ascending order. */
export function drawIndices(n: number, many: number, seed: number, use: string): number[] {
  if (n <= many) return Array.from({ length: n }, (_, i) => i);
  return [...new Random(seed, use).permutation(n).subarray(0, many)].sort((a, b) => a - b);
}

/** Value below which `share` of the ascending values lie, interpolated (type 7 of Hyndman and Fan). */
export function quantileOf(ascending: ArrayLike<number>, share: number): number {
  const place = share * (ascending.length - 1);
  const low = Math.floor(place);
  const rest = place - low;
  const a = ascending[low]!;
  return rest === 0 ? a : a + rest * (ascending[low + 1]! - a);
}

export function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

export function median(values: ArrayLike<number>): number {
  return quantileOf(sorted(values), 0.5);
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
