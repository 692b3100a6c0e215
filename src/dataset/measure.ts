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

/** Rows and columns to step over, so that `count` slices of this shape give about `sampledValues` values. */
function strideOf(rows: number, columns: number, count: number): number {
  const most = Math.max(1, Math.floor(Math.min(rows, columns) / 64));
  return Math.min(most, Math.max(1, Math.floor(Math.sqrt((rows * columns * count) / sampledValues))));
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

function* sampled(slice: StoredSlice, stride: number): Generator<Uint16Array | Int16Array> {
  for (let row = 0; row < slice.rows; row += stride) {
    yield slice.values.subarray(row * slice.columns, (row + 1) * slice.columns);
  }
}

function storedHistogram(records: readonly SliceRecord[], read: SliceSource, stride: number): Histogram {
  const counts = new Uint32Array(bins);
  const zero = records[0]?.signed ? 32768 : 0;
  for (const record of records) {
    const slice = read(record);
    const padding = slice.padding ?? Number.NaN;
    for (const row of sampled(slice, stride)) {
      for (let i = 0; i < row.length; i += stride) {
        const value = row[i]!;
        if (value !== padding) counts[value + zero]!++;
      }
    }
  }
  const scale = realScale(records[0] ?? { slope: 1, intercept: 0, inverted: false });
  if (scale.slope > 0) {
    return { counts, first: -zero * scale.slope + scale.intercept, step: scale.slope };
  }
  counts.reverse();
  const last = bins - 1 - zero;
  return { counts, first: last * scale.slope + scale.intercept, step: -scale.slope };
}

function realHistogram(records: readonly SliceRecord[], read: SliceSource, stride: number): Histogram {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const each = (visit: (value: number) => void) => {
    for (const record of records) {
      const slice = read(record);
      const { slope, intercept } = realScale(slice);
      for (const row of sampled(slice, stride)) {
        for (let i = 0; i < row.length; i += stride) {
          if (row[i] !== slice.padding) visit(row[i]! * slope + intercept);
        }
      }
    }
  };
  each((value) => {
    if (value < low) low = value;
    if (value > high) high = value;
  });
  const step = high > low ? (high - low) / (bins - 1) : 1;
  const counts = new Uint32Array(bins);
  if (high >= low) {
    each((value) => {
      counts[Math.round((value - low) / step)]!++;
    });
  }
  return { counts, first: high >= low ? low : 0, step };
}

/** Part of a slice's sampled values that lie above `threshold` (real). */
function fractionAbove(slice: StoredSlice, threshold: number, stride: number): number {
  const { slope, intercept } = realScale(slice);
  const padding = slice.padding ?? Number.NaN;
  // Compare stored values: cheaper, and exact.
  const limit = (threshold - intercept) / slope;
  const rising = slope > 0;
  let above = 0;
  let seen = 0;
  for (const row of sampled(slice, stride)) {
    for (let i = 0; i < row.length; i += stride) {
      const value = row[i]!;
      seen++;
      if (value !== padding && (rising ? value > limit : value < limit)) above++;
    }
  }
  return seen === 0 ? 0 : above / seen;
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
  const stride = strideOf(first?.rows ?? 1, first?.columns ?? 1, records.length);
  const histogram = (oneScale(records) && first?.slope !== 0 ? storedHistogram : realHistogram)(
    records,
    read,
    stride,
  );
  const intensity = intensityOf(histogram, least);
  const threshold = intensity.floor + emptyLevel * (intensity.bright - intensity.floor);
  const foreground = records.map((record) => fractionAbove(read(record), threshold, stride));
  return { ...intensity, foreground };
}
