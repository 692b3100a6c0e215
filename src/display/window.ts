/** A grey window by its ends: values at or below `low` are black, at or above `high` white. */
export interface GreyWindow {
  readonly low: number;
  readonly high: number;
}

/** The ends of a DICOM linear window (PS3.3 C.11.2.1.2.1); width at least 1. */
export function windowFromCenterWidth(center: number, width: number): GreyWindow {
  const half = (Math.max(width, 1) - 1) / 2;
  return { low: center - 0.5 - half, high: center - 0.5 + half };
}

/** The DICOM linear window that shows exactly low .. high. */
export function centerWidthFromWindow({ low, high }: GreyWindow): { center: number; width: number } {
  return { center: (low + high + 1) / 2, width: high - low + 1 };
}

/**
 * Window/level to 8 bits: linear between the ends, clamped, rounded half up. A window without width is a
 * threshold; a value that is not a number is black. `out` may be given to reuse it (at least as long).
 */
export function windowToGrey(
  values: ArrayLike<number>,
  { low, high }: GreyWindow,
  out: Uint8Array = new Uint8Array(values.length),
): Uint8Array {
  const scale = high > low ? 255 / (high - low) : Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const above = values[i]! - low;
    const grey = above > 0 ? above * scale : 0;
    out[i] = grey >= 255 ? 255 : Math.floor(grey + 0.5);
  }
  return out;
}
