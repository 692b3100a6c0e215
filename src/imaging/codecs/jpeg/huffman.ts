import { GantryError } from '../../../base/errors.ts';
import type { BitReader } from './bits.ts';

const FAST_BITS = 9;

/** A Huffman table (T.81 Annex C), with a lookup by the next nine bits for the common short codes. */
export class HuffmanTable {
  private readonly symbols: Uint8Array;
  /** length * 256 + symbol, 0 for longer codes. */
  private readonly fast = new Uint16Array(1 << FAST_BITS);
  /** For each length, the first code after the last of that length, shifted to 16 bits. */
  private readonly limit = new Int32Array(18);
  private readonly offset = new Int32Array(18);

  /** @param counts number of codes of length 1..16; `symbols` in order of their codes */
  constructor(counts: Uint8Array, symbols: Uint8Array) {
    this.symbols = symbols;
    let code = 0;
    let index = 0;
    for (let length = 1; length <= 16; length++) {
      const n = counts[length - 1]!;
      this.offset[length] = index - code;
      for (let i = 0; i < n; i++, code++, index++) {
        if (code >= 1 << length)
          throw new GantryError('CORRUPT', 'The JPEG data has a damaged Huffman table.');
        if (length <= FAST_BITS) {
          const from = code << (FAST_BITS - length);
          this.fast.fill(length * 256 + symbols[index]!, from, from + (1 << (FAST_BITS - length)));
        }
      }
      this.limit[length] = code << (16 - length);
      code <<= 1;
    }
    this.limit[17] = 0x10000;
  }

  decode(bits: BitReader): number {
    const next = bits.peek16();
    const entry = this.fast[next >>> (16 - FAST_BITS)]!;
    if (entry !== 0) {
      bits.skip(entry >>> 8);
      return entry & 0xff;
    }
    let length = FAST_BITS + 1;
    while (next >= this.limit[length]!) length++;
    if (length > 16) throw new GantryError('CORRUPT', 'The JPEG data has a code that no table holds.');
    bits.skip(length);
    return this.symbols[(next >>> (16 - length)) + this.offset[length]!]!;
  }
}
