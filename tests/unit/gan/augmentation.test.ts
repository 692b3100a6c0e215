import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createEagerRunner } from '../../../src/engine/index.ts';
import {
  type Augmentation,
  applyWarp,
  drawWarp,
  type Warp,
  warpFields,
} from '../../../src/gan/augmentation.ts';

const options: Augmentation = {
  probability: 0.5,
  translate: 0.125,
  scale: 0.2,
  stretch: 0.1,
  contrast: 0.2,
  brightness: 0.1,
  adaptive: null,
};
const [n, size] = [6, 16];

async function warped(images: Float32Array, warp: Warp): Promise<Float32Array> {
  const runner = await createEagerRunner({
    state: {},
    programs: {
      warp: {
        inputs: { x: [n, 1, size, size], ...Object.fromEntries(warpFields.map((f) => [f, [n, 1, 1]])) },
        fn: (_, { x, ...fields }) => ({ outputs: { y: applyWarp(x!, fields) } }),
      },
    },
  });
  const { y } = await runner.run('warp', { x: images, ...warp });
  return y!;
}

const noise = () =>
  Float32Array.from(
    { length: n * size * size },
    (
      (r) => () =>
        2 * r.uniform() - 1
    )(new Random(1, 'noise')),
  );

describe('augmentation', () => {
  it('is a bilinear warp about the centre with air outside, then gain and bias', async () => {
    const images = noise();
    const warp = drawWarp(options, 1, n, size, new Random(3, 'warp'));
    const y = await warped(images, warp);
    const at = (s: number, row: number, column: number) =>
      row < 0 || column < 0 || row >= size || column >= size ? -1 : images[(s * size + row) * size + column]!;
    let worst = 0;
    for (let s = 0; s < n; s++) {
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          const v = warp.scaleY[s]! * i + warp.offsetY[s]!;
          const u = warp.scaleX[s]! * j + warp.offsetX[s]!;
          const [r, c] = [Math.floor(v), Math.floor(u)];
          const [fv, fu] = [v - r, u - c];
          const value =
            (1 - fv) * ((1 - fu) * at(s, r, c) + fu * at(s, r, c + 1)) +
            fv * ((1 - fu) * at(s, r + 1, c) + fu * at(s, r + 1, c + 1));
          const expected = warp.gain[s]! * (value + 1) - 1 + warp.bias[s]!;
          worst = Math.max(worst, Math.abs(expected - y[(s * size + i) * size + j]!));
        }
      }
    }
    expect(worst).toBeLessThan(2e-5);
  });

  it('leaves images alone at probability 0, to the last digits', async () => {
    const images = noise();
    const y = await warped(images, drawWarp(options, 0, n, size, new Random(3, 'warp')));
    expect(Math.max(...y.map((v, i) => Math.abs(v - images[i]!)))).toBeLessThan(3e-7);
  });

  it('shifts by whole pixels, and never flips', async () => {
    const images = new Float32Array(n * size * size).fill(-1);
    for (let s = 0; s < n; s++) images[(s * size + 5) * size + 3] = 1;
    const only = { ...options, scale: 0, stretch: 0, contrast: 0, brightness: 0 };
    const warp = drawWarp(only, 1, n, size, new Random(8, 'warp'));
    const y = await warped(images, warp);
    for (let s = 0; s < n; s++) {
      const row = 5 - Math.round(warp.offsetY[s]!);
      const column = 3 - Math.round(warp.offsetX[s]!);
      expect(y[(s * size + row) * size + column]).toBeCloseTo(1, 6);
    }
    const scales = drawWarp(options, 1, 1000, size, new Random(2, 'warp'));
    expect(Math.min(...scales.scaleX, ...scales.scaleY)).toBeGreaterThan(0);
  });

  it('uses each operation in about the asked-for share of the samples', () => {
    const warp = drawWarp(options, 0.3, 4000, size, new Random(4, 'warp'));
    const share = (values: Float32Array, neutral: number) =>
      values.filter((v) => v !== neutral).length / values.length;
    expect(share(warp.gain, 1)).toBeCloseTo(0.3, 1);
    expect(share(warp.bias, 0)).toBeCloseTo(0.3, 1);
    expect(share(warp.scaleX, 1)).toBeCloseTo(1 - 0.7 ** 2, 1);
  });

  it('passes gradients to the image', () => {
    const fields = Object.fromEntries(
      Object.entries(drawWarp(options, 1, n, size, new Random(5, 'warp'))).map(([k, v]) => [
        k,
        tf.tensor(v, [n, 1, 1]),
      ]),
    );
    // The map is linear in x + 1, so its gradient against the map of a direction is exact.
    const x = tf.tensor(noise(), [n, 1, size, size]);
    const direction = tf.randomNormal([n, 1, size, size], 0, 1, 'float32', 3);
    const gradient = tf.grad((t: tf.Tensor) => tf.sum(tf.mul(applyWarp(t, fields), direction)))(x);
    const other = tf.randomNormal([n, 1, size, size], 0, 1, 'float32', 4);
    const left = tf.sum(tf.mul(gradient, other)).dataSync()[0]!;
    const moved = tf.sub(applyWarp(tf.add(x, other), fields), applyWarp(x, fields));
    expect(left).toBeCloseTo(tf.sum(tf.mul(moved, direction)).dataSync()[0]!, 2);
  });
});
