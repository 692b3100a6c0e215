import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../../base/random.ts';
import { avgPool2, conv2d, createRunner, leakyRelu } from '../../engine/index.ts';
import type { Images, Matrix } from '../arrays.ts';

const batch = 32;
/** [outputs, inputs, kernel] of the strided convolutions. */
const layers = [
  [16, 1, 5],
  [32, 16, 3],
  [64, 32, 3],
] as const;

/** Channels of the network; its features are channels x places (at most 4 x 4), channel by channel. */
export const randomNetworkChannels = 64;

/** Independent networks that are reported beside each other, so that the spread of the choice is visible. */
export const randomNetworkSeeds = [1, 2, 3] as const;

/** He et al. 2015 normal weights, so that a signal neither fades nor grows through the layers. */
function weights(seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    layers.map(([outputs, inputs, kernel], i) => {
      const random = new Random(seed, 'random-features', i);
      const values = random.fillNormal(new Float32Array(outputs * inputs * kernel * kernel));
      const deviation = Math.sqrt(2 / (inputs * kernel * kernel));
      return [`w${i}`, values.map((v) => v * deviation)];
    }),
  );
}

/**
 * Features of a convolution network with fixed random weights: three strided convolutions with leaky ReLU, then
 * means over a 4 x 4 grid, so 1,024 values for slices of 32 pixels and more. Needs no download; Naeem et al. 2020
 * found such features more sensible than ImageNet's where the pictures are far from photographs.
 * They see texture and grey levels well and missing anatomy badly: never the only measure.
 * @param seed of the weights: equal seeds give equal features on one machine
 */
export async function randomNetworkFeatures(
  images: Images,
  seed: number,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: (done: number) => void } = {},
): Promise<Matrix> {
  const { count, size, values } = images;
  const state = weights(seed);
  const runner = await createRunner(
    {
      state: Object.fromEntries(layers.map(([o, n, k], i) => [`w${i}`, [o, n, k, k]])),
      programs: {
        features: {
          inputs: { x: [batch, 1, size, size] },
          fn: (net, { x }) => {
            let y = x!;
            layers.forEach(([, , kernel], i) => {
              y = leakyRelu(conv2d(y, net[`w${i}`]!, { stride: 2, pad: (kernel - 1) / 2 }));
            });
            while (y.shape[2]! > 4 && y.shape[2]! % 2 === 0) y = avgPool2(y);
            return { outputs: { y: tf.reshape(y, [batch, -1]) } };
          },
        },
      },
    },
    { device: 'cpu' },
  );
  try {
    runner.setState(state);
    const pixels = size * size;
    let out = new Float32Array(0);
    let columns = 0;
    for (let first = 0; first < count; first += batch) {
      options.signal?.throwIfAborted();
      const many = Math.min(batch, count - first);
      const x = new Float32Array(batch * pixels);
      x.set(values.subarray(first * pixels, (first + many) * pixels));
      const y = (await runner.run('features', { x })).y!;
      if (first === 0) {
        columns = y.length / batch;
        out = new Float32Array(count * columns);
      }
      out.set(y.subarray(0, many * columns), first * columns);
      options.onProgress?.(first + many);
    }
    return { rows: count, columns, values: out };
  } finally {
    await runner.dispose();
  }
}

/** Means over the places of each channel: [n, channels * places] -> [n, channels]. */
export function channelMeans(features: Matrix, channels = randomNetworkChannels): Matrix {
  const places = features.columns / channels;
  const values = new Float32Array(features.rows * channels);
  for (let i = 0; i < values.length; i++) {
    let sum = 0;
    for (let p = 0; p < places; p++) sum += features.values[i * places + p]!;
    values[i] = sum / places;
  }
  return { rows: features.rows, columns: channels, values };
}
