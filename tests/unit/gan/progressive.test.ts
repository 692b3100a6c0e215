import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { GantryError } from '../../../src/base/errors.ts';
import { Random } from '../../../src/base/random.ts';
import { createEagerRunner, createRunner, type RunnerSpec } from '../../../src/engine/index.ts';
import type { RunConfig } from '../../../src/gan/config.ts';
import { phaseAt, shownAt } from '../../../src/gan/growth.ts';
import {
  type BatchSource,
  type Checkpoint,
  createSampler,
  createTrainer,
  parseRunConfig,
  type Weights,
} from '../../../src/gan/index.ts';
import { strip } from '../../../src/gan/layers/params.ts';
import { buildDiscriminator, buildGenerator } from '../../../src/gan/networks/build.ts';
import { carriedOver, startState } from '../../../src/gan/players.ts';
import { trainingGraph } from '../../../src/gan/training-program.ts';
import { blobSource, conditions, smallConfig } from './support.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 1 });
const growing = ['stylegan2', 'dcgan'] as const;

/** 8 px for two steps, three steps of fade, then 16 px. */
const progressive = { start: 8, fadeImages: 12, stableImages: 8 };
const at = (family: (typeof growing)[number], changes: Partial<RunConfig> = {}) =>
  smallConfig(family, { progressive, ...changes });

const small = { size: 8, fading: false };
const fade = { size: 16, fading: true };
const large = { size: 16, fading: false };

beforeAll(async () => {
  // Registers the gradients and the backend.
  await createEagerRunner({ state: {}, programs: {} });
});

describe('schedule', () => {
  it('doubles after each stable stretch, fades linearly, and stays at the run’s size', () => {
    const plan = { start: 8, fadeImages: 100, stableImages: 300 };
    const rows = [0, 299, 300, 350, 399, 400, 699, 700, 725, 800, 1e9].map((images) => {
      const { size, fading, alpha } = phaseAt(32, plan, images);
      return [images, size, fading, alpha];
    });
    expect(rows).toEqual([
      [0, 8, false, 1],
      [299, 8, false, 1],
      [300, 16, true, 0],
      [350, 16, true, 0.5],
      [399, 16, true, 0.99],
      [400, 16, false, 1],
      [699, 16, false, 1],
      [700, 32, true, 0],
      [725, 32, true, 0.25],
      [800, 32, false, 1],
      [1e9, 32, false, 1],
    ]);
    expect(phaseAt(32, null, 0)).toEqual({ size: 32, fading: false, alpha: 1 });
  });

  it('refuses what cannot grow, naming the setting', () => {
    const wrong = (change: object) => () => parseRunConfig({ ...at('stylegan2'), ...change });
    expect(wrong({ progressive: { ...progressive, start: 16 } })).toThrow(/progressive\.start.*16 pixels/);
    expect(wrong({ progressive: { ...progressive, start: 12 } })).toThrow(/progressive\.start.*power of two/);
    expect(wrong({ generator: smallConfig('r3gan').generator })).toThrow(/progressive.*do not grow/);
  });
});

/** Pixel copies and means written out, as the oracle of the engine's own. */
function doubled(images: Float32Array, size: number): Float32Array {
  const out = new Float32Array(images.length * 4);
  for (let i = 0; i < out.length; i++) {
    const [n, y, x] = [
      Math.floor(i / (4 * size * size)),
      Math.floor(i / (2 * size)) % (2 * size),
      i % (2 * size),
    ];
    out[i] = images[n * size * size + (y >> 1) * size + (x >> 1)]!;
  }
  return out;
}
function halved(images: Float32Array, size: number): Float32Array {
  const half = size / 2;
  const out = new Float32Array(images.length / 4);
  images.forEach((v, i) => {
    const [n, y, x] = [Math.floor(i / (size * size)), Math.floor(i / size) % size, i % size];
    out[n * half * half + (y >> 1) * half + (x >> 1)]! += v / 4;
  });
  return out;
}
const furthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), a.length === b.length ? 0 : Number.NaN);

const normal = (shape: number[], seed: number) =>
  tf.tensor(new Random(seed, 'values').fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);
const data = (t: tf.Tensor) => t.dataSync() as Float32Array;

