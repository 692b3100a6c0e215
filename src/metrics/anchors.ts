import { Random } from '../base/random.ts';
import { type Images, imageAt } from './arrays.ts';

/** Plainly bad sets made from real slices, so that a reader sees what a figure is like when something is wrong. */
export const anchorNames = ['blurred', 'noisy', 'repeated'] as const;
export type AnchorName = (typeof anchorNames)[number];

/** Mean over 3 x 3 pixels, twice; the edge is repeated. */
function blurred(image: Float32Array, size: number): Float32Array {
  let from = image;
  for (let pass = 0; pass < 2; pass++) {
    const out = new Float32Array(size * size);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        let sum = 0;
        for (let dy = -1; dy <= 1; dy++) {
          const row = Math.min(size - 1, Math.max(0, y + dy)) * size;
          for (let dx = -1; dx <= 1; dx++) sum += from[row + Math.min(size - 1, Math.max(0, x + dx))]!;
        }
        out[y * size + x] = sum / 9;
      }
    }
    from = out;
  }
  return from;
}

/** Gaussian noise of a tenth of the grey range's half. */
function noisy(image: Float32Array, random: Random): Float32Array {
  return image.map((v) => Math.min(1, Math.max(-1, v + 0.1 * random.normal())));
}

/** `blurred`: 3 x 3 means twice; `noisy`: sigma 0.1 on -1 .. +1; `repeated`: one slice (the middle one), with a trace of noise. */
export function makeAnchor(name: AnchorName, real: Images, seed: number): Images {
  const { count, size } = real;
  const values = new Float32Array(real.values.length);
  for (let i = 0; i < count; i++) {
    const random = new Random(seed, `anchor-${name}`, i);
    const image = imageAt(real, name === 'repeated' ? count >> 1 : i);
    const made =
      name === 'blurred'
        ? blurred(image, size)
        : name === 'noisy'
          ? noisy(image, random)
          : image.map((v) => v + 0.005 * random.normal());
    values.set(made, i * size * size);
  }
  return { count, size, values };
}
