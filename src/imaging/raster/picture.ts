import { GantryError } from '../../base/errors.ts';
import type { StoredPixels } from '../types.ts';

/** What a picture file holds, before it is turned into grey values. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  /** 1 grey or palette index, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly samples: 1 | 2 | 3 | 4;
  /** Bits of a sample: values are as stored, not stretched to 8 or 16 bits. */
  readonly bits: number;
  readonly signed: boolean;
  /** Low is bright (TIFF WhiteIsZero). */
  readonly inverted: boolean;
  /** Interleaved, row-major. */
  readonly pixels: StoredPixels;
  /** Palette: the colours' red, green and blue of `paletteBits` bits. */
  readonly palette?: readonly (readonly [number, number, number])[] | undefined;
  readonly paletteBits?: 8 | 16;
}

/** One picture may take this much, decoded; a header that claims more is refused before anything is allocated. */
const mostBytes = 256 * 1024 * 1024;

/**
 * Refuses sizes that are not sensible, and those that the file cannot hold: `held` bytes of data expand to at most
 * `mostExpansion` times as many.
 * @throws CORRUPT, TOO_LARGE, TRUNCATED
 */
export function checkPictureSize(
  columns: number,
  rows: number,
  bitsPerPixel: number,
  held: number,
  mostExpansion: number,
): void {
  if (columns < 1 || rows < 1) throw new GantryError('CORRUPT', 'The picture has no rows or no columns.');
  const bytes = Math.ceil((columns * bitsPerPixel) / 8) * rows;
  if (bytes > mostBytes) {
    throw new GantryError('TOO_LARGE', `A picture of ${columns} × ${rows} is larger than 256 MiB.`);
  }
  if (bytes > held * mostExpansion) {
    throw new GantryError('TRUNCATED', `${held} bytes cannot hold a picture of ${columns} × ${rows}.`);
  }
}

/** Samples of 1, 2, 4 or 8 bits out of rows of whole bytes, the first in the highest bits. */
export function unpackBits(
  bytes: Uint8Array,
  perRow: number,
  rows: number,
  bits: number,
  rowBytes: number,
): Uint8Array {
  const out = new Uint8Array(perRow * rows);
  const mask = (1 << bits) - 1;
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < perRow; x++) {
      const bit = x * bits;
      out[to++] = (bytes[y * rowBytes + (bit >> 3)]! >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return out;
}
