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
