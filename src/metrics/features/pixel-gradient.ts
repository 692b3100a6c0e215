import { type Images, imageAt, type Matrix } from '../arrays.ts';

const pixelSide = 16;
const gradientSide = 8;

/** Means of size x size values over a side x side grid of equal (to a pixel) cells, into `out`. */
export function gridMeans(values: ArrayLike<number>, size: number, side: number, out: Float32Array): void {
  out.fill(0, 0, side * side);
  const edge = (i: number) => Math.round((i * size) / side);
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) {
      let sum = 0;
      const [top, bottom, left, right] = [edge(r), edge(r + 1), edge(c), edge(c + 1)];
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += values[y * size + x]!;
      out[r * side + c] = sum / ((bottom - top) * (right - left));
    }
  }
}

/** Squared central differences, the edge repeated: [size, size]. */
export function gradientEnergy(image: ArrayLike<number>, size: number): Float32Array {
  const energy = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const up = Math.max(0, y - 1) * size;
    const down = Math.min(size - 1, y + 1) * size;
    for (let x = 0; x < size; x++) {
      const dx = image[y * size + Math.min(size - 1, x + 1)]! - image[y * size + Math.max(0, x - 1)]!;
      const dy = image[down + x]! - image[up + x]!;
      energy[y * size + x] = (dx * dx + dy * dy) / 4;
    }
  }
  return energy;
}

/**
 * 16 x 16 mean pixels and the root of 8 x 8 mean gradient energies: 320 plain values that know where things are,
 * and so see missing anatomy that random networks overlook. Slices of 16 pixels or more.
 */
export function pixelGradientFeatures(images: Images): Matrix {
  const columns = pixelSide ** 2 + gradientSide ** 2;
  const out = new Float32Array(images.count * columns);
  for (let i = 0; i < images.count; i++) {
    const image = imageAt(images, i);
    const row = out.subarray(i * columns, (i + 1) * columns);
    gridMeans(image, images.size, pixelSide, row);
    const energy = row.subarray(pixelSide ** 2);
    gridMeans(gradientEnergy(image, images.size), images.size, gradientSide, energy);
    for (let g = 0; g < energy.length; g++) energy[g] = Math.sqrt(energy[g]!);
  }
  return { rows: images.count, columns, values: out };
}
