import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { fromUnit, intensityOf, leastOf, quantile, toUnit } from '../../../src/dataset/window.ts';

function histogramOf(values: readonly number[], bins: number) {
  const counts = new Uint32Array(bins);
  for (const value of values) counts[value]!++;
  return { counts, first: 0, step: 1 };
}

describe('quantile', () => {
  it('agrees with a sorted list', () => {
    const random = new Random(1, 'window');
    const values = Array.from({ length: 1000 }, () => random.int(300));
    const sorted = [...values].sort((a, b) => a - b);
    for (const p of [0.005, 0.25, 0.5, 0.99, 0.995]) {
      expect(quantile(histogramOf(values, 300), p)).toBe(sorted[Math.ceil(p * 1000) - 1]);
    }
    expect(quantile(histogramOf([], 10), 0.5)).toBeUndefined();
  });
});

describe('the intensity window', () => {
  it('leaves out air, its noise and a few hot voxels', () => {
    const random = new Random(2, 'window');
    const air = Array.from({ length: 60_000 }, () => Math.abs(Math.round(8 * random.normal())));
    const tissue = Array.from({ length: 40_000 }, () => 200 + random.int(601));
    const hot = Array.from({ length: 50 }, () => 4000);
    const { window, floor, bright } = intensityOf(histogramOf([...air, ...tissue, ...hot], 4096));
    expect(floor).toBe(0);
    expect(bright).toBeGreaterThan(770);
    expect(window.low).toBeGreaterThan(79);
    expect(window.low).toBeLessThan(210);
    expect(window.high).toBeGreaterThan(790);
    expect(window.high).toBeLessThan(810);
  });

  it('of a CT does not begin below air, whatever lies outside the field of view', () => {
    const random = new Random(3, 'window');
    const outside = Array.from({ length: 5000 }, () => 0);
    const air = Array.from({ length: 5000 }, () => 2000 + random.int(40));
    const tissue = Array.from({ length: 5000 }, () => 3024 + random.int(400));
    const counts = histogramOf([...outside, ...air, ...tissue], 4096);
    const hounsfield = { ...counts, first: -3024 };
    const least = leastOf({ modality: 'CT' });
    expect(intensityOf(hounsfield).floor).toBe(-3024);
    const { floor, window } = intensityOf(hounsfield, least);
    expect(floor).toBeGreaterThanOrEqual(-1024);
    expect(window.low).toBeGreaterThan(-1);
  });

  it('does not break on a constant or an empty series', () => {
    const { window } = intensityOf(histogramOf([5, 5, 5], 10));
    expect(window.high).toBeGreaterThan(window.low);
    expect(intensityOf(histogramOf([], 10)).window).toEqual({ low: 0, high: 1 });
  });

  it('maps there and back, clamped', () => {
    const window = { low: -20, high: 180 };
    for (const value of [-20, 0, 33, 180])
      expect(fromUnit(toUnit(value, window), window)).toBeCloseTo(value, 10);
    expect([toUnit(-500, window), toUnit(500, window)]).toEqual([-1, 1]);
  });
});
