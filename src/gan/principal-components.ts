import { Random } from '../base/random.ts';

/** Mean and leading principal components of a set of rows. */
export interface PrincipalComponents {
  /** [dimension] */
  readonly mean: Float64Array;
  /** Each [dimension], of length = the data's standard deviation along it, strongest first. */
  readonly components: readonly Float64Array[];
}

const SWEEPS = 12;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Makes the vectors orthonormal in their order (modified Gram-Schmidt); one that vanishes becomes zero. */
function orthonormalise(vectors: readonly Float64Array[]): void {
  vectors.forEach((v, i) => {
    for (const u of vectors.slice(0, i)) {
      const along = dot(u, v);
      for (let j = 0; j < v.length; j++) v[j]! -= along * u[j]!;
    }
    const length = Math.sqrt(dot(v, v));
    for (let j = 0; j < v.length; j++) v[j] = length > 1e-9 ? v[j]! / length : 0;
  });
}

/**
 * Leading components by orthogonal iteration on the data matrix (rows are never multiplied into a covariance, so
 * the cost is rows x dimension x count a sweep). Deterministic: the start comes from a fixed seed.
 */
export function principalComponents(rows: readonly Float64Array[], count: number): PrincipalComponents {
  const dimension = rows[0]!.length;
  const mean = new Float64Array(dimension);
  for (const row of rows) for (let i = 0; i < dimension; i++) mean[i]! += row[i]! / rows.length;
  const centred = rows.map((row) => row.map((v, i) => v - mean[i]!));
  const random = new Random(0, 'principal-components');
  let basis = Array.from({ length: count }, () =>
    Float64Array.from({ length: dimension }, () => random.normal()),
  );
  orthonormalise(basis);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const next = basis.map(() => new Float64Array(dimension));
    for (const row of centred) {
      basis.forEach((u, k) => {
        const along = dot(u, row);
        const target = next[k]!;
        for (let i = 0; i < dimension; i++) target[i]! += along * row[i]!;
      });
    }
    orthonormalise(next);
    basis = next;
  }
  const components = basis.map((u) => {
    const variance = centred.reduce((sum, row) => sum + dot(u, row) ** 2, 0) / rows.length;
    return u.map((v) => v * Math.sqrt(variance));
  });
  return { mean, components };
}
