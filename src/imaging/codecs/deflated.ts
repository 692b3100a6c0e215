import { inflateRawSync } from 'node:zlib';
import { GantryError } from '../../base/errors.ts';
import type { ExpectedFrame, SampleArray } from './codec.ts';
import { nativeFrameBits, readNative } from './native.ts';

/** Deflated Image Frame Compression (PS3.5 A.4.13): each frame a raw deflate stream of native pixels. */
export function decodeDeflatedFrame(codestream: Uint8Array, expected: ExpectedFrame): SampleArray {
  const bytes = Math.ceil(nativeFrameBits(expected) / 8);
  let inflated: Uint8Array;
  try {
    inflated = inflateRawSync(codestream, { maxOutputLength: bytes + 16 });
  } catch (cause) {
    throw new GantryError('CORRUPT', 'The deflated frame is damaged.', { cause });
  }
  return readNative(inflated, 0, expected, true, false);
}
