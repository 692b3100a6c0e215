import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { measureSeries } from '../../../src/dataset/measure.ts';
import { Workspace } from '../../../src/workspace/index.ts';
import { fileOf, incoming, newDataset, temporaryFolder } from '../workspace/helpers.ts';

/** Noise of a given mean everywhere; a bright square of `side` in the middle. */
function slice(seed: number, side: number): Uint16Array {
  const random = new Random(seed, 'measure');
  return Uint16Array.from({ length: 80 * 80 }, (_, i) => {
    const [y, x] = [Math.floor(i / 80), i % 80];
    const inside = Math.abs(y - 40) < side / 2 && Math.abs(x - 40) < side / 2;
    return (inside ? 800 + random.int(200) : 0) + Math.round(Math.abs(12 * random.normal()));
  });
}

function measured(dir: string, extra: (i: number) => object) {
  using ws = Workspace.create(dir, { write: true });
  newDataset(ws, 'd');
  const ingest = ws.beginIngest('d');
  const sides = [0, 0, 10, 40, 60, 60, 40, 28, 10, 0];
  const slices = sides.map((side, i) => incoming(ws, 'P', 'S', i, slice(i, side), 80, extra(i)));
  ingest.add([fileOf(ws, 'f', slices)]);
  ingest.close();
  const measure = measureSeries(ws.slices('d'), (record) => ws.readSlice(record));
  return { sides, measure };
}

describe('measureSeries', () => {
  it('tells slices of pure noise from slices with content, by the share that shows', () => {
    using folder = temporaryFolder();
    const { sides, measure } = measured(folder.dir, () => ({}));
    sides.forEach((side, i) => {
      // A square of side s covers (s - 1)² pixels, noise nothing.
      const share = side === 0 ? 0 : (side - 1) ** 2 / 6400;
      expect(Math.abs(measure.foreground[i]! - share)).toBeLessThan(0.002);
    });
    expect(measure.window.low).toBeGreaterThan(90);
    expect(measure.window.high).toBeLessThan(1060);
  });

  it('measures real values the same whatever the rescale of each slice', () => {
    using one = temporaryFolder();
    using many = temporaryFolder();
    using negated = temporaryFolder();
    const plain = measured(one.dir, () => ({ slope: 2, intercept: -100 })).measure;
    const mixed = measured(many.dir, (i) => ({ slope: 2 + (i === 0 ? 1e-9 : 0), intercept: -100 })).measure;
    expect(mixed.window.low).toBeCloseTo(plain.window.low, -1);
    expect(mixed.window.high).toBeCloseTo(plain.window.high, -1);
    expect(mixed.foreground.map((x) => x.toFixed(2))).toEqual(plain.foreground.map((x) => x.toFixed(2)));
    const inverted = measured(negated.dir, () => ({ slope: -2, intercept: 100, inverted: true })).measure;
    expect(inverted.window).toEqual(plain.window);
    expect(inverted.foreground).toEqual(plain.foreground);
  });
});
