import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { type Arrays, createEagerRunner, createRunner, type RunnerSpec } from '../../../src/engine/index.ts';
import {
  createLatentModel,
  createSampler,
  encodeLabels,
  project,
  type RunConfig,
  rootMeanSquare,
} from '../../../src/gan/index.ts';
import { blendLabels } from '../../../src/gan/latent/model.ts';
import { neighbour, slerp } from '../../../src/gan/latent/points.ts';
import { projectionSpec, searchSchedule } from '../../../src/gan/latent/projection.ts';
import { initialise } from '../../../src/gan/layers/params.ts';
import { buildGenerator } from '../../../src/gan/networks/build.ts';
import { conditions, families, smallConfig } from './support.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 1 });
const everything = Number.POSITIVE_INFINITY;

function weightsOf(config: RunConfig) {
  const { specs } = buildGenerator(config);
  const values = initialise(specs, 3, 'g');
  return Object.fromEntries(
    Object.entries(values).map(([name, data]) => [name, { shape: specs[name]!.shape, data }]),
  );
}
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
const normal = (n: number, name: string) => new Random(9, name).fillNormal(new Float32Array(n));
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

/** Halfway on the arc between vectors of any length, by the half angle instead of sines of parts of it. */
function arcMiddle(a: Float32Array, b: Float32Array): Float32Array {
  const half = Math.acos(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))) / 2;
  return a.map((v, i) => (v + b[i]!) / (2 * Math.cos(half)));
}

describe('points of a latent space', () => {
  it('on the arc keep the length and divide the angle', () => {
    const [a, raw] = [normal(64, 'a'), normal(64, 'b')];
    const b = raw.map((v) => v * Math.sqrt(dot(a, a) / dot(raw, raw)));
    const angle = (x: Float32Array, y: Float32Array) =>
      Math.acos(dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y)));
    for (const t of [0.2, 0.5, 0.9]) {
      const between = slerp(a, b, t);
      expect(dot(between, between)).toBeCloseTo(dot(a, a), 3);
      expect(angle(a, between)).toBeCloseTo(t * angle(a, b), 4);
    }
    expect(furthest(slerp(a, b, 0.5), arcMiddle(a, b))).toBeLessThan(1e-5);
    expect(slerp(a, a, 0.3)).toEqual(a);
    expect(slerp(new Float32Array(3), Float32Array.of(1, 2, 3), 0.5)).toEqual(Float32Array.of(0.5, 1, 1.5));
  });

  it('near one are as widely spread as the space itself, and as near as the radius says', () => {
    const [p, mean] = [normal(5000, 'p'), new Float32Array(5000)];
    expect(neighbour(p, normal(5000, 'q'), mean, 0)).toEqual(p);
    expect(neighbour(p, normal(5000, 'q'), mean, 1)).toEqual(normal(5000, 'q'));
    const close = neighbour(p, normal(5000, 'q'), mean, 0.3);
    expect(dot(close, close) / 5000).toBeCloseTo(1, 1);
    // Correlation with the centre: sqrt(1 - r²).
    expect(dot(close, p) / 5000).toBeCloseTo(Math.sqrt(0.91), 1);
  });

  it('blends classes as mixtures and numbers as numbers', () => {
    const half = blendLabels(conditions, [0, 30], [2, 70], 0.5);
    const number = encodeLabels(conditions, [null, 50]);
    expect([...half.subarray(0, 3)]).toEqual([0.5, 0, 0.5]);
    expect([...half.subarray(3)]).toEqual([...number.subarray(3)]);
  });
});

