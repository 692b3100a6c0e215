import type { Plane, SliceHeader, Vec3 } from './types.ts';

type Orientation = readonly [number, number, number, number, number, number];

/** The normal of a slice: row direction × column direction (unit length when the two are orthonormal). */
export function normalOf(o: Orientation): Vec3 {
  return [o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]];
}

/**
 * A slice is named after the axis that its normal lies along if that component is at least 0.8 (within 37°, the
 * limit that is customary for DICOM orientation labels), otherwise it is oblique.
 */
export function planeOf(orientation: Orientation): Plane {
  const n = normalOf(orientation);
  const length = Math.hypot(...n);
  if (!(length > 0)) return 'oblique';
  if (Math.abs(n[0]) / length >= 0.8) return 'sagittal';
  if (Math.abs(n[1]) / length >= 0.8) return 'coronal';
  return Math.abs(n[2]) / length >= 0.8 ? 'axial' : 'oblique';
}

export interface SliceOrder {
  /** Indices into the given headers, first slice first. */
  readonly order: number[];
  /** 'position' along the normal, or 'instance' number where geometry is missing or mixed. */
  readonly by: 'position' | 'instance';
  /** Median distance between neighbours, for 'position'. */
  readonly spacingMm?: number;
  /** Distance along the normal of each slice in order, for 'position'. */
  readonly positionsMm?: number[];
  /** Not all slices have one orientation (within about 2°). */
  readonly mixedOrientations: boolean;
  /** Pairs of neighbours in order at the same position (several volumes or repeats in one series). */
  readonly duplicates: number;
  /** Neighbours more than 1.5 times the median distance apart. */
  readonly gaps: number;
}

type Sortable = Pick<
  SliceHeader,
  'geometry' | 'frame' | 'instanceNumber' | 'acquisitionNumber' | 'echoTimeMs'
>;

const SAME_DIRECTION = 0.9994;

/**
 * Orders the slices of a series by their position projected on the slice normal; slices at one position by
 * echo time, acquisition and instance number. The direction is the normal's.
 */
export function sortSlices(headers: readonly Sortable[]): SliceOrder {
  const indices = headers.map((_, i) => i);
  const reference = headers[0]?.geometry.orientation;
  const mixed = reference === undefined ? false : headers.some((h) => !sameOrientation(h, reference));
  const located = reference !== undefined && headers.every((h) => h.geometry.positionMm !== undefined);
  if (!located || mixed) {
    indices.sort((a, b) => byInstance(headers[a]!, headers[b]!) || a - b);
    return { order: indices, by: 'instance', mixedOrientations: mixed, duplicates: 0, gaps: 0 };
  }
  const normal = normalOf(reference);
  const along = headers.map((h) => dot(h.geometry.positionMm!, normal));
  // Positions are rounded to a micrometre, so that copies of a position compare equal.
  const key = along.map((mm) => Math.round(mm * 1000));
  indices.sort((a, b) => key[a]! - key[b]! || byEcho(headers[a]!, headers[b]!) || a - b);
  const positions = indices.map((i) => along[i]!);
  const steps = positions.slice(1).map((p, i) => p - positions[i]!);
  const moving = steps.filter((s) => s > 0.01).sort((a, b) => a - b);
  const spacing = moving[Math.floor(moving.length / 2)];
  return {
    order: indices,
    by: 'position',
    ...(spacing === undefined ? {} : { spacingMm: spacing }),
    positionsMm: positions,
    mixedOrientations: false,
    duplicates: steps.length - moving.length,
    gaps: spacing === undefined ? 0 : moving.filter((s) => s > 1.5 * spacing).length,
  };
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function sameOrientation(header: Sortable, reference: Orientation): boolean {
  const o = header.geometry.orientation;
  if (o === undefined) return false;
  const rows = o[0] * reference[0] + o[1] * reference[1] + o[2] * reference[2];
  const columns = o[3] * reference[3] + o[4] * reference[4] + o[5] * reference[5];
  return rows > SAME_DIRECTION && columns > SAME_DIRECTION;
}

function byEcho(a: Sortable, b: Sortable): number {
  return (a.echoTimeMs ?? 0) - (b.echoTimeMs ?? 0) || byInstance(a, b);
}

function byInstance(a: Sortable, b: Sortable): number {
  return (
    (a.acquisitionNumber ?? 0) - (b.acquisitionNumber ?? 0) ||
    (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) ||
    a.frame - b.frame
  );
}
