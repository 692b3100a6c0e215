import { GantryError } from '../../base/errors.ts';
import type { ExpectedFrame, SampleArray } from './codec.ts';

/**
 * RLE Lossless (PS3.5 Annex G): a header of 16 little endian words, then one PackBits segment for each byte of
 * a sample (most significant first) of each sample.
 */
export function decodeRle(codestream: Uint8Array, expected: ExpectedFrame): SampleArray {
  const width = expected.bitsAllocated / 8;
  if (width !== 1 && width !== 2 && width !== 4) {
    throw new GantryError('UNSUPPORTED_PIXELS', `RLE with ${expected.bitsAllocated} bits is not defined.`);
  }
  if (codestream.length < 64) throw new GantryError('TRUNCATED', 'The RLE data ends inside its header.');
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.byteLength);
  const segments = width * expected.samples;
  const found = view.getUint32(0, true);
  if (found !== segments) {
    throw new GantryError('CORRUPT', `The RLE data has ${found} segments instead of ${segments}.`);
  }
  const pixels = expected.rows * expected.columns;
  const bytes = new Uint8Array(pixels * segments);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + segment * 4, true);
    const end = segment + 1 < segments ? view.getUint32(8 + segment * 4, true) : codestream.length;
    if (start < 64 || end < start || end > codestream.length) {
      throw new GantryError('CORRUPT', 'The RLE data has an impossible segment table.');
    }
    const sample = Math.floor(segment / width);
    const byte = width - 1 - (segment % width);
    unpackSegment(codestream.subarray(start, end), bytes, sample * width + byte, segments, pixels);
  }
  if (width === 1) return bytes;
  return width === 2 ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
}

/** Writes `count` bytes to out[first], out[first + stride], …; bytes beyond `count` are padding. */
function unpackSegment(
  segment: Uint8Array,
  out: Uint8Array,
  first: number,
  stride: number,
  count: number,
): void {
  let to = first;
  const stop = first + stride * count;
  let at = 0;
  while (to < stop) {
    if (at >= segment.length)
      throw new GantryError('TRUNCATED', 'An RLE segment ends before the frame does.');
    const code = segment[at++]!;
    if (code < 128) {
      const end = Math.min(at + code + 1, segment.length);
      for (; at < end && to < stop; to += stride) out[to] = segment[at++]!;
    } else if (code > 128) {
      const value = segment[at++] ?? 0;
      for (let n = 257 - code; n > 0 && to < stop; n--, to += stride) out[to] = value;
    }
  }
}