describe.each(families)('the latent space of %s', (family) => {
  const config = smallConfig(family, family === 'r3gan' ? {} : { conditions });

  it('holds the slices of seeds, and between two the slice of the middle, as another engine makes it', async () => {
    const weights = weightsOf(config);
    const model = await createLatentModel(config, weights, traced);
    const sampler = await createSampler(config, weights, traced);
    const labels = config.conditions === null ? undefined : { third: 'upper', age: '44' };
    const [from, to] = [
      { seed: 7, index: 2 },
      { seed: 8, index: 20 },
    ];
    const made = await model.images(await model.path(from, to, [0, 0.5, 1], { labels }));
    const pixels = 256;
    expect(furthest(made.subarray(0, pixels), await sampler.generate(7, 2, 1, labels))).toBeLessThan(1e-5);
    expect(furthest(made.subarray(2 * pixels), await sampler.generate(8, 20, 1, labels))).toBeLessThan(1e-5);

    await createEagerRunner({ state: {}, programs: {} });
    const generator = buildGenerator(config);
    const p = Object.fromEntries(
      Object.entries(weights).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
    );
    const z = [from, to].map(({ seed, index }) =>
      new Random(seed, 'latent', index).fillNormal(new Float32Array(5)),
    );
    const row = config.conditions === null ? undefined : tf.tensor(encodeLabels(conditions, [2, 44]), [1, 9]);
    const { style } = generator;
    const middle = style
      ? style.synthesise(
          p,
          tf.mul(
            tf.add(style.map(p, tf.tensor(z[0]!, [1, 5]), row), style.map(p, tf.tensor(z[1]!, [1, 5]), row)),
            0.5,
          ),
        )
      : generator.apply(p, tf.tensor(arcMiddle(z[0]!, z[1]!), [1, 5]), row);
    expect(furthest(made.subarray(pixels, 2 * pixels), middle.dataSync())).toBeLessThan(1e-4);
    await model.dispose();
    await sampler.dispose();
  });

  it('refuses a latent of another shape', async () => {
    const model = await createLatentModel(config, weightsOf(config), traced);
    const strange = {
      space: family === 'stylegan2' ? 'w' : 'z',
      values: new Float32Array(4),
      labels: null,
    } as const;
    await expect(model.images([strange])).rejects.toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    await model.dispose();
  });
});

