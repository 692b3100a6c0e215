import type { Matrix } from '../../metrics/index.ts';

const rounds = 40;

/**
 * The plane in which rows differ most: two principal directions by power iteration, the second kept
 * orthogonal to the first. Deterministic.
 * @returns a function that gives rows their two coordinates, interleaved
 */
export function principalPlane(matrix: Matrix): (other: Matrix) => Float32Array {
  const { rows, columns, values } = matrix;
  const mean = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) mean[c]! += values[r * columns + c]! / rows;
  }
  const project = (other: Matrix, row: number, axis: Float64Array) => {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += (other.values[row * columns + c]! - mean[c]!) * axis[c]!;
    return sum;
  };
  const axes: Float64Array[] = [];
  for (let a = 0; a < 2; a++) {
    // Any start that is orthogonal to no axis will do.
    let axis = Float64Array.from({ length: columns }, (_, c) => Math.sin(1 + c * (a + 1)));
    for (let round = 0; round < rounds; round++) {
      const next = new Float64Array(columns);
      for (let r = 0; r < rows; r++) {
        const along = project(matrix, r, axis);
        for (let c = 0; c < columns; c++) next[c]! += along * (values[r * columns + c]! - mean[c]!);
      }
      for (const before of axes) {
        const shared = before.reduce((sum, v, c) => sum + v * next[c]!, 0);
        for (let c = 0; c < columns; c++) next[c]! -= shared * before[c]!;
      }
      const length = Math.hypot(...next) || 1;
      axis = next.map((v) => v / length);
    }
    axes.push(axis);
  }
  return (other) => {
    const out = new Float32Array(other.rows * 2);
    for (let r = 0; r < other.rows; r++) {
      out[2 * r] = project(other, r, axes[0]!);
      out[2 * r + 1] = project(other, r, axes[1]!);
    }
    return out;
  };
}
