import type { SliceRecord, StoredSlice } from '../workspace/index.ts';
import { type Histogram, intensityOf, type SeriesIntensity } from './window.ts';

/** Reads a slice's stored values; they are good until the next is read. */
export type SliceSource = (record: SliceRecord) => StoredSlice;

/** Values looked at in a series for its histogram; percentiles of a million do not change with more. */
const sampledValues = 1_000_000;
const bins = 65536;

/** A slice is of use when at least this part of it … */
export const emptyFraction = 0.12;
/** … lies above this part of the way from the series' air to its bright tissue. */
export const emptyLevel = 0.12;

/** Samples of a series are kept between the two looks at them when they are no more than this. */
const keptValues = 8_000_000;

/** Rows and columns to step over, so that `count` slices of this shape give about `sampledValues` values. */
function strideOf(rows: number, columns: number, count: number): number {
  const most = Math.max(1, Math.floor(Math.min(rows, columns) / 64));
  return Math.min(most, Math.max(1, Math.floor(Math.sqrt((rows * columns * count) / sampledValues))));
}

/** Stored values of each slice on a regular grid; padding is left out. */
type Samples = (index: number) => Int32Array;

function sampler(records: readonly SliceRecord[], read: SliceSource): Samples {
  const { rows, columns } = records[0] ?? { rows: 1, columns: 1 };
  const stride = strideOf(rows, columns, records.length);
  const perSlice = Math.ceil(rows / stride) * Math.ceil(columns / stride);
  const keep = perSlice * records.length <= keptValues;
  const memory = new Int32Array(keep ? perSlice * records.length : perSlice);
  const lengths = new Int32Array(records.length).fill(-1);
  return (index) => {
    const start = keep ? index * perSlice : 0;
    if (!keep || lengths[index] === -1) {
      const slice = read(records[index]!);
      const padding = slice.padding ?? Number.NaN;
      let at = start;
      for (let row = 0; row < rows; row += stride) {
        for (let i = row * columns; i < (row + 1) * columns; i += stride) {
          const value = slice.values[i]!;
          if (value !== padding) memory[at++] = value;
        }
      }
      lengths[index] = at - start;
    }
    return memory.subarray(start, start + lengths[index]!);
  };
}

/** Real values are `stored * slope + intercept`, negated where inverted. */
export function realScale(slice: { slope: number; intercept: number; inverted: boolean }): {
  slope: number;
  intercept: number;
} {
  const sign = slice.inverted ? -1 : 1;
  return { slope: sign * slice.slope, intercept: sign * slice.intercept };
}

/** All slices of most series have one rescale: then a bin a stored value is exact. */
function oneScale(records: readonly SliceRecord[]): boolean {
  const first = records[0];
  return records.every(
    (r) =>
      r.slope === first?.slope &&
      r.intercept === first.intercept &&
      r.inverted === first.inverted &&
      r.signed === first.signed,
  );
}

function storedHistogram(records: readonly SliceRecord[], samples: Samples): Histogram {
  const counts = new Uint32Array(bins);
  const zero = records[0]?.signed ? 32768 : 0;
  records.forEach((_, index) => {
    const values = samples(index);
    for (let i = 0; i < values.length; i++) counts[values[i]! + zero]!++;
  });
  const scale = realScale(records[0] ?? { slope: 1, intercept: 0, inverted: false });
  if (scale.slope > 0) {
    return { counts, first: -zero * scale.slope + scale.intercept, step: scale.slope };
  }
  counts.reverse();
  const last = bins - 1 - zero;
  return { counts, first: last * scale.slope + scale.intercept, step: -scale.slope };
}

/** For series whose slices have rescales of their own: bins over the real values. */
function realHistogram(records: readonly SliceRecord[], samples: Samples): Histogram {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  records.forEach((record, index) => {
    const { slope, intercept } = realScale(record);
    for (const value of samples(index)) {
      low = Math.min(low, value * slope + intercept);
      high = Math.max(high, value * slope + intercept);
    }
  });
  const counts = new Uint32Array(bins);
  if (low > high) return { counts, first: 0, step: 1 };
  const step = high > low ? (high - low) / (bins - 1) : 1;
  records.forEach((record, index) => {
    const { slope, intercept } = realScale(record);
    for (const value of samples(index)) counts[Math.round((value * slope + intercept - low) / step)]!++;
  });
  return { counts, first: low, step };
}

/** Part of a slice's grid points that show more than `threshold` (real); padding shows nothing. */
function fractionAbove(record: SliceRecord, values: Int32Array, points: number, threshold: number): number {
  const { slope, intercept } = realScale(record);
  // Stored values are compared: cheaper, and exact.
  const limit = (threshold - intercept) / slope;
  const rising = slope > 0;
  let above = 0;
  for (let i = 0; i < values.length; i++) {
    if (rising ? values[i]! > limit : values[i]! < limit) above++;
  }
  return above / points;
}

export interface SeriesMeasure extends SeriesIntensity {
  /** For each record, the part of the slice that shows something. */
  readonly foreground: readonly number[];
}

/**
 * Measures a whole series: its intensity window, and how much each slice shows. The measure is relative to the
 * series, because a plain share of non-zero values lets slices of pure noise through.
 */
export function measureSeries(
  records: readonly SliceRecord[],
  read: SliceSource,
  least?: number,
): SeriesMeasure {
  const first = records[0];
  const samples = sampler(records, read);
  const exact = oneScale(records) && first?.slope !== 0;
  const intensity = intensityOf((exact ? storedHistogram : realHistogram)(records, samples), least);
  const threshold = intensity.floor + emptyLevel * (intensity.bright - intensity.floor);
  const stride = strideOf(first?.rows ?? 1, first?.columns ?? 1, records.length);
  const points = Math.ceil((first?.rows ?? 1) / stride) * Math.ceil((first?.columns ?? 1) / stride);
  const foreground = records.map((record, index) => fractionAbove(record, samples(index), points, threshold));
  return { ...intensity, foreground };
}
