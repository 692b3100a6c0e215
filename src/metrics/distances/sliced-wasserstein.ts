import { Random } from '../../base/random.ts';
import { type Images, imageAt } from '../arrays.ts';

const patch = 7;
const patchesPerImage = 16;
const mostImages = 256;
const projections = 64;

/** Laplacian pyramid (Burt and Adelson 1983, box reduction): what each level adds, finest first; sides 16 and up. */
function pyramid(image: Float32Array, size: number): { values: Float32Array; size: number }[] {
  const levels: { values: Float32Array; size: number }[] = [];
  let [current, side] = [Float32Array.from(image), size];
  while (side >= 32 && side % 2 === 0) {
    const half = side / 2;
    const small = new Float32Array(half * half);
    for (let y = 0; y < half; y++) {
      for (let x = 0; x < half; x++) {
        const i = 2 * y * side + 2 * x;
        small[y * half + x] =
          (current[i]! + current[i + 1]! + current[i + side]! + current[i + side + 1]!) / 4;
      }
    }
    const detail = new Float32Array(side * side);
    for (let i = 0; i < detail.length; i++) {
      detail[i] = current[i]! - small[(Math.floor(i / side) >> 1) * half + ((i % side) >> 1)]!;
    }
    levels.push({ values: detail, size: side });
    [current, side] = [small, half];
  }
  levels.push({ values: current, size: side });
  return levels;
}

/** Random patches of every level: per level [n, 49]. */
function patches(images: Images, seed: number): Float32Array[] {
  const out: Float32Array[] = [];
  const random = new Random(seed, 'sliced-wasserstein-patches');
  const width = patch * patch;
  for (let i = 0; i < images.count; i++) {
    pyramid(imageAt(images, i), images.size).forEach(({ values, size }, level) => {
      out[level] ??= new Float32Array(images.count * patchesPerImage * width);
      for (let p = 0; p < patchesPerImage; p++) {
        const top = random.int(size - patch + 1);
        const left = random.int(size - patch + 1);
        const at = (i * patchesPerImage + p) * width;
        for (let y = 0; y < patch; y++) {
          out[level].set(
            values.subarray((top + y) * size + left, (top + y) * size + left + patch),
            at + y * patch,
          );
        }
      }
    });
  }
  return out;
}

/** Distance of two equally long samples on a line: the mean difference of their sorted values. */
function onLine(a: Float32Array, b: Float32Array): number {
  a.sort();
  b.sort();
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

/**
 * Mean 1-Wasserstein distance of [n, columns] point sets over random directions of unit length.
 * Both sets have equally many rows.
 */
export function slicedDistance(a: Float32Array, b: Float32Array, columns: number, seed: number): number {
  const random = new Random(seed, 'sliced-wasserstein-directions');
  const direction = new Float32Array(columns);
  const rows = a.length / columns;
  const project = (points: Float32Array) => {
    const line = new Float32Array(rows);
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += points[i * columns + c]! * direction[c]!;
      line[i] = sum;
    }
    return line;
  };
  let sum = 0;
  for (let p = 0; p < projections; p++) {
    random.fillNormal(direction);
    const length = Math.hypot(...direction);
    for (let c = 0; c < columns; c++) direction[c]! /= length;
    sum += onLine(project(a), project(b));
  }
  return sum / projections;
}

/**
 * Sliced Wasserstein distance of 7 x 7 patches of a Laplacian pyramid (Karras et al. 2018, with the 1-distance):
 * local structure at every scale, whatever the place. The mean over the levels, each in units of the deviation of
 * the real patches. Equal numbers of slices are used (at most 256 of each).
 */
export function slicedWasserstein(real: Images, fake: Images, seed: number): number {
  const many = Math.min(real.count, fake.count, mostImages);
  const first = ({ size, values }: Images): Images => ({
    count: many,
    size,
    values: values.subarray(0, many * size * size),
  });
  const [a, b] = [patches(first(real), seed), patches(first(fake), seed)];
  let sum = 0;
  a.forEach((points, level) => {
    let [m, squares] = [0, 0];
    for (const v of points) {
      m += v / points.length;
      squares += (v * v) / points.length;
    }
    const deviation = Math.sqrt(Math.max(0, squares - m * m)) || 1;
    sum += slicedDistance(points, b[level]!, patch * patch, seed) / deviation;
  });
  return sum / a.length;
}
