import { encode } from 'fast-png';
import { type DisplayTransform, displayTransform, walkOf } from '../../dataset/orient.ts';
import { type GreyWindow, windowToGrey } from '../../display/window.ts';
import type { StoredSlice } from '../../workspace/index.ts';

/** How a slice is laid out on the screen. */
export interface Layout {
  /** Direction cosines of a row, then of a column; they turn the slice to its standard display. */
  readonly orientation?: Parameters<typeof displayTransform>[0];
  /** Between rows, then between columns, as stored. */
  readonly pixelSpacingMm?: readonly [number, number] | undefined;
}

interface Image {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Real values (rescaled, MONOCHROME1 negated) in display order; padding becomes the lowest value of the rest. */
export function displayValues(slice: StoredSlice, transform: DisplayTransform): Image {
  const { values, slope, intercept, inverted, padding } = slice;
  const walk = walkOf(transform, slice.rows, slice.columns);
  const shown = new Float32Array(values.length);
  const sign = inverted ? -1 : 1;
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== padding) lowest = Math.min(lowest, sign * (values[i]! * slope + intercept));
  }
  let i = 0;
  for (let r = 0; r < walk.rows; r++) {
    let at = walk.start + r * walk.rowStep;
    for (let c = 0; c < walk.columns; c++, at += walk.columnStep) {
      const value = values[at]!;
      shown[i++] = value === padding ? lowest : sign * (value * slope + intercept);
    }
  }
  return { rows: walk.rows, columns: walk.columns, values: shown };
}

/** Width and height in pixels of an image shown with square pixels, its longer edge `size` or its own if less. */
export function shownSize(
  rows: number,
  columns: number,
  spacingMm: readonly [number, number] | undefined,
  size: number,
): { width: number; height: number } {
  const [rowMm, columnMm] = spacingMm ?? [1, 1];
  const finest = Math.min(rowMm, columnMm);
  const width = (columns * columnMm) / finest;
  const height = (rows * rowMm) / finest;
  const scale = Math.min(1, size / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Mean over each target pixel's exact area, along one axis of a row-major image; edges of cells may be cut. */
function resizeAxis(
  source: Float32Array,
  lines: number,
  from: number,
  to: number,
  lineStride: number,
  stride: number,
  target: Float32Array,
  targetLineStride: number,
  targetStride: number,
): void {
  const ratio = from / to;
  for (let t = 0; t < to; t++) {
    const begin = t * ratio;
    const end = Math.min(from, begin + ratio);
    const first = Math.floor(begin);
    const last = Math.min(from - 1, Math.ceil(end) - 1);
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      for (let s = first; s <= last; s++) {
        const weight = Math.min(end, s + 1) - Math.max(begin, s);
        sum += weight * source[line * lineStride + s * stride]!;
      }
      target[line * targetLineStride + t * targetStride] = sum / (end - begin);
    }
  }
}

/** Area resampling of a row-major image to width x height; exact for shrinking, nearest cells for growing. */
export function areaResize(
  source: Float32Array,
  rows: number,
  columns: number,
  height: number,
  width: number,
): Float32Array {
  if (rows === height && columns === width) return source;
  const narrow = new Float32Array(rows * width);
  resizeAxis(source, rows, columns, width, columns, 1, narrow, width, 1);
  const small = new Float32Array(height * width);
  resizeAxis(narrow, width, rows, height, 1, width, small, 1, width);
  return small;
}

/**
 * A slice as an 8-bit grey PNG in its standard display, with square pixels.
 *
 * @param window the series' window in real values; null: the slice's own range
 * @param size longest edge in pixels; a slice is not enlarged beyond its own pixels
 */
export function slicePng(
  slice: StoredSlice,
  window: GreyWindow | null,
  layout: Layout,
  size: number,
): Uint8Array {
  const transform = displayTransform(layout.orientation);
  const { rows, columns, values } = displayValues(slice, transform);
  const stored = layout.pixelSpacingMm;
  const spacing: typeof stored =
    stored !== undefined && transform.transpose ? [stored[1], stored[0]] : stored;
  const { width, height } = shownSize(rows, columns, spacing, size);
  const image = areaResize(values, rows, columns, height, width);
  const shown = window ?? {
    low: image.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    high: image.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  };
  return encode({ width, height, data: windowToGrey(image, shown), channels: 1, depth: 8 });
}
