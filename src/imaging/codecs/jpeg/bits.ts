import { GantryError } from '../../../base/errors.ts';

/** Bits past the end that a sloppy encoder may have left out; more means that data is missing. */
const TOLERATED_BITS = 64;

/** Reads the entropy-coded segments of a JPEG scan bit by bit: byte stuffing and restart markers (T.81 B.1.1.5). */
export class BitReader {
  private readonly data: Uint8Array;
  /** Next byte to take into the buffer. */
  private position: number;
  private buffer = 0;
  private count = 0;
  /** Zero bits made up after the segment's end. */
  private missing = 0;

  constructor(data: Uint8Array, position: number) {
    this.data = data;
    this.position = position;
  }

  private fill(): void {
    const { data } = this;
    while (this.count <= 24) {
      let byte = data[this.position];
      if (byte === 0xff) {
        if (data[this.position + 1] === 0) this.position += 2;
        else byte = undefined;
      } else if (byte !== undefined) this.position++;
      if (byte === undefined) {
        byte = 0;
        this.missing += 8;
      }
      this.buffer = (this.buffer << 8) | byte;
      this.count += 8;
    }
  }

  /** The next 16 bits, without taking them. */
  peek16(): number {
    if (this.count < 16) this.fill();
    return (this.buffer >>> (this.count - 16)) & 0xffff;
  }

  skip(bits: number): void {
    this.count -= bits;
    if (this.missing - this.count > TOLERATED_BITS) {
      throw new GantryError('TRUNCATED', 'The JPEG data ends before the image does.');
    }
  }

  /** The next 0..16 bits as an unsigned number. */
  read(bits: number): number {
    if (bits === 0) return 0;
    if (this.count < bits) this.fill();
    const value = (this.buffer >>> (this.count - bits)) & ((1 << bits) - 1);
    this.skip(bits);
    return value;
  }

  /** A difference of the given category (T.81 F.2.2.1, EXTEND). */
  difference(category: number): number {
    if (category === 0) return 0;
    const value = this.read(category);
    return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
  }

  /** Drops the bits up to the next restart marker and passes it. */
  restart(): void {
    this.count = 0;
    this.missing = 0;
    const at = this.nextMarker();
    const marker = this.data[at + 1];
    if (marker === undefined || marker < 0xd0 || marker > 0xd7) {
      throw new GantryError('TRUNCATED', 'The JPEG data lacks a restart marker.');
    }
    this.position = at + 2;
  }

  /** Where the marker that ends this scan starts, or the end of the data. */
  nextMarker(): number {
    const { data } = this;
    let at = this.position;
    while (at + 1 < data.length && !(data[at] === 0xff && data[at + 1]! !== 0 && data[at + 1]! !== 0xff))
      at++;
    return at;
  }
}