/** Values of a growth, off their start, as tensors. */
function valuesOf(config: RunConfig, growth: typeof small, from?: Record<string, Float32Array>) {
  const { spec } = trainingGraph(config, growth);
  const random = new Random(8, 'jitter');
  const values =
    from ??
    Object.fromEntries(
      Object.entries(startState(config, growth)).map(([k, v]) => [
        k,
        v.map((x) => x + 0.1 * random.normal()),
      ]),
    );
  const tensors = Object.fromEntries(
    Object.entries(values).map(([name, v]) => [name, tf.tensor(v, [...spec.state[name]!])]),
  );
  return { values, g: strip('g/', tensors), d: strip('d/', tensors) };
}

describe('networks that grow', () => {
  it('real images: means over pixels, blended with the half resolution while it fades', () => {
    const x = normal([2, 1, 32, 32], 3);
    const to16 = halved(data(x), 32);
    expect(furthest(data(shownAt(x, large)), to16)).toBeLessThan(1e-6);
    const half = doubled(halved(to16, 16), 8);
    const expected = to16.map((v, i) => 0.75 * half[i]! + 0.25 * v);
    expect(furthest(data(shownAt(x, fade, tf.scalar(0.25))), expected)).toBeLessThan(1e-6);
  });

  it.each(growing)('%s: at alpha 0 the grown networks are the small ones', (family) => {
    const config = at(family);
    const before = valuesOf(config, small);
    const after = valuesOf(config, fade, carriedOver(before.values, config, fade));
    const z = normal([4, 5], 1);
    const ofSmall = buildGenerator(config, small).apply(before.g, z);
    const ofFade = buildGenerator(config, fade).apply(after.g, z, undefined, tf.scalar(0));
    expect(ofFade.shape).toEqual([4, 1, 16, 16]);
    expect(furthest(data(ofFade), doubled(data(ofSmall), 8))).toBeLessThan(1e-6);

    const x = normal([4, 1, 16, 16], 2);
    const judged = buildDiscriminator(config, fade).apply(after.d, x, undefined, tf.scalar(0));
    const seen = tf.tensor(halved(data(x), 16), [4, 1, 8, 8]);
    const expected = buildDiscriminator(config, small).apply(before.d, seen);
    expect(furthest(data(judged), data(expected))).toBeLessThan(1e-5);
  });

  it.each(growing)('%s: at alpha 1 the old branch has no influence, and then it is gone', (family) => {
    const config = at(family);
    const { values, g, d } = valuesOf(config, fade);
    const { g: g1, d: d1 } = valuesOf(config, large, carriedOver(values, config, large));
    const old = (all: object, now: object) => Object.keys(all).filter((name) => !(name in now));
    expect(old(g, g1).length).toBeGreaterThan(0);
    expect(old(d, d1).length).toBeGreaterThan(0);
    const [z, x, one] = [normal([4, 5], 1), normal([4, 1, 16, 16], 2), tf.scalar(1)];
    const [made, alone] = [buildGenerator(config, fade), buildGenerator(config, large)];
    const [judge, judgeAlone] = [buildDiscriminator(config, fade), buildDiscriminator(config, large)];
    expect(furthest(data(made.apply(g, z, undefined, one)), data(alone.apply(g1, z)))).toBeLessThan(1e-6);
    expect(furthest(data(judge.apply(d, x, undefined, one)), data(judgeAlone.apply(d1, x)))).toBeLessThan(
      1e-5,
    );
    // And no gradient reaches it.
    for (const name of old(g, g1)) {
      const f = (v: tf.Tensor) => tf.sum(tf.square(made.apply({ ...g, [name]: v }, z, undefined, one)));
      expect(Math.max(...data(tf.grad(f)(g[name]!)).map(Math.abs)), name).toBe(0);
    }
    for (const name of old(d, d1)) {
      const f = (v: tf.Tensor) => tf.sum(judge.apply({ ...d, [name]: v }, x, undefined, one));
      expect(Math.max(...data(tf.grad(f)(d[name]!)).map(Math.abs)), name).toBe(0);
    }
  });

  it.each(growing)('%s: fully grown, it is the network that never grew', (family) => {
    const direct = trainingGraph(smallConfig(family)).spec.state;
    expect(trainingGraph(at(family), large).spec.state).toEqual(direct);
    expect(startState(at(family), large)).toEqual(startState(smallConfig(family), large));
  });
});

