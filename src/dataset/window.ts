/** Real values that become -1 and +1. Real means rescaled, and negated where MONOCHROME1. */
export interface IntensityWindow {
  readonly low: number;
  readonly high: number;
}

/** What a series' values are like; `floor` and `bright` are the robust ends of its range. */
export interface SeriesIntensity {
  readonly window: IntensityWindow;
  /** Air, robustly: the 0.1st percentile of all values. */
  readonly floor: number;
  /** Bright tissue, robustly: the 99th percentile of the upper half of all values. */
  readonly bright: number;
}

/** Kept with each window, so that a later rule is told apart. */
export const windowRule = 'p0.5-p99.5 of values above 10% between floor and bright';

const foregroundLevel = 0.1;

/**
 * The least value that means anything: scanners fill what lies outside a CT's field of view with values below
 * air (-1024 HU), often without saying so by a padding value.
 */
export function leastOf(attributes: {
  modality?: string | undefined;
  rescaleUnit?: string | undefined;
}): number {
  const hounsfield = attributes.rescaleUnit === 'HU' || attributes.modality === 'CT';
  return hounsfield ? -1024 : Number.NEGATIVE_INFINITY;
}

/** Counts of values in equal bins. */
export interface Histogram {
  /** Value in the middle of bin 0, and the distance between bins. */
  readonly first: number;
  readonly step: number;
  readonly counts: Uint32Array | Float64Array;
}

/** Most of the bins of 16-bit values are empty: a walk over them all, some times a series, is not cheap. */
function occupied({ counts }: Histogram): readonly [number, number] {
  let low = 0;
  let high = counts.length;
  while (low < high && counts[low] === 0) low++;
  while (high > low && counts[high - 1] === 0) high--;
  return [low, high];
}

/** Value below which `fraction` of the counted values from bin `from` on lie, or undefined without any. */
export function quantile(
  histogram: Histogram,
  fraction: number,
  from = 0,
  [low, high] = occupied(histogram),
): number | undefined {
  const { counts, first, step } = histogram;
  const begin = Math.max(from, low);
  let total = 0;
  for (let i = begin; i < high; i++) total += counts[i]!;
  if (total === 0) return undefined;
  const target = fraction * total;
  let below = 0;
  let last = begin;
  for (let i = begin; i < high; i++) {
    const count = counts[i]!;
    if (count === 0) continue;
    below += count;
    last = i;
    if (below >= target) break;
  }
  return first + last * step;
}

function binOf({ first, step }: Histogram, value: number): number {
  return Math.max(0, Math.ceil((value - first) / step));
}

/**
 * The robust intensity window of a series: percentiles 0.5 and 99.5 over its foreground, where the foreground
 * is what lies above a tenth of the way from air to bright tissue. So air and its noise become -1, dark tissue
 * and fluid stay apart from it, and a few bright voxels do not darken the rest.
 * @param least real values below this are no measurement (see `leastOf`)
 */
export function intensityOf(histogram: Histogram, least = Number.NEGATIVE_INFINITY): SeriesIntensity {
  const start = least === Number.NEGATIVE_INFINITY ? 0 : binOf(histogram, least);
  const range = occupied(histogram);
  const floor = quantile(histogram, 0.001, start, range);
  const median = quantile(histogram, 0.5, start, range);
  if (floor === undefined || median === undefined) {
    return { window: { low: 0, high: 1 }, floor: 0, bright: 0 };
  }
  const bright = quantile(histogram, 0.99, binOf(histogram, median) + 1, range) ?? median;
  const from = binOf(histogram, floor + foregroundLevel * (bright - floor));
  const low = quantile(histogram, 0.005, from, range) ?? floor;
  const high = quantile(histogram, 0.995, from, range) ?? bright;
  return { window: high > low ? { low, high } : { low: floor, high: floor + 1 }, floor, bright };
}

/** -1 .. +1 of a real value; clamped. */
export function toUnit(value: number, { low, high }: IntensityWindow): number {
  const unit = (2 * (value - low)) / (high - low) - 1;
  return unit < -1 ? -1 : Math.min(unit, 1);
}

/** Real value of -1 .. +1: the inverse of `toUnit` inside the window. */
export function fromUnit(unit: number, { low, high }: IntensityWindow): number {
  return low + ((unit + 1) / 2) * (high - low);
}
