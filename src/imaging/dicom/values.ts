import type { SampleArray } from '../codecs/codec.ts';
import type { StoredPixels } from '../types.ts';
import type { PixelLayout } from './layout.ts';

type Bits = Pick<PixelLayout, 'bitsAllocated' | 'bitsStored' | 'highBit' | 'signed'>;

function container(bitsAllocated: number): 8 | 16 | 32 {
  return bitsAllocated <= 8 ? 8 : bitsAllocated <= 16 ? 16 : 32;
}

/**
 * The values that bit patterns stand for: bits above High Bit (old overlays) and below the lowest stored bit
 * removed, sign extended from the stored bits (PS3.5 section 8.1.1).
 */
export function storedValues(samples: SampleArray, bits: Bits): StoredPixels {
  const shift = bits.highBit + 1 - bits.bitsStored;
  const target = container(bits.bitsAllocated);
  if (bits.signed) {
    const whole = samples.BYTES_PER_ELEMENT * 8 === target && bits.bitsStored === target;
    if (whole || (shift === 0 && exceedsItsBits(samples, bits.bitsStored))) return cellValues(samples, bits);
    return signedValues(samples, bits.bitsStored, shift, target);
  }
  const width = samples.BYTES_PER_ELEMENT * 8;
  if (bits.bitsStored < width || shift > 0) {
    const mask = bits.bitsStored === 32 ? 0xffffffff : 2 ** bits.bitsStored - 1;
    for (let i = 0; i < samples.length; i++) samples[i] = (samples[i]! >>> shift) & mask;
  }
  return widened(samples, target);
}

/** Whole cells as integers, of the sign that Pixel Representation says. */
export function cellValues(samples: SampleArray, bits: Bits): StoredPixels {
  const target = container(bits.bitsAllocated);
  if (!bits.signed) return widened(samples, target);
  if (samples.BYTES_PER_ELEMENT * 8 < target) return signedValues(samples, target, 0, target);
  const { buffer, byteOffset, length } = samples;
  if (target === 8) return new Int8Array(buffer, byteOffset, length);
  return target === 16
    ? new Int16Array(buffer, byteOffset, length)
    : new Int32Array(buffer, byteOffset, length);
}

function widened(samples: SampleArray, target: 8 | 16 | 32): SampleArray {
  if (samples.BYTES_PER_ELEMENT * 8 >= target) return samples;
  const wide = target === 16 ? new Uint16Array(samples.length) : new Uint32Array(samples.length);
  wide.set(samples);
  return wide;
}

function signedValues(samples: SampleArray, bits: number, shift: number, target: 8 | 16 | 32): StoredPixels {
  const n = samples.length;
  const out = target === 8 ? new Int8Array(n) : target === 16 ? new Int16Array(n) : new Int32Array(n);
  const up = 32 - bits - shift;
  const down = 32 - bits;
  for (let i = 0; i < n; i++) out[i] = (samples[i]! << up) >> down;
  return out;
}

/**
 * Some writers declare fewer signed bits than their values need. It shows when negative values are sign extended
 * through the unused bits while others use the sign bit as a value bit: such cells are whole integers.
 */
function exceedsItsBits(samples: SampleArray, bitsStored: number): boolean {
  const width = samples.BYTES_PER_ELEMENT * 8;
  if (bitsStored >= width) return false;
  const rest = width - bitsStored + 1;
  const ones = 2 ** rest - 1;
  let negative = false;
  let large = false;
  for (let i = 0; i < samples.length; i++) {
    const high = samples[i]! >>> (bitsStored - 1);
    if (high === 0) continue;
    if (high === ones) negative = true;
    else if (high === 1) large = true;
    else return false;
  }
  return negative && large;
}