const base64 = (weights: Weights) =>
  Object.fromEntries(Object.entries(weights).map(([k, v]) => [k, Buffer.from(v.data).toString('base64')]));

describe('a progressive run', () => {
  const steps = 6;

  /** The whole run, the checkpoint before each of its steps, and what each worked at; made once a family. */
  const wholes = new Map<string, Promise<{ taken: Checkpoint[]; end: Checkpoint; phases: number[][] }>>();
  // One program a growth is enough here: the lazy penalty is resumed elsewhere.
  const everyStep = (family: (typeof growing)[number]) =>
    at(family, { penalty: { ...smallConfig(family).penalty, every: 1 } });
  async function wholeRun(family: (typeof growing)[number]) {
    const trainer = await createTrainer(everyStep(family), blobSource(16), traced, { totalImages: 40 });
    const taken: Checkpoint[] = [];
    const phases: number[][] = [];
    for (let i = 0; i < steps; i++) {
      taken.push(structuredClone(await trainer.checkpoint()));
      const { extra } = await trainer.step();
      phases.push([extra.resolution!, extra.alpha!]);
    }
    const end = await trainer.checkpoint();
    await trainer.dispose();
    return { taken, end, phases };
  }

  // Stopped at 8 px, right at both switches, and in the middle of the fade.
  it.each([
    ['stylegan2', 2],
    ['stylegan2', 4],
    ['dcgan', 1],
    ['dcgan', 3],
    ['dcgan', 5],
  ] as const)(
    '%s: stopped and resumed after %i steps, it ends bit for bit the same',
    async (family, from) => {
      const whole = wholes.get(family) ?? wholeRun(family);
      wholes.set(family, whole);
      const { taken, end, phases } = await whole;
      expect(phases).toEqual([
        [8, 1],
        [8, 1],
        [16, 0],
        [16, 4 / 12],
        [16, 8 / 12],
        [16, 1],
      ]);
      const resumed = await createTrainer(everyStep(family), blobSource(16), traced);
      const { tensors, state } = taken[from]!;
      await resumed.restore({ tensors, state: JSON.parse(JSON.stringify(state)) });
      for (let i = from; i < steps; i++) await resumed.step();
      const other = await resumed.checkpoint();
      expect(base64(other.tensors)).toEqual(base64(end.tensors));
      expect(other.state).toEqual(end.state);
      await resumed.dispose();
    },
  );

  it('says each resolution, and carries weights, averages and moments over', async () => {
    const events: string[] = [];
    const trainer = await createTrainer(at('stylegan2'), blobSource(16), traced, {
      onEvent: ({ kind, text, images }) => events.push(`${images} ${kind} ${text}`),
    });
    await trainer.step();
    const before = (await trainer.checkpoint()).tensors;
    expect(trainer.phase).toEqual({ size: 8, fading: false, alpha: 1 });
    const second = await trainer.step();
    expect(second.extra.resolution).toBe(8);
    expect(trainer.phase).toEqual({ size: 16, fading: true, alpha: 0 });
    const { tensors, state } = await trainer.checkpoint();
    for (const kind of ['g', 'ema', 'adam/g/v'] as const) {
      expect(tensors[`${kind}/l4.conv0.w`]!.data, kind).not.toEqual(before[`${kind}/l4.conv0.w`]!.data);
    }
    const start = startState(at('stylegan2'), fade);
    expect(tensors['g/l8.up.w']!.data).toEqual(start['g/l8.up.w']);
    expect(tensors['adam/g/v/l8.up.w']!.data.every((v) => v === 0)).toBe(true);
    expect(tensors['adam/d/v/top.w']!.data.some((v) => v > 0)).toBe(true);
    expect(state).toMatchObject({ updates: 0, steps: 2 });
    for (let i = 0; i < 4; i++) await trainer.step();
    expect(events.filter((e) => e.includes('resolution'))).toEqual([
      '8 resolution Now 16 × 16 pixels: the new layers fade in over 12 images.',
      '20 resolution Now 16 × 16 pixels in full: the new layers have faded in.',
    ]);
    await trainer.dispose();
  });

  it('refuses a checkpoint after a failed switch, and goes on from the one before', async () => {
    let full = true;
    const scarce = async (spec: RunnerSpec) => {
      if (full && 'g/l8.up.w' in spec.state) throw new GantryError('OUT_OF_MEMORY', 'No memory left.');
      return traced(spec);
    };
    const trainer = await createTrainer(at('stylegan2'), blobSource(16), scarce);
    await trainer.step();
    const before = structuredClone(await trainer.checkpoint());
    await expect(trainer.step()).rejects.toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
    await expect(trainer.checkpoint()).rejects.toThrow(expect.objectContaining({ code: 'BAD_CHECKPOINT' }));
    await trainer.dispose();
    full = false;
    const resumed = await createTrainer(at('stylegan2'), blobSource(16), scarce);
    await resumed.restore(before);
    await resumed.step();
    expect(resumed.phase).toEqual({ size: 16, fading: true, alpha: 0 });
    expect((await resumed.checkpoint()).tensors['g/l8.up.w']).toBeDefined();
    await resumed.dispose();
  });

  it('goes back to a state from before a switch when steps fail around it', async () => {
    const source = blobSource(16);
    let batches = 0;
    const faulty: BatchSource = {
      ...source,
      next(n) {
        const next = source.next(n);
        batches++;
        return batches >= 2 && batches <= 4 ? { ...next, images: next.images.fill(Number.NaN) } : next;
      },
    };
    const events: string[] = [];
    const trainer = await createTrainer(at('stylegan2'), faulty, traced, {
      onEvent: ({ kind }) => events.push(kind),
    });
    await trainer.step();
    const { step, lossD } = await trainer.step();
    expect([step, trainer.phase.size]).toEqual([5, 16]);
    expect(Number.isFinite(lossD)).toBe(true);
    expect(events).toContain('guard-rollback');
    expect(events).toContain('resolution');
    expect((await trainer.checkpoint()).tensors['g/out.w']!.data.every(Number.isFinite)).toBe(true);
    await trainer.dispose();
  });

  it('with labels and adaptive augmentation by held-out slices, in shards', async () => {
    const base = smallConfig('dcgan').augmentation;
    const config = at('dcgan', {
      conditions,
      shards: 2,
      progressive: { start: 8, fadeImages: 2000, stableImages: 600 },
      augmentation: { ...base, adaptive: { signal: 'held-out', target: 0.6, images: 2000, limit: 0.7 } },
    });
    const source = blobSource(16, 12, true);
    const heldOut = { sample: (count: number) => blobSource(16, 9, true).reference!(count) };
    const trainer = await createTrainer(config, source, traced, { heldOut });
    let last = await trainer.step();
    while (trainer.images < 1100) last = await trainer.step();
    expect(last.extra).toMatchObject({ resolution: 16, alpha: expect.closeTo(496 / 2000, 5) });
    expect([last.lossD, last.lossG, last.extra.augmentation].every(Number.isFinite)).toBe(true);
    const images = trainer.images;
    const sampler = await createSampler(config, await trainer.emaWeights(), traced, images);
    expect((await sampler.generate(1, 0, 2, { third: 'middle', age: '40' })).every(Number.isFinite)).toBe(
      true,
    );
    await sampler.dispose();
    await trainer.dispose();
  });
});

describe('slices of an unfinished progressive run', () => {
  it('are of the run’s size, made at the resolution it has, whatever they are asked for with', async () => {
    const config = at('stylegan2');
    const trainer = await createTrainer(config, blobSource(16), traced);
    await trainer.step();
    const early = await trainer.emaWeights();
    const sampler = await createSampler(config, early, traced, trainer.images);
    const made = await sampler.generate(3, 0, 20);
    expect(furthest(doubled(halved(made, 16), 8), made)).toBeLessThan(1e-6);
    expect(await sampler.generate(3, 17, 2)).toEqual(made.slice(17 * 256, 19 * 256));
    await sampler.dispose();
    await trainer.step();
    await trainer.step();
    const middle = await createSampler(config, await trainer.emaWeights(), traced, trainer.images);
    const faded = await middle.generate(3, 0, 4);
    expect(furthest(doubled(halved(faded, 16), 8), faded)).toBeGreaterThan(1e-3);
    await middle.dispose();
    await expect(createSampler(config, early, traced)).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_CHECKPOINT' }),
    );
    await trainer.dispose();
  });
});
