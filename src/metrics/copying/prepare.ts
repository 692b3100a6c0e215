import { type Images, imageAt, type Matrix } from '../arrays.ts';
import { gridMeans } from '../features/pixel-gradient.ts';

/** Side of the coarse pictures by which candidates are found. */
const coarseSide = 16;
/** Copies are looked for at this side or less: noise of single pixels does not matter then. */
const largestSide = 64;

export const flips = ['none', 'left-right', 'up-down'] as const;
export type Flip = (typeof flips)[number];

function halved(image: Float32Array, size: number): Float32Array {
  const half = Math.floor(size / 2);
  const out = new Float32Array(half * half);
  gridMeans(image, size, half, out);
  return out;
}

/** Binomial 1-2-1 smoothing of both axes, the edge repeated. */
function smoothed(image: Float32Array, size: number): Float32Array {
  const pass = (from: Float32Array, step: number, at: (i: number) => number) =>
    from.map((v, i) => {
      const place = at(i);
      const before = place > 0 ? from[i - step]! : v;
      const after = place < size - 1 ? from[i + step]! : v;
      return (before + 2 * v + after) / 4;
    });
  const across = pass(image, 1, (i) => i % size);
  return pass(across, size, (i) => Math.floor(i / size));
}

/** Slices at the side at which copies are looked for, smoothed. */
export function prepare(images: Images): Images {
  let side = images.size;
  while (side > largestSide) side = Math.floor(side / 2);
  const values = new Float32Array(images.count * side * side);
  for (let i = 0; i < images.count; i++) {
    let [image, size] = [imageAt(images, i), images.size];
    while (size > largestSide) [image, size] = [halved(image, size), Math.floor(size / 2)];
    values.set(smoothed(image, side), i * side * side);
  }
  return { count: images.count, size: side, values };
}

export function flipped(image: Float32Array, size: number, flip: Flip): Float32Array {
  if (flip === 'none') return image;
  return image.map((_, i) => {
    const [y, x] = [Math.floor(i / size), i % size];
    return flip === 'left-right' ? image[y * size + size - 1 - x]! : image[(size - 1 - y) * size + x]!;
  });
}

/** Moved right by dx and down by dy; the edge is repeated. */
function shifted(image: Float32Array, size: number, dx: number, dy: number): Float32Array {
  if (dx === 0 && dy === 0) return image;
  const inside = (i: number) => Math.min(size - 1, Math.max(0, i));
  return image.map((_, i) => image[inside(Math.floor(i / size) - dy) * size + inside((i % size) - dx)]!);
}

/** Coarse pictures of unit deviation after a flip and then a shift: [n, 256]. */
export function coarse(images: Images, flip: Flip = 'none', dx = 0, dy = 0): Matrix {
  const columns = coarseSide ** 2;
  const values = new Float32Array(images.count * columns);
  for (let i = 0; i < images.count; i++) {
    const row = values.subarray(i * columns, (i + 1) * columns);
    const image = shifted(flipped(imageAt(images, i), images.size, flip), images.size, dx, dy);
    gridMeans(image, images.size, coarseSide, row);
    let [m, squares] = [0, 0];
    for (const v of row) m += v / columns;
    for (const v of row) squares += (v - m) ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let c = 0; c < columns; c++) row[c] = (row[c]! - m) / length;
  }
  return { rows: images.count, columns, values };
}
