import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createEagerRunner } from '../../../src/engine/index.ts';
import { createConfig, loadPreset, presetNames } from '../../../src/gan/index.ts';
import { haar, inverseHaar } from '../../../src/gan/layers/haar.ts';
import { minibatchStddev } from '../../../src/gan/layers/minibatch-stddev.ts';
import { modulated } from '../../../src/gan/layers/modulated.ts';
import { countParams, initialise, type ParamSpecs } from '../../../src/gan/layers/params.ts';
import { buildDiscriminator, buildGenerator } from '../../../src/gan/networks/build.ts';
import { families, smallConfig } from './support.ts';

const values = (shape: number[], seed: number) => {
  const random = new Random(seed, 'values');
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
};
const tensors = (specs: ParamSpecs, seed = 1) =>
  Object.fromEntries(
    Object.entries(initialise(specs, seed, 'test')).map(([name, data]) => [
      name,
      tf.tensor(data, [...specs[name]!.shape]),
    ]),
  );
const worst = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

beforeAll(async () => {
  // Registers the gradients and the backend.
  await createEagerRunner({ state: {}, programs: {} });
});

describe('layers', () => {
  it('Haar: orthonormal, and the inverse undoes it', () => {
    const x = values([2, 1, 8, 8], 1);
    expect(worst(inverseHaar(haar(x)), x)).toBeLessThan(1e-6);
    const energy = (t: tf.Tensor) => tf.sum(tf.square(t)).dataSync()[0]!;
    expect(energy(haar(x))).toBeCloseTo(energy(x), 3);
    const flat = haar(tf.ones([1, 1, 4, 4]));
    expect(Array.from(flat.dataSync())).toEqual([2, 2, 2, 2, ...new Array(12).fill(0)]);
  });

  it('modulated convolution equals a filter per sample, modulated and normalised', () => {
    const [n, inputs, outputs, style] = [3, 4, 5, 6];
    const layer = modulated('m', { style, inputs, outputs, size: 3 });
    const p = tensors(layer.specs);
    const [x, w] = [values([n, inputs, 6, 6], 2), values([n, style], 3)];
    const y = layer.apply(p, x, w);
    const s = tf.add(tf.matMul(w as tf.Tensor2D, p['m.style.w'] as tf.Tensor2D), p['m.style.b']!);
    for (let i = 0; i < n; i++) {
      const own = tf.reshape(tf.slice(s, [i, 0], [1, inputs]), [1, inputs, 1, 1]);
      const filter = tf.mul(p['m.w']!, own);
      const norm = tf.sqrt(tf.add(tf.sum(tf.square(filter), [1, 2, 3], true), 1e-8));
      // tfjs wants NHWC and HWIO.
      const one = tf.transpose(tf.slice(x, [i, 0, 0, 0], [1, inputs, 6, 6]), [0, 2, 3, 1]) as tf.Tensor4D;
      const hwio = tf.transpose(tf.div(filter, norm), [2, 3, 1, 0]) as tf.Tensor4D;
      const expected = tf.transpose(tf.conv2d(one, hwio, 1, 'same'), [0, 3, 1, 2]);
      expect(worst(tf.slice(y, [i, 0, 0, 0], [1, outputs, 6, 6]), expected)).toBeLessThan(1e-5);
    }
  });

  it('doubling by a transposed convolution keeps unit variance', () => {
    const layer = modulated('m', { style: 8, inputs: 32, outputs: 32, size: 4, up: 'transposed' });
    const y = layer.apply(tensors(layer.specs), values([4, 32, 8, 8], 2), values([4, 8], 3));
    expect(y.shape).toEqual([4, 32, 16, 16]);
    const inner = tf.slice(y, [0, 0, 2, 2], [4, 32, 12, 12]);
    expect(tf.moments(inner).variance.dataSync()[0]!).toBeCloseTo(1, 0);
  });

  it('minibatch deviation: mean over features of the deviation within each group', () => {
    const x = values([4, 2, 3, 3], 5);
    const data = x.dataSync();
    const got = minibatchStddev(x, 2).dataSync();
    for (const group of [0, 1]) {
      let sum = 0;
      for (let i = 0; i < 18; i++) {
        const [a, b] = [data[group * 36 + i]!, data[group * 36 + 18 + i]!];
        sum += Math.abs(a - b) / 2;
      }
      expect(got[group * 2]).toBeCloseTo(sum / 18, 4);
      expect(got[group * 2 + 1]).toBe(got[group * 2]);
    }
  });
});

describe('networks', () => {
  it.each(families)('%s: shapes, and each image alone', (family) => {
    const config = smallConfig(family);
    const g = buildGenerator(config);
    const p = tensors(g.specs, 4);
    const z = values([3, g.latent], 6);
    const images = g.apply(p, z);
    expect(images.shape).toEqual([3, 1, 16, 16]);
    const alone = g.apply(p, tf.slice(z, [2, 0], [1, g.latent]));
    expect(worst(tf.slice(images, [2, 0, 0, 0], [1, 1, 16, 16]), alone)).toBeLessThan(1e-6);
    const d = buildDiscriminator(config);
    expect(d.apply(tensors(d.specs, 5), values([4, 1, 16, 16], 7)).shape).toEqual([4]);
  });

  it('R3GAN starts with identity blocks: the last convolution of each is zero', () => {
    const { specs } = buildGenerator(smallConfig('r3gan'));
    const last = Object.entries(specs).filter(([name]) => name.endsWith('.reduce.w'));
    expect(last).toHaveLength(3);
    expect(last.every(([, { std, mean }]) => std === 0 && mean === 0)).toBe(true);
    // gain sqrt(2 / 1.04) L^(-1/4) / sqrt(fan in), L = 3 blocks
    expect(specs['l8.block0.expand.w']!.std).toBeCloseTo(
      (Math.sqrt(2 / 1.04) * 3 ** -0.25) / Math.sqrt(4),
      10,
    );
  });

  it('R3-S at 64 px has the size that the recipe’s table gives (1.41 M and 1.40 M)', () => {
    const config = createConfig({ preset: 'balanced', size: 64, seed: 1 });
    expect(countParams(buildGenerator(config).specs) / 1e6).toBeCloseTo(1.41, 1);
    expect(countParams(buildDiscriminator(config).specs) / 1e6).toBeCloseTo(1.4, 1);
  });
});

describe('presets', () => {
  it.each(presetNames)('%s: valid, and its networks build at all its sizes', (preset) => {
    const { sizes, defaultSize } = loadPreset(preset);
    expect(sizes).toHaveProperty(String(defaultSize));
    for (const size of Object.keys(sizes).map(Number)) {
      const config = createConfig({ preset, size, seed: 1 });
      expect(countParams(buildGenerator(config).specs)).toBeGreaterThan(1e4);
      expect(countParams(buildDiscriminator(config).specs)).toBeGreaterThan(1e4);
    }
  });

  it('refuses a size that it cannot make, and a preset that is not there', () => {
    expect(() => createConfig({ preset: 'tiny', size: 63, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'BAD_SIZE' }),
    );
    expect(() => createConfig({ preset: 'huge', size: 64, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG' }),
    );
  });
});
