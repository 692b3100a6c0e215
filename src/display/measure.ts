import type { ImageShape, Point } from './viewport.ts';

/** Distance of two places of an image: in millimetres where the spacing is known, else in pixels. */
export function distance({ spacingMm }: ImageShape, a: Point, b: Point): number {
  const [rowMm, columnMm] = spacingMm ?? [1, 1];
  return Math.hypot((b.x - a.x) * columnMm, (b.y - a.y) * rowMm);
}

/** Angle at b between a and c, 0 to 180 degrees, on the patient and not on the pixels. */
export function angle({ spacingMm }: ImageShape, a: Point, b: Point, c: Point): number {
  const [rowMm, columnMm] = spacingMm ?? [1, 1];
  const ux = (a.x - b.x) * columnMm;
  const uy = (a.y - b.y) * rowMm;
  const vx = (c.x - b.x) * columnMm;
  const vy = (c.y - b.y) * rowMm;
  return (Math.abs(Math.atan2(ux * vy - uy * vx, ux * vx + uy * vy)) * 180) / Math.PI;
}

export interface RegionFigures {
  readonly pixels: number;
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
  /** In mm², or pixels where the spacing is not known. */
  readonly area: number;
}

/**
 * Figures of the pixels whose centre lies in the ellipse between two corners; null when there are none.
 * @param real value of the pixel at an index
 */
export function ellipseFigures(
  shape: ImageShape,
  a: Point,
  b: Point,
  real: (index: number) => number,
): RegionFigures | null {
  const [rowMm, columnMm] = shape.spacingMm ?? [1, 1];
  const [midX, midY] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
  const [radiusX, radiusY] = [Math.abs(b.x - a.x) / 2, Math.abs(b.y - a.y) / 2];
  let [pixels, sum, squares] = [0, 0, 0];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = Math.max(0, Math.floor(midY - radiusY)); row < Math.min(shape.rows, midY + radiusY); row++) {
    for (
      let column = Math.max(0, Math.floor(midX - radiusX));
      column < Math.min(shape.columns, midX + radiusX);
      column++
    ) {
      const x = (column + 0.5 - midX) / radiusX;
      const y = (row + 0.5 - midY) / radiusY;
      if (x * x + y * y > 1) continue;
      const value = real(row * shape.columns + column);
      pixels++;
      sum += value;
      squares += value * value;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (pixels === 0) return null;
  const mean = sum / pixels;
  const deviation = Math.sqrt(Math.max(0, squares / pixels - mean * mean));
  return { pixels, mean, deviation, low, high, area: pixels * rowMm * columnMm };
}
