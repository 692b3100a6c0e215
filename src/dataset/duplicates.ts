import type { SliceRecord, SplitSide } from '../workspace/index.ts';

/** Side of the small images that near duplicates are told by. */
export const thumbnailSize = 16;

export interface Thumbnail {
  readonly slice: SliceRecord;
  readonly subject: number;
  readonly side: SplitSide | null;
  /** thumbnailSize² values in [-1, 1]. */
  readonly image: Float32Array;
}

interface Pair {
  readonly a: number;
  readonly b: number;
}

/** Correlation at 16 x 16 pixels from which two slices are near duplicates; different heads stay below it. */
const alike = 0.998;
/** Slices with less contrast than this look alike for want of content. */
const leastContrast = 0.15;
/** Within a bucket, each slice is compared with so many before it; keeps the cost in proportion to the slices. */
const compared = 64;
/** No more pairs than this are gathered: then something is wrong with the whole dataset. */
export const mostPairs = 20_000;

/** Groups of slices whose stored content is the same, byte for byte. */
export function exactDuplicates(slices: Iterable<SliceRecord>): number[][] {
  const byContent = new Map<string, number[]>();
  for (const { contentHash, id } of slices) {
    const group = byContent.get(contentHash);
    if (group === undefined) byContent.set(contentHash, [id]);
    else group.push(id);
  }
  return [...byContent.values()].filter((group) => group.length > 1);
}

interface Prepared {
  readonly thumbnail: Thumbnail;
  /** Zero mean, unit length. */
  readonly unit: Float32Array;
  readonly bands: readonly number[];
}

/** Bits "is the right neighbour brighter" of an 8 x 8 reduction, as four numbers of 16 bits. */
function bandsOf(image: Float32Array): number[] {
  const at = (y: number, x: number) =>
    image[2 * y * thumbnailSize + 2 * x]! + image[(2 * y + 1) * thumbnailSize + 2 * x]!;
  const bands = [0, 0, 0, 0];
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) {
      const bit = at(y, (x + 1) % 8) > at(y, x) + 0.02 ? 1 : 0;
      const band = y >> 1;
      bands[band] = (bands[band]! << 1) | bit;
    }
  }
  return bands;
}

function prepare(thumbnail: Thumbnail): Prepared | undefined {
  const { image } = thumbnail;
  let mean = 0;
  for (const value of image) mean += value / image.length;
  let square = 0;
  for (const value of image) square += (value - mean) ** 2;
  if (Math.sqrt(square / image.length) < leastContrast) return undefined;
  const length = Math.sqrt(square);
  return { thumbnail, unit: image.map((value) => (value - mean) / length), bands: bandsOf(image) };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Pairs of slices of different series that look the same, other than byte for byte: re-exports, other windows,
 * compression. Candidates share at least one quarter of a 64-bit difference hash, and are then correlated.
 * Neighbours in one volume are alike by nature and are not looked at.
 */
export function nearDuplicates(thumbnails: Iterable<Thumbnail>): Pair[] {
  const buckets = new Map<number, Prepared[]>();
  const found = new Map<string, Pair>();
  for (const thumbnail of thumbnails) {
    const prepared = prepare(thumbnail);
    if (prepared === undefined) continue;
    prepared.bands.forEach((bits, band) => {
      const key = band * 65536 + bits;
      const bucket = buckets.get(key);
      if (bucket === undefined) {
        buckets.set(key, [prepared]);
        return;
      }
      for (const other of bucket.slice(-compared)) {
        if (found.size >= mostPairs) break;
        const pair = pairOf(other, prepared);
        if (pair !== undefined) found.set(`${pair.a} ${pair.b}`, pair);
      }
      bucket.push(prepared);
    });
  }
  return [...found.values()];
}

function pairOf(a: Prepared, b: Prepared): Pair | undefined {
  const [first, second] = [a.thumbnail, b.thumbnail];
  if (first.slice.series === second.slice.series) return undefined;
  if (first.slice.contentHash === second.slice.contentHash) return undefined;
  if (cosine(a.unit, b.unit) < alike) return undefined;
  return { a: first.slice.id, b: second.slice.id };
}