describe('projection', () => {
  it.each([
    ['stylegan2', 'w'],
    ['stylegan2', 'w+'],
    ['dcgan', 'z'],
    ['r3gan', 'z'],
  ] as const)('%s, %s: the gradient of a latent agrees with finite differences', async (family, space) => {
    const config = smallConfig(family);
    const starts = 2;
    const { spec, latents } = projectionSpec(config, everything, starts, space);
    const runner = await traced(spec);
    const target = normal(256, 'target').map((v) => v / 3);
    const at = Object.fromEntries(latents.map((name, i) => [`x/${name}`, normal(10, `x${i}`)]));
    const still = Object.fromEntries(latents.map((name) => [`noise/${name}`, new Float32Array(10)]));
    const weights = weightsOf(config);
    const run = async (x: Arrays) => {
      runner.setState({
        ...Object.fromEntries(Object.entries(weights).map(([name, { data }]) => [`g/${name}`, data])),
        ...Object.fromEntries(
          Object.keys(spec.state)
            .filter((name) => name.startsWith('adam/'))
            .map((name) => [name, new Float32Array(10)]),
        ),
        ...x,
      });
      const { distances } = await runner.run('step', {
        target,
        ...still,
        rate: Float32Array.of(0),
        epsilon: Float32Array.of(1),
        freshness: Float32Array.of(1e-3),
      });
      // The pull on the length of a plain latent: 1e-3 (|z|² / d - 1)².
      const pull = (i: number) => {
        if (space !== 'z') return 0;
        const z = x['x/x0']!.subarray(i * 5, i * 5 + 5);
        return 1e-3 * (dot(z, z) / 5 - 1) ** 2;
      };
      return distances!.reduce((sum, d, i) => sum + d + pull(i), 0);
    };
    await run(at);
    // After one step from zero the first moment is (1 - beta1) of the gradient.
    const moments = await runner.getState(latents.map((name) => `adam/m/${name}`));
    const [told, found] = [[] as number[], [] as number[]];
    for (const name of latents) {
      for (const place of [0, 3, 7]) {
        const values = at[`x/${name}`]!;
        const nudged = (by: number) =>
          run({ ...at, [`x/${name}`]: values.map((v, i) => (i === place ? v + by : v)) });
        found.push(((await nudged(0.005)) - (await nudged(-0.005))) / 0.01);
        told.push(moments[`adam/m/${name}`]![place]! / 0.1);
      }
    }
    const largest = Math.max(...found.map(Math.abs));
    expect(largest).toBeGreaterThan(1e-5);
    expect(furthest(told, found)).toBeLessThan(0.03 * largest);
    await runner.dispose();
  });

  it.each([
    ['stylegan2', undefined],
    ['stylegan2', 'w+'],
    ['dcgan', undefined],
    ['r3gan', undefined],
  ] as const)('%s, %s: comes back to a slice of the generator itself', async (family, space) => {
    const config = smallConfig(family, family === 'dcgan' ? { conditions } : {});
    const ema = weightsOf(config);
    const model = await createLatentModel(config, ema, traced);
    const sampler = await createSampler(config, ema, traced);
    const values = family === 'dcgan' ? [1, 50] : null;
    const target = await sampler.generate(31, 5, 1, values ?? undefined);
    const mean = target.reduce((a, b) => a + b) / target.length;
    const deviation = Math.sqrt(target.reduce((sum, v) => sum + (v - mean) ** 2, 0) / target.length);
    const options = { target, space, labels: values, steps: 150, starts: 3, seed: 1 };
    const found = await project({ config, ema, images: everything }, model, traced, options);
    expect(rootMeanSquare(found.image, target)).toBeLessThan(0.1 * deviation);
    expect(found.curve).toHaveLength(150);
    expect(found.curve.at(-1)!).toBeLessThan(0.1 * found.curve[0]!);
    expect(furthest(await model.images([found.point]), found.image)).toBeLessThan(1e-6);
    const again = await project({ config, ema, images: everything }, model, traced, options);
    expect(again.image).toEqual(found.image);
    expect(again.curve).toEqual(found.curve);
    await model.dispose();
    await sampler.dispose();
  });

  it('ends when it is cancelled, and refuses styles where there are none', async () => {
    const config = smallConfig('dcgan');
    const ema = weightsOf(config);
    const model = await createLatentModel(config, ema, traced);
    const abort = new AbortController();
    const options = { target: new Float32Array(256), labels: null, steps: 50, starts: 1, seed: 1 };
    const cut = project({ config, ema, images: everything }, model, traced, {
      ...options,
      signal: abort.signal,
      onProgress: (step) => step === 3 && abort.abort(),
    });
    await expect(cut).rejects.toThrow(expect.objectContaining({ code: 'CANCELLED' }));
    const styled = project({ config, ema, images: everything }, model, traced, { ...options, space: 'w' });
    await expect(styled).rejects.toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    await model.dispose();
  });

  it('has the schedule of StyleGAN2: warm-up over a twentieth, cosine over the last quarter, noise to three quarters', () => {
    expect(searchSchedule(0.025).rate).toBeCloseTo(0.5, 6);
    expect(searchSchedule(0.5)).toEqual({ rate: 1, noise: (1 - 0.5 / 0.75) ** 2 });
    expect(searchSchedule(0.875).rate).toBeCloseTo(0.5, 6);
    expect(searchSchedule(0.8).noise).toBe(0);
  });
});

describe('values of all labels as a request', () => {
  it('make the very slice that names make', async () => {
    const config = smallConfig('stylegan2', { conditions });
    const sampler = await createSampler(config, weightsOf(config), traced);
    const named = await sampler.generate(7, 3, 1, { third: 'middle', age: '61.5' });
    expect(await sampler.generate(7, 3, 1, [1, 61.5])).toEqual(named);
    expect(await sampler.generate(7, 3, 1, [2, 61.5])).not.toEqual(named);
    await sampler.dispose();
  });
});
