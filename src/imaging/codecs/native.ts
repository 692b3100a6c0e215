import { GantryError } from '../../base/errors.ts';
import type { ExpectedFrame, SampleArray } from './codec.ts';

/** Bytes of one uncompressed frame; 1-bit and other packed frames follow each other without padding. */
export function nativeFrameBits(expected: ExpectedFrame): number {
  const perPixel = isSubsampled(expected) ? 2 : expected.samples;
  return expected.rows * expected.columns * perPixel * expected.bitsAllocated;
}

function isSubsampled(expected: ExpectedFrame): boolean {
  return expected.samples === 3 && expected.photometric === 'YBR_FULL_422';
}

/**
 * Copies the values of uncompressed frame `index` (PS3.5 section 8.1.1). Any number of bits from 1 to 32; a
 * number that is not 8, 16 or 32 is packed, lowest bit first.
 */
export function readNative(
  data: Uint8Array,
  index: number,
  expected: ExpectedFrame,
  littleEndian: boolean,
  wordSwapped: boolean,
): SampleArray {
  const bits = nativeFrameBits(expected);
  const firstBit = bits * index;
  const end = Math.ceil((firstBit + bits) / 8);
  if (end > data.length) {
    throw new GantryError(
      'TRUNCATED',
      `The pixel data has ${data.length} bytes; frame ${index + 1} ends at byte ${end}.`,
    );
  }
  const { bitsAllocated } = expected;
  if (bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    return unpack(data, firstBit, bits / bitsAllocated, bitsAllocated);
  }
  const start = firstBit / 8;
  const own = wordSwapped ? swapped16(data, start, end) : copied(data.subarray(start, end));
  if (bitsAllocated === 8) return isSubsampled(expected) ? expand422(own) : own;
  if (!littleEndian) swapBytes(own, bitsAllocated / 8);
  return bitsAllocated === 16 ? new Uint16Array(own.buffer) : new Uint32Array(own.buffer);
}

/** A copy of its own: a Buffer's slice() would be a view, and set() is the fastest way to copy. */
function copied(view: Uint8Array): Uint8Array<ArrayBuffer> {
  const own = new Uint8Array(view.length);
  own.set(view);
  return own;
}

/** 8-bit values that a big endian file holds in 16-bit words (VR OW). */
function swapped16(data: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(end - start);
  for (let i = start; i < end; i++) out[i - start] = data[i ^ 1] ?? 0;
  return out;
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at + width <= bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

function unpack(data: Uint8Array, firstBit: number, count: number, width: number): SampleArray {
  const out =
    width <= 8 ? new Uint8Array(count) : width <= 16 ? new Uint16Array(count) : new Uint32Array(count);
  let bit = firstBit;
  for (let i = 0; i < count; i++) {
    let value = 0;
    let got = 0;
    while (got < width) {
      const inByte = bit & 7;
      const take = Math.min(8 - inByte, width - got);
      const part = (data[Math.floor(bit / 8)]! >>> inByte) & ((1 << take) - 1);
      value += part * 2 ** got;
      got += take;
      bit += take;
    }
    out[i] = value;
  }
  return out;
}

/** Y1 Y2 Cb Cr for each pair of pixels (PS3.3 C.7.6.3.1.2) to Y Cb Cr for each pixel. */
function expand422(packed: Uint8Array): Uint8Array {
  const out = new Uint8Array((packed.length / 2) * 3);
  for (let from = 0, to = 0; from + 3 < packed.length; from += 4, to += 6) {
    const cb = packed[from + 2]!;
    const cr = packed[from + 3]!;
    out[to] = packed[from]!;
    out[to + 1] = cb;
    out[to + 2] = cr;
    out[to + 3] = packed[from + 1]!;
    out[to + 4] = cb;
    out[to + 5] = cr;
  }
  return out;
}
