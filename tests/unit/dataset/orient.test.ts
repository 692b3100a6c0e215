import { describe, expect, it } from 'vitest';
import { displayTransform, toStoredOrder, walkOf } from '../../../src/dataset/orient.ts';

type V = readonly [number, number, number];
const axes: Record<string, V> = {
  L: [1, 0, 0],
  R: [-1, 0, 0],
  P: [0, 1, 0],
  A: [0, -1, 0],
  S: [0, 0, 1],
  I: [0, 0, -1],
};

/** A slice whose pixel (r, c) holds the patient coordinate of its centre. */
function labelled(row: V, column: V, rows: number, columns: number): V[] {
  return Array.from({ length: rows * columns }, (_, i): V => {
    const r = Math.floor(i / columns);
    const c = i % columns;
    const at = (k: 0 | 1 | 2) => c * row[k] + r * column[k];
    return [at(0), at(1), at(2)];
  });
}

/** Patient direction of one step to the right and one step down on the display. */
function shown(row: V, column: V): { right: V; down: V } {
  const [rows, columns] = [3, 4];
  const transform = displayTransform([...row, ...column]);
  const pixels = labelled(row, column, rows, columns);
  const walk = walkOf(transform, rows, columns);
  const at = (r: number, c: number) => pixels[walk.start + r * walk.rowStep + c * walk.columnStep]!;
  const minus = (a: V, b: V): V => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return { right: minus(at(0, 1), at(0, 0)), down: minus(at(1, 0), at(0, 0)) };
}

const planes: readonly [string, string, string, string[]][] = [
  ['sagittal', 'P', 'I', ['A', 'P', 'S', 'I']],
  ['coronal', 'L', 'I', ['L', 'R', 'S', 'I']],
  ['axial', 'L', 'P', ['L', 'R', 'A', 'P']],
];

describe('displayTransform', () => {
  for (const [plane, right, down, letters] of planes) {
    it(`shows every ${plane} acquisition alike`, () => {
      const pairs = letters.flatMap((a) =>
        letters.filter((b) => axes[a]!.every((x, k) => x * axes[b]![k]! === 0)).map((b) => [a, b] as const),
      );
      expect(pairs).toHaveLength(8);
      for (const [row, column] of pairs) {
        const result = shown(axes[row]!, axes[column]!);
        expect(
          result.right.map((x) => x + 0),
          `${row}${column}`,
        ).toEqual(axes[right]);
        expect(
          result.down.map((x) => x + 0),
          `${row}${column}`,
        ).toEqual(axes[down]);
      }
    });
  }

  it('is undone by toStoredOrder', () => {
    const [rows, columns] = [3, 5];
    const stored = Float32Array.from({ length: rows * columns }, (_, i) => i);
    for (const transpose of [false, true]) {
      for (const flipRows of [false, true]) {
        for (const flipColumns of [false, true]) {
          const transform = { transpose, flipRows, flipColumns };
          const walk = walkOf(transform, rows, columns);
          const display = Float32Array.from({ length: rows * columns }, (_, i) => {
            const r = Math.floor(i / walk.columns);
            return stored[walk.start + r * walk.rowStep + (i % walk.columns) * walk.columnStep]!;
          });
          expect(toStoredOrder(display, transform, rows, columns)).toEqual(stored);
        }
      }
    }
  });
});
