import { describe, expect, it } from 'vitest';
import { gridMove, visibleRows } from '../../../renderer/features/datasets/gridMath.ts';
import { secondsLeft, shareDone } from '../../../renderer/features/training/progress.ts';
import { competition } from '../../../renderer/lib/competition.ts';
import { distribution, joinMetrics, overlay, recent, smooth } from '../../../renderer/lib/curves.ts';
import { formatCount, formatDuration, formatFigure } from '../../../renderer/lib/format.ts';
import { en } from '../../../renderer/lib/i18n/en.ts';
import { ja } from '../../../renderer/lib/i18n/ja.ts';
import { parseRoute, routeHash } from '../../../renderer/lib/route.ts';
import type { RunSummary } from '../../../src/contract/index.ts';

describe('languages', () => {
  it('have the same texts with the same places to fill', () => {
    const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    expect(Object.keys(ja).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en))
      expect(places(ja[key as keyof typeof en]), key).toEqual(places(text));
  });

  it('leave nothing untranslated', () => {
    // The name of a format is the same in every language.
    const isName = (text: string) => /^[A-Z]+$/.test(text);
    const same = Object.entries(en).filter(
      ([key, text]) => ja[key as keyof typeof en] === text && !isName(text),
    );
    expect(same).toEqual([]);
  });
});

describe('addresses', () => {
  it('come back as they were made', () => {
    expect(parseRoute(routeHash('runs', 'run-0001'))).toEqual({
      page: 'runs',
      datasetId: undefined,
      runId: 'run-0001',
    });
    expect(parseRoute(routeHash('datasets', '7'))).toEqual({
      page: 'datasets',
      datasetId: '7',
      runId: undefined,
    });
    expect(parseRoute(routeHash('runs')).runId).toBeUndefined();
  });

  it.each(['', '#', '#/', '#/nowhere/1', '#/%', '#/datasets/%E0%A4%A'])('send %j to the datasets', (hash) =>
    expect(parseRoute(hash)).toMatchObject({ page: 'datasets', datasetId: undefined }),
  );
});

describe('the grid', () => {
  it('draws only the rows in view and a few beside', () => {
    expect(visibleRows(0, 400, 100, 1000, 3)).toEqual({ first: 0, last: 7 });
    expect(visibleRows(50_000, 400, 100, 1000, 3)).toEqual({ first: 497, last: 507 });
    expect(visibleRows(99_600, 400, 100, 1000, 3)).toEqual({ first: 993, last: 999 });
    expect(visibleRows(0, 400, 100, 0, 3)).toEqual({ first: 0, last: -1 });
  });

  it('moves by keys and stays within', () => {
    const move = (key: string, from: number) => gridMove(key, from, 4, 10, 2);
    expect(
      ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'Home', 'End'].map((key) => move(key, 5)),
    ).toEqual([6, 9, 4, 1, 0, 9]);
    expect(move('ArrowRight', 9)).toBe(9);
    expect(move('ArrowDown', 7)).toBe(7);
    expect(move('ArrowUp', 2)).toBe(2);
    expect(move('PageDown', 1)).toBe(9);
    expect(move('PageUp', 9)).toBe(1);
    expect(move('a', 5)).toBeUndefined();
    expect(gridMove('End', 0, 4, 0, 2)).toBeUndefined();
  });
});

describe('curves', () => {
  const metrics = (steps: number[]) => ({
    steps,
    images: steps.map((step) => step * 16),
    lossD: steps,
    lossG: steps,
    scoreReal: steps,
    scoreFake: steps,
    extra: { gradientD: steps },
  });

  it('grow, and steps that come again replace the older ones', () => {
    expect(joinMetrics(metrics([1, 2]), metrics([3])).steps).toEqual([1, 2, 3]);
    expect(joinMetrics(metrics([1, 2, 3]), metrics([2, 3, 4])).images).toEqual([16, 32, 48, 64]);
    expect(joinMetrics(metrics([1, 2, 3]), metrics([1])).lossD).toEqual([1]);
    const before = metrics([1]);
    expect(joinMetrics(before, metrics([]))).toBe(before);
  });

  it('lie over those of another run on the union of both x', () => {
    const joined = overlay([1, 3], [[10, 30]], [2, 3], [[null, 33]]);
    expect(joined.x).toEqual([1, 2, 3]);
    expect(joined.columns).toEqual([[10, undefined, 30]]);
    expect(joined.otherColumns).toEqual([[undefined, null, 33]]);
  });

  it('give scores as densities that hold all of the probability', () => {
    const places = Array.from({ length: 2001 }, (_, i) => -10 + i / 100);
    const { density, mean, deviation } = distribution([-1, 0, 1, 4], places, 0.1);
    expect(density.reduce((sum, value) => sum + value / 100, 0)).toBeCloseTo(1, 3);
    expect(mean).toBe(1);
    // Sample deviation by hand: squares 4 + 1 + 0 + 9 over 3.
    expect(deviation).toBeCloseTo(Math.sqrt(14 / 3), 12);
    expect(recent([1, null, 2, 3], 2)).toEqual([3, 2]);
    expect(competition({ scoreReal: [1, 1.1, 0.9], scoreFake: [1, 1.1, 0.9] }).overlap).toBeCloseTo(1, 1);
    expect(competition({ scoreReal: [9, 9.1, 8.9], scoreFake: [-9, -9.1, -8.9] }).overlap).toBeLessThan(0.01);
  });

  it('are smoothed without a bias at the beginning, gaps kept', () => {
    expect(smooth([3, 3, null, 3], 0.9)).toEqual([3, 3, null, expect.closeTo(3, 12)]);
    expect(smooth([1, 2], 0)).toEqual([1, 2]);
    // Weights 0.5 and 1 over 1.5: the newest counts double.
    expect(smooth([1, 4], 0.5)[1]).toBeCloseTo((0.5 * 1 + 1 * 4) / 1.5, 12);
  });
});

describe('figures', () => {
  it('are written as the language does', () => {
    expect(formatCount(1234567, 'en')).toBe('1,234,567');
    expect(formatFigure(0.012345, 'en')).toBe('0.0123');
    expect(formatFigure(Number.NaN, 'en')).toBe('–');
    expect(formatFigure(null, 'ja')).toBe('–');
    expect([0, 59.4, 61, 3600, 7505].map((s) => formatDuration(s, 'en'))).toEqual([
      '0 s',
      '59 s',
      '1 min 1 s',
      '1 h 0 min',
      '2 h 5 min',
    ]);
    expect(formatDuration(125, 'ja')).toBe('2分5秒');
  });

  it('say how far a run is only where that is known', () => {
    const run = { state: 'running', images: 100, totalImages: 400, imagesPerSecond: 10 } as RunSummary;
    expect(shareDone(run)).toBe(0.25);
    expect(secondsLeft(run)).toBe(30);
    expect(shareDone({ ...run, totalImages: null })).toBeNull();
    expect(secondsLeft({ ...run, state: 'stopped' })).toBeNull();
    expect(secondsLeft({ ...run, imagesPerSecond: null })).toBeNull();
  });
});
