/** cos(k * pi / 16) / 2 */
const [C1, C2, C3, C5, C6, C7] = [1, 2, 3, 5, 6, 7].map((k) => Math.cos((k * Math.PI) / 16) / 2) as [
  number,
  number,
  number,
  number,
  number,
  number,
];
const C4 = Math.SQRT1_2 / 2;

/**
 * Inverse 8-point DCT (T.81 A.3.3, orthonormal) of values at `at`, `at + step`, …, in place: even and odd
 * halves apart, then added and subtracted.
 */
function inverse8(x: Float64Array, at: number, step: number): void {
  const x0 = x[at]! * C4;
  const x4 = x[at + 4 * step]! * C4;
  const x2 = x[at + 2 * step]!;
  const x6 = x[at + 6 * step]!;
  const x1 = x[at + step]!;
  const x3 = x[at + 3 * step]!;
  const x5 = x[at + 5 * step]!;
  const x7 = x[at + 7 * step]!;
  const sum = x0 + x4;
  const difference = x0 - x4;
  const r = x2 * C2 + x6 * C6;
  const s = x2 * C6 - x6 * C2;
  const e0 = sum + r;
  const e3 = sum - r;
  const e1 = difference + s;
  const e2 = difference - s;
  const o0 = x1 * C1 + x3 * C3 + x5 * C5 + x7 * C7;
  const o1 = x1 * C3 - x3 * C7 - x5 * C1 - x7 * C5;
  const o2 = x1 * C5 - x3 * C1 + x5 * C7 + x7 * C3;
  const o3 = x1 * C7 - x3 * C5 + x5 * C3 - x7 * C1;
  x[at] = e0 + o0;
  x[at + 7 * step] = e0 - o0;
  x[at + step] = e1 + o1;
  x[at + 6 * step] = e1 - o1;
  x[at + 2 * step] = e2 + o2;
  x[at + 5 * step] = e2 - o2;
  x[at + 3 * step] = e3 + o3;
  x[at + 4 * step] = e3 - o3;
}

/** Inverse 8 × 8 DCT in place. */
export function inverseDct(block: Float64Array): void {
  for (let column = 0; column < 8; column++) inverse8(block, column, 8);
  for (let row = 0; row < 64; row += 8) inverse8(block, row, 1);
}

/** Position in a block of the k-th coefficient in zigzag order (T.81 figure A.6). */
export const zigzag = Uint8Array.from(zigzagOrder());

function* zigzagOrder(): Generator<number> {
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    for (let i = 0; i <= diagonal; i++) {
      const [row, column] = diagonal % 2 === 0 ? [diagonal - i, i] : [i, diagonal - i];
      if (row < 8 && column < 8) yield row * 8 + column;
    }
  }
}
