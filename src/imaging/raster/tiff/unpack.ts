import { GantryError } from '../../../base/errors.ts';
import { inflateExactly } from '../inflate.ts';

/** Methods that are decoded, with the most that a byte can expand to; others are refused by name. */
export const methods: Readonly<Record<number, { readonly expansion: number; readonly unpack: Unpack }>> = {
  1: { expansion: 1, unpack: plain },
  5: { expansion: 2800, unpack: lzw },
  8: { expansion: 1040, unpack: (data, needed) => inflateExactly(data, needed, 'TIFF') },
  32773: { expansion: 64, unpack: packBits },
  32946: { expansion: 1040, unpack: (data, needed) => inflateExactly(data, needed, 'TIFF') },
};

export const methodNames: Readonly<Record<number, string>> = {
  2: 'CCITT fax',
  3: 'CCITT fax',
  4: 'CCITT fax',
  6: 'old-style JPEG',
  7: 'JPEG',
  34712: 'JPEG 2000',
  34887: 'LERC',
  50000: 'Zstandard',
  50001: 'WebP',
};

/** Gives at least `needed` bytes. @throws TRUNCATED, CORRUPT */
type Unpack = (data: Uint8Array, needed: number) => Uint8Array;

function tooShort(got: number, needed: number): GantryError {
  return new GantryError('TRUNCATED', `A part of the TIFF has ${got} of ${needed} bytes.`);
}

function plain(data: Uint8Array, needed: number): Uint8Array {
  if (data.length < needed) throw tooShort(data.length, needed);
  // A copy: what follows changes the bytes in place.
  return data.slice(0, needed);
}

/** TIFF 6.0 section 9. */
function packBits(data: Uint8Array, needed: number): Uint8Array {
  const out = new Uint8Array(needed);
  let to = 0;
  for (let at = 0; to < needed; ) {
    if (at >= data.length) throw tooShort(to, needed);
    const code = data[at++]!;
    if (code < 128) {
      const run = data.subarray(at, Math.min(at + code + 1, at + needed - to));
      out.set(run, to);
      if (run.length === 0) throw tooShort(to, needed);
      to += run.length;
      at += code + 1;
    } else if (code > 128) {
      if (at >= data.length) throw tooShort(to, needed);
      out.fill(data[at++]!, to, Math.min(needed, to + 257 - code));
      to += 257 - code;
    }
  }
  return out;
}

const clear = 256;
const endOfData = 257;

/** TIFF 6.0 section 13: codes of 9 to 12 bits, highest bit first, grown one code early. */
function lzw(data: Uint8Array, needed: number): Uint8Array {
  const out = new Uint8Array(needed);
  // A string of the table is a stretch of what was put out: where it starts and how long it is.
  const starts = new Uint32Array(4096);
  const lengths = new Uint16Array(4096);
  let to = 0;
  let next = 258;
  let width = 9;
  let previous: { start: number; length: number } | undefined;
  let held = 0;
  let heldBits = 0;
  for (let at = 0; to < needed; ) {
    while (heldBits < width) {
      if (at >= data.length) throw tooShort(to, needed);
      held = ((held << 8) | data[at++]!) & 0xffffff;
      heldBits += 8;
    }
    heldBits -= width;
    const code = (held >> heldBits) & ((1 << width) - 1);
    if (code === endOfData) throw tooShort(to, needed);
    if (code === clear) {
      next = 258;
      width = 9;
      previous = undefined;
      continue;
    }
    const start = to;
    let length = 1;
    if (code < 256) out[to++] = code;
    else if (code < next) {
      length = lengths[code]!;
      to = copy(out, starts[code]!, length, to);
    } else if (code === next && previous !== undefined) {
      // The string that is just being made: the previous one and its own first value.
      length = previous.length + 1;
      to = copy(out, previous.start, previous.length, to);
      if (to < needed) out[to++] = out[previous.start]!;
    } else throw new GantryError('CORRUPT', 'The TIFF has a damaged LZW code.');
    if (previous !== undefined && next < 4096) {
      // The previous string and one value more stand side by side in the output.
      starts[next] = previous.start;
      lengths[next] = previous.length + 1;
      next++;
    }
    if (next >= (1 << width) - 1 && width < 12) width++;
    previous = { start, length };
  }
  return out;
}

/** Byte by byte: the stretches may overlap. Gives the new end. */
function copy(out: Uint8Array, from: number, length: number, to: number): number {
  const end = Math.min(out.length, to + length);
  for (let at = from; to < end; ) out[to++] = out[at++]!;
  return end;
}
