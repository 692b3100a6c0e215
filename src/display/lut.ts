import type { GreyWindow } from './window.ts';

/** How stored 16-bit values become real ones: value * slope + intercept. */
export interface ValueScale {
  readonly signed: boolean;
  readonly slope: number;
  readonly intercept: number;
  /** Low real values are bright (MONOCHROME1). */
  readonly inverted: boolean;
  /** Stored value of pixels outside the image, shown black; null without. */
  readonly padding: number | null;
}

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * Colours of all 65,536 stored values as they lie in memory: index is the 16-bit pattern, element the RGBA of a
 * canvas. Every value is windowed in full precision, so that nothing is lost before the screen.
 *
 * @param window in real values
 * @param table 768 bytes of `colormap`
 */
export function windowLut(
  { signed, slope, intercept, inverted, padding }: ValueScale,
  { low, high }: GreyWindow,
  table: Uint8Array,
  out: Uint32Array = new Uint32Array(65536),
): Uint32Array {
  const colours = packed(table);
  const scale = high > low ? 255 / (high - low) : Number.POSITIVE_INFINITY;
  for (let pattern = 0; pattern < 65536; pattern++) {
    const stored = signed && pattern > 32767 ? pattern - 65536 : pattern;
    const above = stored * slope + intercept - low;
    const grey = above > 0 ? above * scale : 0;
    const level = grey >= 255 ? 255 : Math.floor(grey + 0.5);
    out[pattern] = colours[inverted ? 255 - level : level]!;
  }
  if (padding !== null) out[padding & 0xffff] = colours[0]!;
  return out;
}

/** 256 opaque colours as the 32-bit words of a canvas's memory. */
function packed(table: Uint8Array): Uint32Array {
  const words = new Uint32Array(256);
  for (let level = 0; level < 256; level++) {
    const [r, g, b] = [table[level * 3]!, table[level * 3 + 1]!, table[level * 3 + 2]!];
    words[level] = littleEndian
      ? ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0
      : ((r << 24) | (g << 16) | (b << 8) | 255) >>> 0;
  }
  return words;
}

/** Looks every value up; `values` are 16-bit patterns, signed ones too. */
export function paint(values: Uint16Array, lut: Uint32Array, out: Uint32Array): void {
  for (let i = 0; i < values.length; i++) out[i] = lut[values[i]!]!;
}

/**
 * The signed difference a - b of two images of unsigned values, as 16-bit values with no difference at 32768.
 * @param gain how much a difference is spread
 */
export function differenceValues(a: Uint16Array, b: Uint16Array, gain = 1): Uint16Array {
  const out = new Uint16Array(a.length);
  for (let i = 0; i < a.length; i++) {
    const value = 32768 + ((a[i]! - b[i]!) * gain) / 2;
    out[i] = value <= 0 ? 0 : value >= 65535 ? 65535 : Math.floor(value + 0.5);
  }
  return out;
}
