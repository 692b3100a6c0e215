import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createEagerRunner } from '../../../src/engine/index.ts';
import { applyWarp, drawWarp } from '../../../src/gan/augmentation.ts';
import { createConfig, leakTest, leakText } from '../../../src/gan/index.ts';
import { figuresOf, warped } from '../../../src/gan/leak.ts';

const size = 32;
const { augmentation } = createConfig({ preset: 'tiny', size, seed: 1 });
const probability = 0.3;

beforeAll(async () => {
  // Registers the backend.
  await createEagerRunner({ state: {}, programs: {} });
});

interface Ellipse {
  readonly y: number;
  readonly x: number;
  readonly high: number;
  readonly wide: number;
  readonly signal: number;
}

function drawEllipse({ y, x, high, wide, signal }: Ellipse): Float32Array {
  return Float32Array.from({ length: size * size }, (_, i) => {
    const [dy, dx] = [(Math.floor(i / size) - y) / high, ((i % size) - x) / wide];
    return dy * dy + dx * dx < 1 ? signal - 1 : -1;
  });
}

/** Heads of one clinic: much alike in place, size and brightness, as slices of one protocol are. */
function heads(count: number, seed: number): Float32Array {
  const random = new Random(seed, 'heads');
  const images = new Float32Array(count * size * size);
  for (let i = 0; i < count; i++) {
    const about = (mean: number, deviation: number) => mean + deviation * random.normal();
    const ellipse = {
      y: about(16, 0.5),
      x: about(16, 0.5),
      high: about(9, 0.5),
      wide: about(7, 0.5),
      signal: about(1.2, 0.08),
    };
    images.set(drawEllipse(ellipse), i * size * size);
  }
  return images;
}

/** As the networks see them in training, by the training's own graph. */
function augmentedHeads(count: number, seed: number, changes: Partial<typeof augmentation> = {}) {
  const warp = drawWarp({ ...augmentation, ...changes }, probability, count, size, new Random(seed, 'leak'));
  const fields = Object.fromEntries(
    Object.entries(warp).map(([name, values]) => [name, tf.tensor(values, [count, 1, 1])]),
  );
  const images = tf.tensor(heads(count, seed), [count, 1, size, size]);
  return applyWarp(images, fields).dataSync() as Float32Array;
}

const real = heads(600, 1);
const test = (generated: Float32Array) =>
  leakTest({ generated, real, size, augmentation, probability, seed: 4 });

describe('the leak test', () => {
  it.each([11, 12, 13])('finds a generator that makes augmented slices (%d)', (seed) => {
    const verdict = test(augmentedHeads(256, seed));
    expect(verdict.leaks).toBe(true);
    expect(verdict.measures.filter((m) => m.leaks).map((m) => m.figure)).toEqual(
      expect.arrayContaining(['down', 'across']),
    );
    expect(leakText(verdict, probability)).toMatch(
      /place from top to bottom.*probability 30 %.*probability=0.15/,
    );
  });

  it.each([21, 22, 23])('finds none in other slices of the same kind (%d)', (seed) => {
    const verdict = test(heads(256, seed));
    expect(verdict.leaks).toBe(false);
    expect(verdict.measures.length).toBeGreaterThan(2);
    // What augmentation moves far beyond what the slices do by themselves is told exactly.
    const places = verdict.measures.filter(({ figure }) => figure === 'down' || figure === 'across');
    expect(places).toHaveLength(2);
    for (const { toward } of places) expect(Math.abs(toward)).toBeLessThan(0.5);
    expect(leakText(verdict, probability)).toMatch(/no sign/);
  });

  it('tells which part has leaked', () => {
    const leaking = test(augmentedHeads(256, 31, { scale: 0, stretch: 0, contrast: 0 })).measures;
    const of = (figure: string) => leaking.find((m) => m.figure === figure)!;
    expect(of('down').leaks && of('across').leaks).toBe(true);
    expect(of('brightness').leaks || of('size').leaks).toBe(false);
  });

  it('calls slices that are far from both no leak', () => {
    const noise = new Random(1, 'noise').fillNormal(new Float32Array(256 * size * size));
    expect(test(noise).leaks).toBe(false);
    expect(test(new Float32Array(256 * size * size).fill(-1)).measures).toEqual([]);
    const small = new Float32Array(256 * size * size);
    for (let i = 0; i < 256; i++) {
      small.set(drawEllipse({ y: 5, x: 5, high: 3, wide: 3, signal: 1.2 }), i * size * size);
    }
    expect(test(small).leaks).toBe(false);
  });

  it('has nothing to tell of an augmentation that does nothing', () => {
    const idle = { ...augmentation, translate: 0, scale: 0, stretch: 0, contrast: 0 };
    const verdict = leakTest({
      generated: heads(256, 2),
      real,
      size,
      augmentation: idle,
      probability,
      seed: 4,
    });
    expect(verdict).toEqual({ measures: [], leaks: false });
    expect(leakText(verdict, probability)).toMatch(/too little to be told/);
  });

  it('augments as the training does, and measures ellipses as geometry says', () => {
    const images = heads(16, 5);
    const warp = drawWarp({ ...augmentation, brightness: 0.1 }, 1, 16, size, new Random(6, 'warp'));
    const fields = Object.fromEntries(
      Object.entries(warp).map(([name, values]) => [name, tf.tensor(values, [16, 1, 1])]),
    );
    const expected = applyWarp(tf.tensor(images, [16, 1, size, size]), fields).dataSync();
    const found = warped(images, size, warp);
    expect(Math.max(...found.map((v, i) => Math.abs(v - expected[i]!)))).toBeLessThan(1e-4);

    const one = figuresOf(drawEllipse({ y: 14, x: 18, high: 10, wide: 6, signal: 1.5 }), size);
    expect(one.down[0]! * size).toBeCloseTo(14, 5);
    expect(one.across[0]! * size).toBeCloseTo(18, 5);
    // The deviation of a filled ellipse is half of its radius, in each direction.
    expect(2 ** one.size[0]! * size).toBeCloseTo(Math.sqrt(5 * 3), 0);
    expect(2 ** (2 * one.stretch[0]!)).toBeCloseTo(10 / 6, 1);
    expect(2 ** one.brightness[0]!).toBeCloseTo(1.5, 5);
  });
});
