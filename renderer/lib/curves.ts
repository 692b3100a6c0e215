import type { RunMetrics } from '../../src/contract/index.ts';

type Column = readonly (number | null)[];

/** Columns of every step. */
const figures = ['lossD', 'lossG', 'scoreReal', 'scoreFake'] as const;

function gaps(length: number): null[] {
  return Array.from({ length }, () => null);
}

/** Two pieces of a run's curves as one; steps that come again (after a resume) replace the older ones. */
export function joinMetrics(before: RunMetrics, more: RunMetrics): RunMetrics {
  const firstNew = more.steps[0];
  if (firstNew === undefined) return before;
  let kept = before.steps.length;
  while (kept > 0 && before.steps[kept - 1]! >= firstNew) kept--;
  const join = <T>(old: readonly T[], next: readonly T[]) => [...old.slice(0, kept), ...next];
  const names = new Set([...Object.keys(before.extra), ...Object.keys(more.extra)]);
  return {
    steps: join(before.steps, more.steps),
    images: join(before.images, more.images),
    lossD: join(before.lossD, more.lossD),
    lossG: join(before.lossG, more.lossG),
    scoreReal: join(before.scoreReal, more.scoreReal),
    scoreFake: join(before.scoreFake, more.scoreFake),
    extra: Object.fromEntries(
      [...names].map((name) => [
        name,
        join(before.extra[name] ?? gaps(before.steps.length), more.extra[name] ?? gaps(more.steps.length)),
      ]),
    ),
  };
}

/**
 * Exponential moving average of a curve, with the bias at its beginning corrected (Kingma and Ba 2015,
 * section 3, for their moments). Gaps stay gaps.
 *
 * @param weight of the past, 0 (none) to less than 1
 */
export function smooth(values: Column, weight: number): (number | null)[] {
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

/** All columns of a run, smoothed. */
export function smoothMetrics(metrics: RunMetrics, weight: number): RunMetrics {
  return {
    ...metrics,
    ...Object.fromEntries(figures.map((name) => [name, smooth(metrics[name], weight)])),
    extra: Object.fromEntries(
      Object.entries(metrics.extra).map(([name, values]) => [name, smooth(values, weight)]),
    ),
  };
}

/**
 * Curves over different x on the union of both, for one chart: where a curve has no point it has `undefined`,
 * which is no gap but a place to draw across. Both x ascend.
 */
export function overlay(
  x: readonly number[],
  columns: readonly Column[],
  otherX: readonly number[],
  otherColumns: readonly Column[],
): { x: number[]; columns: (number | null | undefined)[][]; otherColumns: (number | null | undefined)[][] } {
  const union = [...new Set([...x, ...otherX])].sort((a, b) => a - b);
  const spread = (from: readonly number[], column: Column) => {
    const at = new Map(from.map((value, i) => [value, i]));
    return union.map((value) => {
      const i = at.get(value);
      return i === undefined ? undefined : column[i];
    });
  };
  return {
    x: union,
    columns: columns.map((column) => spread(x, column)),
    otherColumns: otherColumns.map((column) => spread(otherX, column)),
  };
}

export interface Distribution {
  /** Probability density at each of the places. */
  readonly density: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** Of the kernels. */
  readonly width: number;
}

/** The last `count` values that are there. */
export function recent(values: Column, count: number): number[] {
  const found: number[] = [];
  for (let i = values.length - 1; i >= 0 && found.length < count; i--) {
    const value = values[i];
    if (value !== null && value !== undefined) found.push(value);
  }
  return found;
}

/**
 * Density of values at given places: Gaussian kernels of Silverman's width (Silverman 1986, eq. 3.31, with the
 * deviation alone).
 * @param least kernel width; keeps a curve visible when all values are equal
 */
export function distribution(
  values: readonly number[],
  places: readonly number[],
  least: number,
): Distribution {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, count);
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = count > 1 ? Math.sqrt(square / (count - 1)) : 0;
  const width = Math.max(least, 1.06 * deviation * count ** -0.2);
  const scale = 1 / (count * width * Math.sqrt(2 * Math.PI));
  const density = places.map((place) => {
    let sum = 0;
    for (const value of values) sum += Math.exp(-0.5 * ((place - value) / width) ** 2);
    return count === 0 ? 0 : sum * scale;
  });
  return { density, mean, deviation, width };
}
