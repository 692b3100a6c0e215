import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createEagerRunner } from '../../../src/engine/index.ts';
import { initialise } from '../../../src/gan/layers/params.ts';
import { linearStart } from '../../../src/gan/networks/linear-start.ts';
import { principalComponents } from '../../../src/gan/principal-components.ts';
import { blobSource } from './support.ts';

it('finds the components that the data were made of', () => {
  // Three orthogonal directions of known strength and a known mean.
  const random = new Random(3, 'rows');
  const [dimension, count] = [20, 4000];
  const strengths = [3, 2, 0.5];
  const directions = [0, 1, 2].map((k) =>
    Float64Array.from(
      { length: dimension },
      (_, i) => Math.sqrt(2 / dimension) * Math.cos((Math.PI * (i + 0.5) * (k + 1)) / dimension),
    ),
  );
  const rows = Array.from({ length: count }, () => {
    const row = new Float64Array(dimension).fill(0.7);
    directions.forEach((u, k) => {
      const amount = strengths[k]! * random.normal();
      for (let i = 0; i < dimension; i++) row[i]! += amount * u[i]!;
    });
    return row;
  });
  const { mean, components } = principalComponents(rows, 4);
  expect(Math.max(...mean.map((v) => Math.abs(v - 0.7)))).toBeLessThan(0.05);
  components.slice(0, 3).forEach((c, k) => {
    const length = Math.hypot(...c);
    const along = c.reduce((s, v, i) => s + v * directions[k]![i]!, 0);
    expect(length / strengths[k]!).toBeCloseTo(1, 1);
    expect(Math.abs(along) / length).toBeGreaterThan(0.999);
  });
  expect(Math.hypot(...components[3]!)).toBeLessThan(1e-6);
});

it('starts as a Gaussian with the mean and the covariance of the halved images', async () => {
  await createEagerRunner({ state: {}, programs: {} });
  const [side, latent, count] = [8, 6, 40];
  const layer = linearStart('linear', latent, 5, side);
  const images = blobSource(2 * side, count).next(count);
  const values = { ...initialise(layer.specs, 1, 'x'), ...layer.fit(images, count) };
  const p = Object.fromEntries(
    Object.entries(values).map(([name, v]) => [name, tf.tensor(v, [...layer.specs[name]!.shape])]),
  );
  const n = 4000;
  const made = layer.apply(
    p,
    tf.randomNormal([n, latent], 0, 1, 'float32', 1),
    tf.randomNormal([n, 5], 0, 1, 'float32', 2),
  );
  const halved = tf.avgPool(tf.tensor(images, [count, 2 * side, 2 * side, 1]) as tf.Tensor4D, 2, 2, 'valid');
  const [a, b] = [tf.moments(made, 0), tf.moments(tf.reshape(halved, [count, 1, side, side]), 0)];
  const worst = (x: tf.Tensor, y: tf.Tensor) => tf.max(tf.abs(tf.sub(x, y))).dataSync()[0]!;
  expect(worst(a.mean, b.mean)).toBeLessThan(0.06);
  // Six components hold nearly all of the blobs' variance.
  const total = (m: typeof a) => tf.sum(m.variance).dataSync()[0]!;
  expect(total(a) / total(b)).toBeGreaterThan(0.85);
  expect(total(a) / total(b)).toBeLessThan(1.1);
});
