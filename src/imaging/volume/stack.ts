import { normalOf } from '../geometry.ts';
import type { SliceGeometry, SliceHeader, Vec3 } from '../types.ts';
import type { Grid } from './axes.ts';

/** Why slices are no regular volume. */
export type Irregular =
  /** No geometry, or fewer slices than a picture across them needs. */
  | 'flat'
  /** Uneven distances: slices are missing, or the steps differ. */
  | 'gaps'
  /** Several slices at one place. */
  | 'repeats'
  /** Directions, spacings or matrices differ, or the stack leans (a tilted gantry). */
  | 'tilted'
  /** More than may be held in memory. */
  | 'large';

/** A slice as the question whether a stack is regular needs it. */
export interface StackMember {
  readonly rows: number;
  readonly columns: number;
  readonly geometry: SliceGeometry;
  readonly inverted: SliceHeader['inverted'];
}

export interface Stack {
  readonly grid: Grid;
  /** Indices of the given slices along k. */
  readonly order: readonly number[];
}

/** A picture across fewer slices shows nothing. */
const leastSlices = 8;
/** A volume may take this, at four bytes a voxel. */
const mostVoxels = 2 ** 27;
/** Distances may differ from their mean by this part of it, or by as much as decimals are rounded. */
const unevenPart = 0.02;
const roundingMm = 0.01;
/** Cosine of 0.3 degrees. */
const sameDirection = 0.99998;

const dot = (a: readonly number[], b: readonly number[]) => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;

/**
 * The grid that the slices of a series lie on, if they are a regular volume: one matrix, spacing and direction,
 * each a step of equal length along the normal after the one before. Along i the grid follows a row, along j a
 * column, along k the normal (row x column).
 */
export function stackOf(slices: readonly StackMember[]): Stack | Irregular {
  const [first] = slices;
  const { orientation, pixelSpacingMm: spacing } = first?.geometry ?? {};
  if (first === undefined || orientation === undefined || spacing === undefined) return 'flat';
  if (slices.some(({ geometry }) => geometry.positionMm === undefined)) return 'flat';
  if (slices.some((slice) => !isAlike(slice, first))) return 'tilted';
  if (slices.length * first.rows * first.columns > mostVoxels) return 'large';
  const normal = normalOf(orientation);
  const places = slices.map(({ geometry }): Vec3 => geometry.positionMm ?? [0, 0, 0]);
  const along = places.map((place) => dot(place, normal));
  const order = slices.map((_, i) => i).sort((a, b) => along[a]! - along[b]!);
  const steps = order.slice(1).map((at, i) => along[at]! - along[order[i]!]!);
  if (steps.some((step) => step < roundingMm)) return 'repeats';
  if (slices.length < leastSlices) return 'flat';
  const start = places[order[0]!]!;
  const end = places[order.at(-1)!]!;
  const step = end.map((value, axis) => (value - start[axis]!) / (slices.length - 1)) as [
    number,
    number,
    number,
  ];
  const length = Math.hypot(...step);
  if (dot(step, normal) < sameDirection * length) return 'tilted';
  const allowed = Math.max(roundingMm, unevenPart * length);
  for (const [k, at] of order.entries()) {
    const miss = places[at]!.map((value, axis) => value - start[axis]! - k * step[axis]!);
    if (Math.hypot(...miss) > allowed) return 'gaps';
  }
  return { grid: gridOf(first, orientation, spacing, start, step, slices.length), order };
}

function isAlike({ rows, columns, geometry, inverted }: StackMember, first: StackMember): boolean {
  const { orientation: a, pixelSpacingMm: spacing } = geometry;
  const { orientation: b, pixelSpacingMm: wanted } = first.geometry;
  if (a === undefined || b === undefined || spacing === undefined || wanted === undefined) return false;
  return (
    rows === first.rows &&
    columns === first.columns &&
    inverted === first.inverted &&
    dot(a, b) > sameDirection &&
    dot(a.slice(3), b.slice(3)) > sameDirection &&
    Math.abs(spacing[0] - wanted[0]) < 1e-3 * wanted[0] &&
    Math.abs(spacing[1] - wanted[1]) < 1e-3 * wanted[1]
  );
}

function gridOf(
  { rows, columns }: StackMember,
  o: NonNullable<SliceGeometry['orientation']>,
  [betweenRows, betweenColumns]: readonly [number, number],
  start: Vec3,
  step: Vec3,
  slices: number,
): Grid {
  const lps = [0, 1, 2].map(
    (axis) =>
      [o[axis]! * betweenColumns, o[axis + 3]! * betweenRows, step[axis]!, start[axis]!] as [
        number,
        number,
        number,
        number,
      ],
  );
  // Left and back are negative in RAS+.
  const affine = lps.map((row, axis) => (axis === 2 ? row : row.map((value) => -value))) as (typeof lps)[0][];
  return {
    dim: [columns, rows, slices],
    spacingMm: [betweenColumns, betweenRows, Math.hypot(...step)],
    affine,
  };
}
