import type { SliceHeader, StoredPixels } from '../../imaging/index.ts';

/** A slice's values at 16 bits, and what they mean. */
export interface Stored16 {
  readonly values: Uint16Array | Int16Array;
  readonly slope: number;
  readonly intercept: number;
  readonly padding: number | null;
}

const levels = 65535;

/**
 * Stored values of up to 16 bits stay as they are. Integers of 32 bits whose range fits are shifted, without
 * loss; all other values are spread linearly over 0 .. 65535 between the slice's least and greatest, which costs
 * at most half of 1/65535 of that range; `slope` and `intercept` are composed so that real values stay. Values
 * that are no numbers become the least.
 */
export function toStored16(pixels: StoredPixels, header: SliceHeader): Stored16 {
  const { rescaleSlope: slope, rescaleIntercept: intercept } = header;
  const padding = header.paddingValue ?? null;
  if (pixels instanceof Uint16Array || pixels instanceof Int16Array) {
    return { values: pixels, slope, intercept, padding: whole(padding) };
  }
  if (pixels instanceof Uint8Array) {
    return { values: Uint16Array.from(pixels), slope, intercept, padding: whole(padding) };
  }
  if (pixels instanceof Int8Array) {
    return { values: Int16Array.from(pixels), slope, intercept, padding: whole(padding) };
  }
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of pixels) {
    if (!Number.isFinite(value) || value === padding) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) [low, high] = [0, 0];
  const exact = !isFloat(pixels) && high - low < levels;
  // Padding keeps a level of its own, 65535, so that it cannot be taken for the greatest value.
  const top = padding === null ? levels : levels - 1;
  const step = exact || high === low ? 1 : (high - low) / top;
  const values = new Uint16Array(pixels.length);
  for (let i = 0; i < values.length; i++) {
    const value = pixels[i]!;
    if (value === padding) values[i] = levels;
    else values[i] = Number.isFinite(value) ? Math.round((value - low) / step) : 0;
  }
  return {
    values,
    slope: slope * step,
    intercept: intercept + slope * low,
    padding: padding === null ? null : levels,
  };
}

function isFloat(pixels: StoredPixels): boolean {
  return pixels instanceof Float32Array || pixels instanceof Float64Array;
}

function whole(padding: number | null): number | null {
  return padding !== null && Number.isInteger(padding) ? padding : null;
}
