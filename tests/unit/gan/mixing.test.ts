import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createEagerRunner } from '../../../src/engine/index.ts';
import type { RunConfig } from '../../../src/gan/config.ts';
import { initialise } from '../../../src/gan/layers/params.ts';
import { drawMixing, generate, mixingInputs } from '../../../src/gan/mixing.ts';
import { buildGenerator } from '../../../src/gan/networks/build.ts';
import { smallConfig } from './support.ts';

function mixingConfig(mixing: number): RunConfig {
  const base = smallConfig('stylegan2', { batch: 4 });
  if (base.generator.family !== 'stylegan2') throw new Error('not the style-based generator');
  return { ...base, generator: { ...base.generator, mixing } };
}

beforeAll(async () => {
  // Registers the gradients and the backend.
  await createEagerRunner({ state: {}, programs: {} });
});

const normal = (shape: number[], seed: number) =>
  tf.tensor(new Random(seed, 'values').fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);
const furthest = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

describe('style mixing', () => {
  it('draws a crossover for the asked-for share of the images, from (seed, step) alone', () => {
    const config = { ...mixingConfig(0.6), batch: 3000 };
    const levels = 4;
    const { keeps, zMixed } = drawMixing(config, 5, levels, 7);
    expect(drawMixing(config, 5, levels, 7)).toEqual({ keeps, zMixed });
    expect(drawMixing(config, 5, levels, 8).zMixed).not.toEqual(zMixed);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < config.batch; i++) {
      const row = [...keeps.subarray(i * levels, (i + 1) * levels)];
      const kept = row.lastIndexOf(1) + 1;
      expect(row).toEqual([0, 1, 2, 3].map((level) => (level < kept ? 1 : 0)));
      counts[kept]!++;
    }
    // 60 % mixed, a third of them at each of the three crossovers.
    expect(counts[0]).toBe(0);
    for (const kept of [1, 2, 3]) expect(counts[kept]! / config.batch).toBeCloseTo(0.2, 1);
    expect(counts[4]! / config.batch).toBeCloseTo(0.4, 1);
  });

  it('takes each level’s style from the latent that it is given', () => {
    const config = mixingConfig(0.9);
    const generator = buildGenerator(config);
    const g = Object.fromEntries(
      Object.entries(initialise(generator.specs, 3, 'g')).map(([name, data]) => [
        name,
        tf.tensor(data, [...generator.specs[name]!.shape]),
      ]),
    );
    const [z, zMixed] = [normal([4, 5], 1), normal([4, 5], 2)];
    const levels = generator.style!.levels;
    expect(levels).toBe(2);
    const of = (rows: number[][]) => generate(generator, g, { z, zMixed, keeps: tf.tensor(rows) });
    const all = (row: number[]) => of([row, row, row, row]);
    expect(furthest(all([1, 1]), generator.apply(g, z))).toBeLessThan(1e-6);
    expect(furthest(all([0, 0]), generator.apply(g, zMixed))).toBeLessThan(1e-6);
    // With the second level's layers deaf to styles, mixing there changes nothing; else it does.
    const mixed = all([1, 0]);
    expect(furthest(mixed, generator.apply(g, z))).toBeGreaterThan(1e-3);
    const deaf = Object.fromEntries(
      Object.entries(g).map(([name, v]) => [
        name,
        /^(l8\.|out\.).*style\.w$|^out\.style\.w$/.test(name) ? tf.zerosLike(v) : v,
      ]),
    );
    const styled = generate(generator, deaf, {
      z,
      zMixed,
      keeps: tf.tensor([
        [1, 0],
        [1, 0],
        [1, 0],
        [1, 0],
      ]),
    });
    expect(furthest(styled, generator.apply(deaf, z))).toBeLessThan(1e-6);
  });

  it('adds nothing to a run without it', () => {
    expect(mixingInputs(mixingConfig(0), buildGenerator(mixingConfig(0)))).toEqual({});
    expect(Object.keys(mixingInputs(mixingConfig(0.9), buildGenerator(mixingConfig(0.9))))).toEqual([
      'zMixed',
      'keeps',
    ]);
    expect(mixingInputs(smallConfig('dcgan'), buildGenerator(smallConfig('dcgan')))).toEqual({});
  });
});
