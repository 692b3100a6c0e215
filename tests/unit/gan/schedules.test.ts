import { describe, expect, it } from 'vitest';
import { adamScalars } from '../../../src/gan/optimiser.ts';
import { emaWeight, progressOf, type Schedule, valueAt } from '../../../src/gan/schedules.ts';

describe('schedules', () => {
  it('stay constant, then move linearly, then stay', () => {
    const s: Schedule = { from: 1, to: 0.1, shape: 'linear', start: 0.5, end: 1 };
    expect([0, 0.5, 0.75, 1].map((p) => valueAt(s, p))).toEqual([1, 1, 0.55, 0.1]);
  });

  it('follow R3GAN’s cosine a + (1 - 0.5 (1 + cos(pi t))) (b - a)', () => {
    const s: Schedule = { from: 2, to: 0.2, shape: 'cosine', start: 0, end: 0.5 };
    for (const t of [0.1, 0.25, 0.4]) {
      const expected = 2 + (1 - 0.5 * (1 + Math.cos((Math.PI * t) / 0.5))) * (0.2 - 2);
      expect(valueAt(s, t)).toBeCloseTo(expected, 12);
    }
    expect(valueAt(s, 0.9)).toBe(0.2);
  });

  it('stand at their beginning while the length is not known', () => {
    expect(progressOf(5_000, null)).toBe(0);
    expect(progressOf(5_000, 20_000)).toBe(0.25);
    expect(progressOf(21_000, 20_000)).toBe(1);
  });

  it('average with the half-life that was asked for, in images', () => {
    // 100 steps of 20 images = one half-life of 2,000: half of the start is left.
    let left = 1;
    for (let i = 0; i < 100; i++) left *= 1 - emaWeight(1e9, 20, 2000, 0.05);
    expect(left).toBeCloseTo(0.5, 10);
    expect(1 - emaWeight(1000, 50, 2000, 0.05)).toBeCloseTo(0.5, 12);
    expect(emaWeight(0, 16, 2000, 0.05)).toBe(1);
  });
});

it('folds Adam’s bias correction into two numbers', () => {
  // The paper's update on one number, written out.
  const [lr, b1, b2, gradients] = [0.01, 0.5, 0.99, [0.3, -0.2, 0.5]] as const;
  let [m, v, x] = [0, 0, 1];
  let [m2, v2, x2] = [0, 0, 1];
  gradients.forEach((g, i) => {
    const t = i + 1;
    m = b1 * m + (1 - b1) * g;
    v = b2 * v + (1 - b2) * g * g;
    x -= (lr * (m / (1 - b1 ** t))) / (Math.sqrt(v / (1 - b2 ** t)) + 1e-8);
    const { rate, epsilon, freshness } = adamScalars(lr, b1, b2, t);
    m2 += (1 - b1) * (g - m2);
    v2 += freshness * (g * g - v2);
    x2 -= (rate * m2) / (Math.sqrt(v2) + epsilon);
  });
  expect(x2).toBeCloseTo(x, 12);
});
