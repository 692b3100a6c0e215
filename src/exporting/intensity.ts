import { GantryError } from '../base/errors.ts';

/**
 * How generated values become integers in a file. A generated value lies in [-1, +1]; it is clamped, spread
 * over 0 .. storedMax and rounded half up:
 *
 *   stored = floor((value + 1) / 2 * storedMax + 0.5)        value ~ stored * 2 / storedMax - 1
 *
 * The range is fixed, never fitted to the picture, so that grey levels of different slices compare.
 */
export const dicomStoredMax = 4095;
export const pngStoredMax = 65535;

/**
 * The intensity window of an imported series: `low` and `high` are the stored values that were mapped to -1
 * and +1; `slope` and `intercept` are the series' own rescale, which brings stored values to `unit`.
 */
export interface IntensityFrom {
  readonly slope: number;
  readonly intercept: number;
  readonly low: number;
  readonly high: number;
  /** DICOM Rescale Type: "HU", or "US" for unspecified. */
  readonly unit: string;
}

/** Output value = stored * slope + intercept. */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
  readonly unit: string;
}

/** The rescale that takes 0 .. storedMax to the series' own units. BAD_CONFIG for an empty window. */
export function rescaleOf(from: IntensityFrom, storedMax: number): Rescale {
  const low = from.low * from.slope + from.intercept;
  const high = from.high * from.slope + from.intercept;
  if (!Number.isFinite(low) || !Number.isFinite(high) || low === high) {
    throw new GantryError('BAD_CONFIG', 'The intensity window of the series is empty or not finite.', {
      action: 'Export without --intensity-from, or name another series.',
    });
  }
  return { slope: (high - low) / storedMax, intercept: low, unit: from.unit };
}

/** The rescale of an export: to the series' own units, or else back to the generated values, -1 .. +1. */
export function exportRescale(from: IntensityFrom | undefined, storedMax: number): Rescale {
  if (from !== undefined) return rescaleOf(from, storedMax);
  return { slope: 2 / storedMax, intercept: -1, unit: 'generated' };
}

/** Quantises one slice. NOT_FINITE when a value is NaN or infinite. */
export function quantise(pixels: Float32Array, storedMax: number): Uint16Array {
  const out = new Uint16Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    if (!Number.isFinite(value)) {
      throw new GantryError('NOT_FINITE', 'A generated slice holds a value that is not finite.', {
        action: 'Generate from an earlier checkpoint of the run.',
      });
    }
    const share = Math.min(1, Math.max(0, (value + 1) / 2));
    out[i] = Math.floor(share * storedMax + 0.5);
  }
  return out;
}
