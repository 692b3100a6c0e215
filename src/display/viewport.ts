/** Where an image lies in a viewport: shared by real and synthetic ones, so it is in units of the fitted image. */
export interface View {
  /** 1: the image fits the viewport. */
  readonly zoom: number;
  /** Centre of the viewport off the centre of the image, in fitted sizes of the viewport's shorter edge. */
  readonly panX: number;
  readonly panY: number;
  /** Quarter turns clockwise. */
  readonly turns: number;
  readonly flipped: boolean;
}

export const startView: View = { zoom: 1, panX: 0, panY: 0, turns: 0, flipped: false };

export interface ImageShape {
  readonly rows: number;
  readonly columns: number;
  /** Between rows, then between columns; null: square pixels of unknown size. */
  readonly spacingMm: readonly [number, number] | null;
}

/** x' = a x + c y + e, y' = b x + d y + f: image (column, row; the corner of pixel 0 at 0) to viewport pixels. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** The way from an image to a viewport of `width` x `height` pixels, non-square pixels stretched to their shape. */
export function viewTransform(shape: ImageShape, view: View, width: number, height: number): Affine {
  const [rowMm, columnMm] = shape.spacingMm ?? [1, 1];
  const odd = view.turns % 2 !== 0;
  const wide = shape.columns * columnMm;
  const high = shape.rows * rowMm;
  const fit = Math.min(width / (odd ? high : wide), height / (odd ? wide : high)) * view.zoom;
  const edge = Math.min(width, height);
  const [cos, sin] = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ][((view.turns % 4) + 4) % 4] as [number, number];
  const sx = columnMm * fit * (view.flipped ? -1 : 1);
  const sy = rowMm * fit;
  const a = cos * sx;
  const b = sin * sx;
  const c = -sin * sy;
  const d = cos * sy;
  const [midX, midY] = [shape.columns / 2, shape.rows / 2];
  const e = width / 2 + view.panX * edge - (a * midX + c * midY);
  const f = height / 2 + view.panY * edge - (b * midX + d * midY);
  return [a, b, c, d, e, f];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function toScreen([a, b, c, d, e, f]: Affine, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

/** A place of the viewport in the image's pixels. */
export function toImage([a, b, c, d, e, f]: Affine, { x, y }: Point): Point {
  const determinant = a * d - b * c;
  const [dx, dy] = [x - e, y - f];
  return { x: (d * dx - c * dy) / determinant, y: (a * dy - b * dx) / determinant };
}
