import type { RunMetrics } from '../../src/contract/index.ts';

const columns = ['steps', 'images', 'lossD', 'lossG', 'scoreReal', 'scoreFake'] as const;

/** Two pieces of a run's curves as one; steps that come again (after a resume) replace the older ones. */
export function joinMetrics(before: RunMetrics, more: RunMetrics): RunMetrics {
  const firstNew = more.steps[0];
  if (firstNew === undefined) return before;
  let kept = before.steps.length;
  while (kept > 0 && before.steps[kept - 1]! >= firstNew) kept--;
  const joined = Object.fromEntries(
    columns.map((name) => [name, [...before[name].slice(0, kept), ...more[name]]]),
  );
  return joined as RunMetrics;
}
/**
 * Exponential moving average of a curve, with the bias at its beginning corrected (Kingma and Ba 2015,
 * section 3, for their moments). Gaps stay gaps.
 *
 * @param weight of the past, 0 (none) to less than 1
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight === 0) return [...values];
  let mean = 0;
  let share = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = weight * mean + (1 - weight) * value;
    share = weight * share + (1 - weight);
    return mean / share;
  });
}
