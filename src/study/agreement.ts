import { twoSided } from './normal.ts';
import type { Estimate } from './proportion.ts';

/**
 * Fleiss' kappa: agreement of several readers beyond chance (Fleiss 1971), with a jackknife interval over
 * cases. Not a number where nobody could have disagreed.
 *
 * @param counts a row a case: how many readers chose each category; every row has the same sum, at least 2
 */
export function fleissKappa(counts: readonly (readonly number[])[], level = 0.95): Estimate {
  const value = kappa(counts);
  const n = counts.length;
  if (n < 3 || !Number.isFinite(value)) return { value, low: -1, high: 1 };
  const left = counts.map((_, i) => kappa(counts.filter((_, j) => j !== i)));
  if (left.some((one) => !Number.isFinite(one))) return { value, low: -1, high: 1 };
  const mean = left.reduce((a, b) => a + b, 0) / n;
  const squares = left.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const half = twoSided(level) * Math.sqrt(((n - 1) / n) * squares);
  return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) };
}

function kappa(counts: readonly (readonly number[])[]): number {
  const cases = counts.length;
  const readers = (counts[0] ?? []).reduce((a, b) => a + b, 0);
  if (cases === 0 || readers < 2) return Number.NaN;
  const totals = new Float64Array(counts[0]!.length);
  let agreement = 0;
  for (const row of counts) {
    let squares = 0;
    row.forEach((count, category) => {
      totals[category] = totals[category]! + count;
      squares += count * count;
    });
    agreement += (squares - readers) / (readers * (readers - 1));
  }
  const observed = agreement / cases;
  const chance = totals.reduce((sum, total) => sum + (total / (cases * readers)) ** 2, 0);
  // Everybody always said the same one thing: there is no chance to agree beyond.
  return chance === 1 ? Number.NaN : (observed - chance) / (1 - chance);
}
