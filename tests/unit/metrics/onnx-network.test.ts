import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { avgPool2, type Tensors, traceProgram } from '../../../src/engine/index.ts';
import type { Images } from '../../../src/metrics/arrays.ts';
import { openFeatureNetwork } from '../../../src/metrics/features/onnx-network.ts';

/** A network of one input, as an ONNX file. */
function network(shape: readonly number[], fn: (x: tf.Tensor) => tf.Tensor): Uint8Array {
  return traceProgram(
    { inputs: { x: shape }, fn: (_state: Tensors, { x }: Tensors) => ({ outputs: { y: fn(x!) } }) },
    {},
  ).model;
}

const size = 32;
const random = new Random(2, 'pictures');
const images: Images = {
  count: 7,
  size,
  values: Float32Array.from({ length: 7 * size * size }, () => random.normal() / 3),
};

it('gives the features of the network for every slice, in batches of its own size', async () => {
  const model = network([4, 3, size, size], (x) =>
    tf.reshape(avgPool2(avgPool2(avgPool2(avgPool2(x)))), [4, -1]),
  );
  const net = await openFeatureNetwork(model);
  expect(net.input).toBe('3 x 32 x 32 (NCHW)');
  const { rows, columns, values } = await net.features(images);
  await net.dispose();
  expect([rows, columns]).toEqual([7, 12]);
  for (const n of [0, 3, 6]) {
    for (let cell = 0; cell < 4; cell++) {
      let mean = 0;
      for (let i = 0; i < 256; i++) {
        const y = Math.floor(cell / 2) * 16 + Math.floor(i / 16);
        mean += images.values[n * size * size + y * size + (cell % 2) * 16 + (i % 16)]! / 256;
      }
      for (let c = 0; c < 3; c++) expect(values[n * 12 + c * 4 + cell]).toBeCloseTo(mean, 5);
    }
  }
});

it('averages maps over their places, and brings slices to the size that the network takes', async () => {
  // An even slope stays one when it is resampled: the means of the halves are those of the slope.
  const slope: Images = {
    count: 1,
    size,
    values: Float32Array.from({ length: size * size }, (_, i) => (2 * (i % size)) / (size - 1) - 1),
  };
  const net = await openFeatureNetwork(network([1, 1, 64, 64], (x) => tf.concat([x, tf.square(x)], 1)));
  const { columns, values } = await net.features(slope);
  await net.dispose();
  expect(columns).toBe(2);
  expect(values[0]).toBeCloseTo(0, 3);
  expect(values[1]).toBeCloseTo(1 / 3, 1);
});

it('refuses what is no picture network, and says what its input is', async () => {
  const wrong: [Uint8Array, RegExp][] = [
    [network([4, 100], (x) => x), /\[4, 100\], not a batch of pictures/],
    [network([4, 5, 32, 32], (x) => x), /neither the second nor the last dimension is 1 or 3/],
    [new TextEncoder().encode('no network at all'), /no ONNX network/],
  ];
  for (const [model, message] of wrong) {
    await expect(openFeatureNetwork(model)).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringMatching(message),
    });
  }
  const endless = await openFeatureNetwork(network([1, 1, 32, 32], (x) => tf.div(x, tf.sub(x, x))));
  await expect(endless.features(images)).rejects.toMatchObject({
    message: expect.stringMatching(/not finite/),
  });
  await endless.dispose();
});
