import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createEagerRunner, createRunner, type RunnerSpec } from '../../../src/engine/index.ts';
import { createSampler, type RunConfig } from '../../../src/gan/index.ts';
import { initialise } from '../../../src/gan/layers/params.ts';
import { buildGenerator } from '../../../src/gan/networks/build.ts';
import { truncateLatents } from '../../../src/gan/truncation.ts';
import { conditions, smallConfig } from './support.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 1 });

function weightsOf(config: RunConfig) {
  const { specs } = buildGenerator(config);
  const values = initialise(specs, 3, 'g');
  return Object.fromEntries(
    Object.entries(values).map(([name, data]) => [name, { shape: specs[name]!.shape, data }]),
  );
}
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);

describe('truncation', () => {
  it('moves styles towards their mean over 1,024 latents, as written out in another engine', async () => {
    const config = smallConfig('stylegan2');
    const weights = weightsOf(config);
    const sampler = await createSampler(config, weights, traced);
    const made = await sampler.generate(7, 0, 3, undefined, 0.4);

    await createEagerRunner({ state: {}, programs: {} });
    const { style } = buildGenerator(config);
    const p = Object.fromEntries(
      Object.entries(weights).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
    );
    const many = new Random(config.seed, 'mean-style').fillNormal(new Float32Array(1024 * 5));
    const mean = tf.mean(style!.map(p, tf.tensor(many, [1024, 5])), 0, true);
    const latents = Array.from({ length: 3 }, (_, i) =>
      new Random(7, 'latent', i).fillNormal(new Float32Array(5)),
    );
    const w = style!.map(
      p,
      tf.tensor(
        latents.flatMap((z) => [...z]),
        [3, 5],
      ),
    );
    const moved = tf.add(tf.mul(w, 0.4), tf.mul(mean, 0.6));
    expect(furthest(made, style!.synthesise(p, moved).dataSync())).toBeLessThan(1e-4);
    await sampler.dispose();
  });

  it.each(['stylegan2', 'r3gan'] as const)('%s: 1 changes no bit, 0 leaves one slice', async (family) => {
    const config = smallConfig(family);
    const sampler = await createSampler(config, weightsOf(config), traced);
    const plain = await sampler.generate(7, 0, 4);
    expect(await sampler.generate(7, 0, 4, undefined, 1)).toEqual(plain);
    const pixels = 256;
    const same = await sampler.generate(7, 0, 4, undefined, 0);
    expect(furthest(same.subarray(0, pixels), same.subarray(3 * pixels))).toBeLessThan(1e-6);
    expect(furthest(plain.subarray(0, pixels), plain.subarray(3 * pixels))).toBeGreaterThan(1e-3);
    // Slice i stays the same slice, whatever it is asked for with.
    const some = await sampler.generate(7, 2, 1, undefined, 0.7);
    const all = await sampler.generate(7, 0, 4, undefined, 0.7);
    expect(some).toEqual(all.slice(2 * pixels, 3 * pixels));
    await expect(sampler.generate(7, 0, 1, undefined, 1.2)).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG' }),
    );
    await sampler.dispose();
  });

  it('is refused for a plain generator, which would even it out', async () => {
    const config = smallConfig('dcgan');
    const sampler = await createSampler(config, weightsOf(config), traced);
    await expect(sampler.generate(7, 0, 1, undefined, 0.7)).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG', message: expect.stringContaining('no sensible effect') }),
    );
    expect(await sampler.generate(7, 0, 1, undefined, 1)).toEqual(await sampler.generate(7, 0, 1));
    await sampler.dispose();
  });

  it('of a conditional run goes to the typical slice of the asked-for label', async () => {
    const config = smallConfig('stylegan2', { conditions });
    const sampler = await createSampler(config, weightsOf(config), traced);
    const of = (third: string) => sampler.generate(7, 0, 2, { third, age: '40' }, 0);
    const [lower, upper] = [await of('lower'), await of('upper')];
    expect(furthest(lower.subarray(0, 256), lower.subarray(256))).toBeLessThan(1e-6);
    expect(furthest(lower, upper)).toBeGreaterThan(1e-3);
    await sampler.dispose();
  });

  it('of latents: a normal cut off at two deviations, scaled, the rest of the draw untouched', () => {
    const n = 40_000;
    const before = new Random(1, 'z').fillNormal(new Float32Array(n));
    const after = before.slice();
    truncateLatents(after, 0.5, 1, 0);
    expect(Math.max(...after.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(after.every((v, i) => Math.abs(before[i]!) > 2 || v === Math.fround(before[i]! * 0.5))).toBe(true);
    // Variance of a standard normal cut off at 2: 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.7737.
    const variance = after.reduce((s, v) => s + v * v, 0) / n;
    expect(variance).toBeCloseTo(0.25 * 0.7737, 2);
  });
});
