import type { SeriesRecord, SliceRecord } from '../../workspace/index.ts';

/** Where a slice lies in its volume. */
export interface PlaceInVolume {
  /** 0 .. 1 towards the patient's head (axial), left (sagittal) or back (coronal). */
  readonly position: number;
  readonly third: string;
}

/** Names of the first, middle and last third, along +z, +x and +y of patient coordinates (LPS). */
const thirds = {
  axial: ['lower', 'middle', 'upper'],
  sagittal: ['right', 'middle', 'left'],
  coronal: ['front', 'middle', 'back'],
  unknown: ['first', 'middle', 'last'],
} as const;

/** Nearer than this, slices are at one place. */
const sameMm = 0.01;

function largestAxis(normal: readonly [number, number, number]): number {
  return [0, 1, 2].reduce(
    (best, axis) => (Math.abs(normal[axis]!) > Math.abs(normal[best]!) ? axis : best),
    0,
  );
}

/**
 * Places of all slices of a series (those set aside too: they are part of the volume) between its first and last,
 * by millimetres along the normal, or by order for pages of a TIFF, which have no position. The direction is that of
 * patient coordinates and does not depend on how the series was acquired. Undefined for a series of one place, and
 * for slices that are no volume as far as is known.
 */
export function placesInVolume(
  series: Pick<SeriesRecord, 'geometry' | 'plane' | 'kind'>,
  slices: readonly Pick<SliceRecord, 'positionMm' | 'order'>[],
): (PlaceInVolume | undefined)[] {
  const { plane } = series;
  const { normal } = series.geometry;
  const located = normal !== undefined && slices.every(({ positionMm }) => positionMm !== null);
  if (!located && series.kind !== 'tiff') return slices.map(() => undefined);
  const along = slices.map(({ positionMm, order }) => (located ? (positionMm ?? 0) : order));
  const low = along.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = along.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!(high - low > sameMm)) return slices.map(() => undefined);
  const backwards = normal !== undefined && normal[largestAxis(normal)]! < 0;
  const names = located && plane !== null && plane !== 'oblique' ? thirds[plane] : thirds.unknown;
  return along.map((value) => {
    const share = (value - low) / (high - low);
    const position = backwards ? 1 - share : share;
    return { position, third: names[Math.min(2, Math.floor(position * 3))]! };
  });
}
