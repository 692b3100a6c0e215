import { twoSided } from './normal.ts';
import type { Estimate } from './proportion.ts';

export interface RocArea extends Estimate {
  readonly standardError: number;
}

/** Share of a sorted list that lies below a value, ties counted half: the kernel's mean over the list. */
function below(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  let equal = low;
  while (equal < sorted.length && sorted[equal] === value) equal++;
  return (low + (equal - low) / 2) / sorted.length;
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/**
 * Area under the empirical ROC curve with DeLong's interval (DeLong, DeLong & Clarke-Pearson 1988): the
 * probability that a positive scores above a negative, ties counted half, and its variance from the two sets
 * of structural components. Not a number, with the interval 0 to 1, unless there are 2 of each.
 */
export function rocArea(positives: readonly number[], negatives: readonly number[], level = 0.95): RocArea {
  if (positives.length < 2 || negatives.length < 2) {
    return { value: Number.NaN, low: 0, high: 1, standardError: Number.NaN };
  }
  const sortedNegatives = Float64Array.from(negatives).sort();
  const sortedPositives = Float64Array.from(positives).sort();
  const ofPositives = positives.map((score) => below(sortedNegatives, score));
  const ofNegatives = negatives.map((score) => 1 - below(sortedPositives, score));
  const value = ofPositives.reduce((a, b) => a + b, 0) / ofPositives.length;
  const standardError = Math.sqrt(
    variance(ofPositives) / positives.length + variance(ofNegatives) / negatives.length,
  );
  const half = twoSided(level) * standardError;
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half), standardError };
}

export interface RocPoint {
  readonly falsePositive: number;
  readonly truePositive: number;
}

/** The empirical ROC curve from (0, 0) to (1, 1), a point for every score. */
export function rocCurve(positives: readonly number[], negatives: readonly number[]): RocPoint[] {
  const scores = [...new Set([...positives, ...negatives])].sort((a, b) => b - a);
  const share = (list: readonly number[], least: number) =>
    list.length === 0 ? 0 : list.filter((score) => score >= least).length / list.length;
  return [
    { falsePositive: 0, truePositive: 0 },
    ...scores.map((least) => ({
      falsePositive: share(negatives, least),
      truePositive: share(positives, least),
    })),
  ];
}
