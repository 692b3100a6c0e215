import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createResampler, frameOf, sourcePoint } from '../../../src/dataset/resample.ts';

/** Oracle: the mean over a fine grid of points inside each output pixel. */
function supersampled(
  source: Float32Array,
  [rows, columns]: [number, number],
  [rowMm, columnMm]: [number, number],
  size: number,
  air: number,
): Float64Array {
  const points = 120;
  const side = Math.max(rows * rowMm, columns * columnMm);
  const value = (mmY: number, mmX: number) => {
    const r = Math.floor((mmY - (side - rows * rowMm) / 2) / rowMm);
    const c = Math.floor((mmX - (side - columns * columnMm) / 2) / columnMm);
    return r >= 0 && r < rows && c >= 0 && c < columns ? source[r * columns + c]! : air;
  };
  return Float64Array.from({ length: size * size }, (_, i) => {
    const [y, x] = [Math.floor(i / size), i % size];
    let sum = 0;
    for (let a = 0; a < points; a++) {
      for (let b = 0; b < points; b++) {
        sum += value(((y + (a + 0.5) / points) * side) / size, ((x + (b + 0.5) / points) * side) / size);
      }
    }
    return sum / points ** 2;
  });
}

describe('area resampling', () => {
  const cases: [[number, number], [number, number], number][] = [
    [[12, 12], [1, 1], 4],
    [[13, 9], [1, 1], 5],
    [[10, 8], [1, 1.3], 6],
    [[5, 7], [0.7, 1], 16],
    [[6, 6], [2, 1], 6],
  ];
  for (const [shape, spacing, size] of cases) {
    it(`of ${shape.join('x')} at ${spacing.join('x')} mm to ${size} equals the mean over each pixel`, () => {
      const random = new Random(3, 'resample');
      const source = Float32Array.from({ length: shape[0] * shape[1] }, () => random.normal());
      const out = new Float32Array(size * size);
      createResampler(frameOf(...shape, ...spacing, size)).resample(source, out, -1);
      const oracle = supersampled(source, shape, spacing, size, -1);
      out.forEach((value, i) => {
        expect(Math.abs(value - oracle[i]!)).toBeLessThan(0.03);
      });
    });
  }

  it('keeps a constant inside and gives air outside', () => {
    const out = new Float32Array(64);
    createResampler(frameOf(20, 10, 1, 1, 8)).resample(new Float32Array(200).fill(0.5), out, -1);
    expect([...out.subarray(0, 8)].map((x) => Number(x.toFixed(5)))).toEqual([
      -1, -1, 0.5, 0.5, 0.5, 0.5, -1, -1,
    ]);
  });

  it('tells where an output pixel lies on the source', () => {
    const frame = frameOf(20, 10, 1, 1, 8);
    expect(sourcePoint(frame, 0, 2)).toEqual({ row: 0.75, column: 0.75 });
  });
});
