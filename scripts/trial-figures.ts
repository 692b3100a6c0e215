/** The quick figures of scripts/trial.ts: kernel distances on two kinds of features (see docs/benchmarks.md). */
import { Random } from '../src/base/random.ts';
import { conv2d, createRunner } from '../src/engine/index.ts';

const BATCH = 32;
const LAYERS = [
  { name: 'a', shape: [32, 1, 5, 5], pad: 2 },
  { name: 'b', shape: [64, 32, 3, 3], pad: 1 },
  { name: 'c', shape: [64, 64, 3, 3], pad: 1 },
] as const;

export type Features = readonly Float64Array[];

/** Outputs of three fixed random convolutions (stride 2, ReLU), 4x4 means of the last: 1,024 numbers an image. */
export async function randomFeatures(size: number, threads: number) {
  const tf = await import('@tensorflow/tfjs-core');
  const state = Object.fromEntries(LAYERS.map(({ name, shape }) => [name, shape]));
  const runner = await createRunner(
    {
      state,
      programs: {
        features: {
          inputs: { images: [BATCH, 1, size, size] },
          fn: (weights, { images }) => {
            let x = images!;
            for (const { name, pad } of LAYERS) x = tf.relu(conv2d(x, weights[name]!, { stride: 2, pad }));
            const side = size / 8;
            const cells = tf.reshape(x, [BATCH * 64, 4, side / 4, 4, side / 4]);
            return { outputs: { features: tf.reshape(tf.mean(cells, [2, 4]), [BATCH, 1024]) } };
          },
        },
      },
    },
    { device: 'cpu', threads },
  );
  runner.setState(
    Object.fromEntries(
      LAYERS.map(({ name, shape }) => {
        const fanIn = shape[1] * shape[2] * shape[3];
        const random = new Random(7, `trial/${name}`);
        const count = shape[0] * fanIn;
        return [name, Float32Array.from({ length: count }, () => random.normal() * Math.sqrt(2 / fanIn))];
      }),
    ),
  );
  const pixels = size * size;
  return async (images: Float32Array): Promise<Features> => {
    const count = images.length / pixels;
    const rows: Float64Array[] = [];
    for (let first = 0; first < count; first += BATCH) {
      const batch = new Float32Array(BATCH * pixels);
      batch.set(images.subarray(first * pixels, (first + BATCH) * pixels));
      const { features } = await runner.run('features', { images: batch });
      for (let i = 0; i < Math.min(BATCH, count - first); i++) {
        rows.push(Float64Array.from(features!.subarray(i * 1024, (i + 1) * 1024)));
      }
    }
    return rows;
  };
}

/** 16x16 means of the pixels and 8x8 means of the squared gradient: what random features do not see. */
export function pixelFeatures(images: Float32Array, size: number): Features {
  const pixels = size * size;
  const rows: Float64Array[] = [];
  for (let first = 0; first < images.length; first += pixels) {
    const row = new Float64Array(256 + 64);
    const at = (y: number, x: number) => images[first + y * size + x]!;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        row[Math.floor((y * 16) / size) * 16 + Math.floor((x * 16) / size)]! += at(y, x) / (size / 16) ** 2;
        if (y + 1 === size || x + 1 === size) continue;
        const energy = (at(y + 1, x) - at(y, x)) ** 2 + (at(y, x + 1) - at(y, x)) ** 2;
        row[256 + Math.floor((y * 8) / size) * 8 + Math.floor((x * 8) / size)]! += energy / (size / 8) ** 2;
      }
    }
    rows.push(row);
  }
  return rows;
}

export interface Standardise {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Mean and deviation of every feature; deviations of nearly constant features are raised to a floor. */
export function standardiser(rows: Features): Standardise {
  const width = rows[0]!.length;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (const row of rows) for (let i = 0; i < width; i++) mean[i]! += row[i]! / rows.length;
  for (const row of rows) {
    for (let i = 0; i < width; i++) deviation[i]! += (row[i]! - mean[i]!) ** 2 / rows.length;
  }
  const roots = deviation.map(Math.sqrt);
  const floor = (0.25 * roots.reduce((a, b) => a + b, 0)) / width;
  return { mean, deviation: roots.map((d) => Math.max(d, floor)) };
}

export const standardise = (rows: Features, { mean, deviation }: Standardise): Features =>
  rows.map((row) => row.map((v, i) => (v - mean[i]!) / deviation[i]!));

/** Unbiased squared kernel distance, kernel (x·y / d + 1)^3 (Binkowski et al. 2018), without any factor. */
export function kernelDistance(a: Features, b: Features): number {
  const kernel = (x: Float64Array, y: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
    return (sum / x.length + 1) ** 3;
  };
  const within = (rows: Features) => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) for (let j = 0; j < i; j++) sum += kernel(rows[i]!, rows[j]!);
    return (2 * sum) / (rows.length * (rows.length - 1));
  };
  let between = 0;
  for (const x of a) for (const y of b) between += kernel(x, y);
  return within(a) + within(b) - (2 * between) / (a.length * b.length);
}

/** Mean variance of the features of `a` over that of `b`. */
export function varianceRatio(a: Features, b: Features): number {
  const spread = (rows: Features) => {
    const { mean } = standardiser(rows);
    return rows.reduce((s, row) => s + row.reduce((t, v, i) => t + (v - mean[i]!) ** 2, 0), 0) / rows.length;
  };
  return spread(a) / spread(b);
}

/** Median over `a` of the root mean square difference to the nearest image of `b`. */
export function nearestDistance(a: Float32Array, b: Float32Array, pixels: number): number {
  const nearest: number[] = [];
  for (let i = 0; i < a.length; i += pixels) {
    let best = Number.POSITIVE_INFINITY;
    for (let j = 0; j < b.length; j += pixels) {
      let sum = 0;
      for (let k = 0; k < pixels && sum < best; k++) sum += (a[i + k]! - b[j + k]!) ** 2;
      best = Math.min(best, sum);
    }
    nearest.push(Math.sqrt(best / pixels));
  }
  return nearest.sort((x, y) => x - y)[nearest.length >> 1]!;
}
