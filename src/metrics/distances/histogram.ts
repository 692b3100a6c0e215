import type { Images } from '../arrays.ts';

const bins = 256;

/** Shares of grey values over -1 .. +1 in 256 bins; values outside count as the ends. */
export function greyHistogram({ values }: Images): Float64Array {
  const shares = new Float64Array(bins);
  for (const v of values) {
    shares[Math.min(bins - 1, Math.max(0, Math.floor(((v + 1) / 2) * bins)))]! += 1 / values.length;
  }
  return shares;
}

/** 1-Wasserstein distance of two grey histograms as a share of the grey range, 0 .. 1. */
export function histogramDistance(a: Float64Array, b: Float64Array): number {
  let [sum, below] = [0, 0];
  for (let i = 0; i < bins; i++) {
    below += a[i]! - b[i]!;
    sum += Math.abs(below) / bins;
  }
  return sum;
}
