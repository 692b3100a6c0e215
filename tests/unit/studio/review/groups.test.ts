import { describe, expect, it } from 'vitest';
import { type Order, queueOf } from '../../../../renderer/features/review/curation/queue.ts';
import { Random } from '../../../../src/base/random.ts';
import type { ReviewSliceView } from '../../../../src/contract/study.ts';
import { clustersOf } from '../../../../src/studio/review/groups.ts';

/** Rows around centres of the plane, so many each. */
function cloud(centres: readonly (readonly [number, number, number])[], seed: number) {
  const random = new Random(seed, 'cloud');
  const rows = centres.flatMap(([x, y, many]) =>
    Array.from({ length: many }, () => [x + random.normal() / 4, y + random.normal() / 4]),
  );
  return { rows: rows.length, columns: 2, values: Float32Array.from(rows.flat()) };
}

describe('clusters of a review set', () => {
  it('are those of the training slices, the largest first', () => {
    const real = cloud(
      [
        [0, 0, 20],
        [40, 0, 40],
        [0, 40, 90],
      ],
      1,
    );
    const made = cloud(
      [
        [0, 40, 3],
        [40, 0, 2],
        [0, 0, 4],
      ],
      2,
    );
    // 150 rows make 7 centres at most; far clouds never share one.
    const found = clustersOf(real, made, 1);
    const [a, b, c] = [new Set(found.slice(0, 3)), new Set(found.slice(3, 5)), new Set(found.slice(5))];
    expect(new Set([...a, ...b, ...c]).size).toBe(a.size + b.size + c.size);
    expect(clustersOf(real, made, 1)).toEqual(found);
  });

  it('are one where there are few slices', () => {
    expect(
      clustersOf(
        cloud(
          [
            [0, 0, 5],
            [9, 9, 5],
          ],
          1,
        ),
        cloud([[0, 0, 3]], 2),
        1,
      ),
    ).toEqual([1, 1, 1]);
  });
});

describe('the order of a queue', () => {
  const item = (slice: number, more: Partial<ReviewSliceView>): ReviewSliceView => ({
    slice,
    nearest: '1',
    distance: 0.5,
    nearCopy: false,
    plausibility: 1,
    cluster: null,
    label: null,
    x: 0,
    y: 0,
    verdict: 'none',
    reason: null,
    note: null,
    reader: null,
    at: null,
    ...more,
  });
  const items = [
    item(0, { label: 'upper', cluster: 2, plausibility: 1, distance: 0.4 }),
    item(1, { label: 'lower', cluster: 1, plausibility: 3, distance: 0.1 }),
    item(2, { plausibility: 9, distance: null }),
    item(3, { label: 'lower', cluster: 2, plausibility: 5, distance: 0.3 }),
  ];
  it.each<[Order, number[]]>([
    ['slice', [0, 1, 2, 3]],
    ['plausibility', [2, 3, 1, 0]],
    ['similarity', [1, 3, 0, 2]],
    ['label', [3, 1, 0, 2]],
    ['cluster', [1, 3, 0, 2]],
  ])('by %s', (order, expected) => {
    expect(queueOf(items, 'all', order, new Set()).map(({ slice }) => slice)).toEqual(expected);
  });
});
