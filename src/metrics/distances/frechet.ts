import type { Matrix } from '../arrays.ts';
import { symmetricEigen, symmetricRoot } from './eigen.ts';

export interface Frechet {
  readonly value: number;
  /** Fewer than five slices a feature on a side: the covariance, and so the distance, is shaky. */
  readonly fewSlices: boolean;
  /** Share of the shrinkage target in each covariance, 0 .. 1. */
  readonly shrinkage: readonly [number, number];
}

interface Gaussian {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  readonly shrinkage: number;
}

/** Mean and covariance, shrunk towards a multiple of the identity where the data ask for it (Ledoit and Wolf 2004). */
function gaussianOf({ rows: n, columns: d, values }: Matrix): Gaussian {
  const mean = new Float64Array(d);
  for (let i = 0; i < values.length; i++) mean[i % d]! += values[i]! / n;
  const covariance = new Float64Array(d * d);
  const row = new Float64Array(d);
  const lengths = new Float64Array(n);
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < d; c++) {
      row[c] = values[r * d + c]! - mean[c]!;
      lengths[r]! += row[c]! ** 2;
    }
    for (let i = 0; i < d; i++) {
      const x = row[i]! / n;
      for (let j = i; j < d; j++) covariance[i * d + j]! += x * row[j]!;
    }
  }
  let [trace, norm] = [0, 0];
  for (let i = 0; i < d; i++) {
    trace += covariance[i * d + i]!;
    for (let j = 0; j < d; j++) {
      if (j < i) covariance[i * d + j] = covariance[j * d + i]!;
      norm += covariance[i * d + j]! ** 2;
    }
  }
  const mu = trace / d;
  const spread = norm - d * mu * mu;
  // Sum over rows of |x x^T - S|^2 = |x|^4 - 2 x^T S x + |S|^2, whose middle terms add up to -2 n |S|^2.
  let noise = -n * norm;
  for (const length of lengths) noise += length * length;
  const shrinkage = spread <= 0 ? 0 : Math.min(1, Math.max(0, noise / n ** 2 / spread));
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      covariance[i * d + j] = (1 - shrinkage) * covariance[i * d + j]! + (i === j ? shrinkage * mu : 0);
    }
  }
  return { mean, covariance, shrinkage };
}

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const left = a[i * n + k]!;
      for (let j = 0; j < n; j++) out[i * n + j]! += left * b[k * n + j]!;
    }
  }
  return out;
}

/**
 * Squared Fréchet distance of the Gaussians fitted to two sets (Heusel et al. 2017, there on Inception features):
 * |m1 - m2|^2 + tr(S1 + S2 - 2 (S1^1/2 S2 S1^1/2)^1/2). Biased upwards for few rows, so it is only to be read
 * beside a floor of the same number of rows.
 * @param a, b [n, d], d up to about 200
 */
export function frechetDistance(a: Matrix, b: Matrix): Frechet {
  const d = a.columns;
  const [ga, gb] = [gaussianOf(a), gaussianOf(b)];
  const root = symmetricRoot(ga.covariance, d);
  const inner = symmetricEigen(multiply(multiply(root, gb.covariance, d), root, d), d).values;
  let value = 0;
  for (let i = 0; i < d; i++) {
    value += (ga.mean[i]! - gb.mean[i]!) ** 2;
    value += ga.covariance[i * d + i]! + gb.covariance[i * d + i]! - 2 * Math.sqrt(Math.max(0, inner[i]!));
  }
  return {
    value: Math.max(0, value),
    fewSlices: Math.min(a.rows, b.rows) < 5 * d,
    shrinkage: [ga.shrinkage, gb.shrinkage],
  };
}
