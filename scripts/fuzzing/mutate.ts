import { crc32 } from 'node:zlib';
import type { Random } from '../../src/base/random.ts';

const interesting = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xfe, 0xff];
const interestingWords = [
  0, 1, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0xfffee000,
];

/**
 * Damages a file the way transfers, scanners and attackers do: flipped bits, wrong lengths, cut ends, missing or
 * repeated or foreign pieces. Damage keeps to the header half of the time, where the structure is.
 */
export function mutate(seed: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes = new Uint8Array(seed);
  const times = 1 + random.int(random.int(4) === 0 ? 24 : 4);
  for (let i = 0; i < times; i++) bytes = damage(bytes, other, random);
  return bytes;
}

function position(length: number, random: Random): number {
  const header = Math.min(length, 2048);
  return random.int(2) === 0 ? random.int(header + 1) : random.int(length + 1);
}

function damage(bytes: Uint8Array<ArrayBuffer>, other: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const at = position(bytes.length, random);
  switch (random.int(9)) {
    case 0:
      if (at < bytes.length) bytes[at]! ^= 1 << random.int(8);
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = interesting[random.int(interesting.length)]!;
      return bytes;
    case 2:
    case 3:
      return word(bytes, at, random);
    case 4:
      return random.int(4) === 0 ? bytes.slice(0, at) : word(bytes, at, random);
    case 5:
      return joined(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + random.int(64))));
    case 6: {
      const piece = bytes.subarray(at, at + random.int(256));
      return joined(bytes.subarray(0, at), piece, bytes.subarray(at));
    }
    case 7: {
      const from = position(other.length, random);
      return joined(bytes.subarray(0, at), other.subarray(from, from + random.int(512)), bytes.subarray(at));
    }
    default: {
      const noise = Uint8Array.from({ length: random.int(32) }, () => random.int(256));
      bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), at);
      return bytes;
    }
  }
}

/** Overwrites two or four bytes at an even place with a value that lengths and sizes go wrong at. */
function word(bytes: Uint8Array<ArrayBuffer>, at: number, random: Random): Uint8Array<ArrayBuffer> {
  const even = at & ~1;
  const value = interestingWords[random.int(interestingWords.length)]!;
  const view = new DataView(bytes.buffer);
  if (random.int(2) === 0 && even + 4 <= bytes.length) view.setUint32(even, value, random.int(2) === 0);
  else if (even + 2 <= bytes.length) view.setUint16(even, value & 0xffff, random.int(2) === 0);
  return bytes;
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Makes the checksums of a PNG's chunks right, as far as their lengths lead. */
export function repairChunks(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) return;
    view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
    at = end + 4;
  }
}
