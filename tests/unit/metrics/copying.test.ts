import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { type Images, imageAt } from '../../../src/metrics/arrays.ts';
import { CopyMatcher, copyThreshold } from '../../../src/metrics/copying/matcher.ts';
import {
  assign,
  authenticity,
  cellsOf,
  dataCopying,
  mannWhitneyZ,
} from '../../../src/metrics/copying/statistics.ts';
import { plausibility } from '../../../src/metrics/plausibility.ts';
import { wilson } from '../../../src/metrics/subgroups.ts';

const size = 32;

/** Smooth random pictures: each subject has blobs of its own, each of its slices them a little moved. */
function subjects(count: number, slices: number, from: number): { images: Images; of: number[] } {
  const values = new Float32Array(count * slices * size * size);
  const of: number[] = [];
  for (let s = 0; s < count; s++) {
    const random = new Random(5, 'blobs', from + s);
    const blobs = Array.from({ length: 8 }, () => [
      random.int(size),
      random.int(size),
      3 + 4 * random.uniform(),
      random.normal(),
    ]);
    for (let k = 0; k < slices; k++) {
      const drift = Array.from(blobs, () => [2 * random.normal(), 2 * random.normal()]);
      for (let i = 0; i < size * size; i++) {
        let v = -0.2;
        blobs.forEach(([x, y, r, a], b) => {
          const dx = (i % size) - x! - drift[b]![0]!;
          const dy = Math.floor(i / size) - y! - drift[b]![1]!;
          v += a! * Math.exp(-(dx * dx + dy * dy) / (2 * r! * r!));
        });
        values[of.length * size * size + i] = Math.tanh(v);
      }
      of.push(from + s);
    }
  }
  return { images: { count: of.length, size, values }, of };
}

const train = subjects(100, 2, 0);
let matcher: CopyMatcher;
let threshold: number;
beforeAll(async () => {
  matcher = await CopyMatcher.create(train.images, train.of);
  threshold = copyThreshold(await matcher.match(train.images, { subjects: train.of }));
});
afterAll(() => matcher.dispose());

const faults: Record<string, (image: Float32Array, random: Random) => Float32Array> = {
  verbatim: (image) => image,
  'shifted by two pixels': (image) =>
    image.map((_, i) => (i % size < 2 || i < 2 * size ? -1 : image[i - 2 * size - 2]!)),
  mirrored: (image) => image.map((_, i) => image[i - (i % size) + size - 1 - (i % size)]!),
  'with 5 % noise': (image, random) => image.map((v) => v + 0.1 * random.normal()),
};

describe('the copy matcher', () => {
  it.each(Object.keys(faults))('finds every copy %s, and its twin', async (name) => {
    const values = new Float32Array(train.images.values.length);
    for (let i = 0; i < train.images.count; i++) {
      values.set(faults[name]!(imageAt(train.images, i), new Random(6, 'fault', i)), i * size * size);
    }
    const found = await matcher.match({ ...train.images, values });
    expect(found.filter(({ distance }) => distance < threshold).length / found.length).toBeGreaterThan(0.95);
    expect(found.filter(({ index }, i) => index === i).length / found.length).toBeGreaterThan(0.95);
  });

  it('passes over slices of the same subject when asked to', async () => {
    const found = await matcher.match(train.images, { subjects: train.of });
    expect(found.every(({ index }, i) => train.of[index] !== train.of[i])).toBe(true);
  });

  it('raises few alarms on people it has not seen', async () => {
    const found = await matcher.match(subjects(100, 1, 200).images);
    expect(found.filter(({ distance }) => distance < threshold).length).toBeLessThanOrEqual(4);
  });

  it('says nothing of even pictures', async () => {
    const [air] = await matcher.match({ count: 1, size, values: new Float32Array(size * size).fill(-1) });
    expect(air!.distance).toBe(1);
  });
});

describe('copying statistics', () => {
  it('rank as counting pairs does', () => {
    const random = new Random(1, 'ranks');
    const draw = (n: number) => Array.from({ length: n }, () => random.int(12));
    const [a, b] = [draw(30), draw(40)];
    let u = 0;
    for (const x of a) for (const y of b) u += x > y ? 1 : x === y ? 0.5 : 0;
    const counts = new Map<number, number>();
    for (const v of [...a, ...b]) counts.set(v, (counts.get(v) ?? 0) + 1);
    let ties = 0;
    for (const t of counts.values()) ties += t ** 3 - t;
    const variance = ((30 * 40) / 12) * (71 - ties / (70 * 69));
    expect(mannWhitneyZ(a, b)).toBeCloseTo((u - 600) / Math.sqrt(variance), 10);
  });

  it('see a set that lies too near to the training slices, and none where there is none', () => {
    const random = new Random(2, 'distances');
    const distances = (n: number, factor: number) =>
      Float64Array.from({ length: n }, () => factor * (1 + random.uniform()));
    const cells = (n: number) => Int32Array.from({ length: n }, (_, i) => i % 4);
    const real = { distance: distances(200, 1), cells: cells(200) };
    expect(Math.abs(dataCopying({ distance: distances(200, 1), cells: cells(200) }, real, 4)!)).toBeLessThan(
      3,
    );
    expect(dataCopying({ distance: distances(200, 0.6), cells: cells(200) }, real, 4)!).toBeLessThan(-3);
    expect(dataCopying({ distance: distances(8, 1), cells: cells(8) }, real, 4)).toBeUndefined();
  });

  it('find the cells of clusters that stand apart', () => {
    const random = new Random(3, 'clusters');
    const values = Float32Array.from(
      { length: 90 * 2 },
      (_, i) => 20 * (Math.floor(i / 2) % 3) * (1 + (i % 2)) + random.normal(),
    );
    const matrix = { rows: 90, columns: 2, values };
    const { centres, cells } = cellsOf(matrix, 3, 1);
    for (let i = 3; i < 90; i++) expect(cells[i]).toBe(cells[i % 3]);
    expect(assign(matrix, centres)).toEqual(cells);
  });

  it('count as authentic what is farther away than training slices are from each other', () => {
    expect(authenticity({ index: [0, 1, 1, 0], distance: [2, 0.5, 3, 1] }, [1, 1])).toBe(0.5);
  });

  it('give the published interval of a share', () => {
    // Park 2021: 1,781 of 3,000 are 57.6 to 61.1 % (Wilson).
    const [low, high] = wilson(1781, 3000);
    expect(low).toBeCloseTo(0.576, 3);
    expect(high).toBeCloseTo(0.611, 3);
  });
});

describe('plausibility', () => {
  it('puts what is far from all real slices last', () => {
    const reference = Float64Array.from({ length: 200 }, (_, i) => 1 + i / 200);
    const { scores, limit, implausible } = plausibility([{ synthetic: [1.5, 9, 1.4, 1.6], reference }]);
    expect(scores.indexOf(Math.max(...scores))).toBe(1);
    expect(limit).toBeLessThan(1.4);
    expect(implausible).toBe(0.25);
  });
});
