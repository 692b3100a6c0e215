import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/base/random.ts';
import { areaResize, displayValues, shownSize, slicePng } from '../../../../src/studio/app/thumbnail.ts';
import type { StoredSlice } from '../../../../src/workspace/index.ts';

function slice(
  rows: number,
  columns: number,
  values: number[],
  more: Partial<StoredSlice> = {},
): StoredSlice {
  return {
    id: 1,
    rows,
    columns,
    values: Uint16Array.from(values),
    slope: 1,
    intercept: 0,
    inverted: false,
    padding: null,
    ...more,
  };
}

/** The mean over a target pixel's area, by brute force on a grid of 36 x 36 sub-samples. */
function bruteForce(
  source: Float32Array,
  rows: number,
  columns: number,
  height: number,
  width: number,
): number[] {
  const fine = 36;
  return Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    let sum = 0;
    for (let a = 0; a < fine; a++) {
      for (let b = 0; b < fine; b++) {
        const row = Math.floor(((y + (a + 0.5) / fine) * rows) / height);
        const column = Math.floor(((x + (b + 0.5) / fine) * columns) / width);
        sum += source[row * columns + column]!;
      }
    }
    return sum / fine ** 2;
  });
}

describe('area resampling', () => {
  it.each([
    [12, 12, 4, 6],
    [9, 12, 4, 8],
    [8, 6, 12, 9],
    [5, 7, 5, 7],
  ])('%i x %i to %i x %i is the mean over each pixel', (rows, columns, height, width) => {
    const source = new Float32Array(rows * columns);
    new Random(3, 'thumbnail').fillNormal(source);
    const got = areaResize(source, rows, columns, height, width);
    const wanted = bruteForce(source, rows, columns, height, width);
    for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 4);
  });
});

describe('the shown size', () => {
  it('has square pixels and does not enlarge', () => {
    expect(shownSize(256, 256, [1, 1], 128)).toEqual({ width: 128, height: 128 });
    expect(shownSize(64, 64, undefined, 128)).toEqual({ width: 64, height: 64 });
    // Rows 2 mm apart, columns 1 mm: the picture is twice as high as its matrix says.
    expect(shownSize(100, 100, [2, 1], 100)).toEqual({ width: 50, height: 100 });
    expect(shownSize(1, 4000, [1, 1], 16)).toEqual({ width: 16, height: 1 });
  });
});

describe('display values', () => {
  const asStored = { transpose: false, flipRows: false, flipColumns: false };

  it('are rescaled, and MONOCHROME1 is turned round', () => {
    const one = slice(1, 3, [0, 10, 20], { slope: 2, intercept: -5 });
    expect([...displayValues(one, asStored).values]).toEqual([-5, 15, 35]);
    expect([...displayValues({ ...one, inverted: true }, asStored).values]).toEqual([5, -15, -35]);
  });

  it('show padding as the lowest value of the rest', () => {
    const one = slice(1, 4, [60000, 30, 10, 60000], { padding: 60000 });
    expect([...displayValues(one, asStored).values]).toEqual([10, 30, 10, 10]);
  });

  it('are transposed and flipped to the standard display', () => {
    const one = slice(2, 3, [1, 2, 3, 4, 5, 6]);
    const turned = displayValues(one, { transpose: true, flipRows: false, flipColumns: true });
    expect([turned.rows, turned.columns, [...turned.values]]).toEqual([3, 2, [4, 1, 5, 2, 6, 3]]);
  });
});

describe('a slice as PNG', () => {
  it('goes through the window', () => {
    const png = decode(slicePng(slice(1, 5, [0, 100, 160, 200, 900]), { low: 100, high: 200 }, {}, 64));
    expect([png.width, png.height, png.channels, png.depth]).toEqual([5, 1, 1, 8]);
    expect([...png.data]).toEqual([0, 0, 153, 255, 255]);
  });

  it('spans its own range without a window', () => {
    expect([...decode(slicePng(slice(1, 3, [5, 10, 15]), null, {}, 64)).data]).toEqual([0, 128, 255]);
    expect([...decode(slicePng(slice(1, 2, [7, 7]), null, {}, 64)).data]).toEqual([0, 0]);
  });

  it('keeps square pixels when the slice is turned', () => {
    // A row runs downwards (inferior) and a column to the back: a sagittal slice stored on its side.
    const layout = { orientation: [0, 0, -1, 0, 1, 0] as const, pixelSpacingMm: [2, 1] as const };
    const png = decode(
      slicePng(
        slice(
          10,
          30,
          Array.from({ length: 300 }, (_, i) => i),
        ),
        null,
        layout,
        64,
      ),
    );
    // Stored: 10 rows of 2 mm (20 mm from front to back), 30 columns of 1 mm (30 mm from top to bottom).
    expect([png.width, png.height]).toEqual([20, 30]);
  });
});
