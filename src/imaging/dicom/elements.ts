import { GantryError } from '../../base/errors.ts';
import { implicitVr } from './tags.ts';

/** How the elements of a data set are written (PS3.5 section 7.1). */
export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

export const implicitLittle: Encoding = { explicit: false, littleEndian: true };
export const explicitLittle: Encoding = { explicit: true, littleEndian: true };
/** Of sequences with VR UN: implicit by CP-246, but some writers kept their explicit elements; see `itemEncoding`. */
export const unknownItems: Encoding = { explicit: false, littleEndian: true };
export const explicitBig: Encoding = { explicit: true, littleEndian: false };

/** Where one element's value lies. Values are only decoded when they are asked for. */
export interface Element {
  readonly vr: string;
  /** First byte of the value. */
  readonly offset: number;
  /** Length of the value in bytes; with undefined length up to, without, the sequence delimiter. */
  readonly length: number;
  readonly undefinedLength: boolean;
  /** The file ends before the value does. */
  readonly truncated: boolean;
}

/** Where an item's elements lie, and how they are written. */
export interface ItemRange {
  readonly start: number;
  readonly end: number;
  readonly truncated: boolean;
  readonly encoding: Encoding;
}

export interface ElementTable {
  readonly elements: Map<number, Element>;
  /** First byte after what was read. */
  readonly end: number;
  readonly truncated: boolean;
}

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const UNDEFINED = 0xffffffff;
const PIXEL_DATA = 0x7fe00010;
const MAX_DEPTH = 48;

/** VRs whose explicit header has two reserved bytes and a 32-bit length (PS3.5 table 7.1-1). */
const longForm = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const shortForm = new Set('AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' '));

/** Two-character strings by their bytes, so that a VR costs no allocation. */
const vrNames = new Map<number, string>(
  [...longForm, ...shortForm].map((vr) => [vr.charCodeAt(0) * 256 + vr.charCodeAt(1), vr]),
);

export function isKnownVr(first: number, second: number): boolean {
  return vrNames.has(first * 256 + second);
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/**
 * Reads element headers from a range of bytes, jumping over values. Lenient where scanners are sloppy (implicit
 * elements inside explicit files, unknown VRs, missing delimiters at the end), strict about bounds: no length
 * is believed beyond the end of the data.
 */
export class ElementReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  private tag = 0;
  private vr = '';
  private length = 0;
  private offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private tagAt(at: number, littleEndian: boolean): number {
    return this.view.getUint16(at, littleEndian) * 0x10000 + this.view.getUint16(at + 2, littleEndian);
  }

  /** Reads the header at `at`; false when fewer bytes are left than a header has. */
  private header(at: number, end: number, encoding: Encoding): boolean {
    if (at + 8 > end) return false;
    const { view } = this;
    const little = encoding.littleEndian;
    this.tag = this.tagAt(at, little);
    this.offset = at + 8;
    if (this.tag >= ITEM && this.tag <= SEQUENCE_END) {
      this.vr = '';
      this.length = view.getUint32(at + 4, little);
      return true;
    }
    const first = this.bytes[at + 4]!;
    const second = this.bytes[at + 5]!;
    if (!encoding.explicit || !isUpper(first) || !isUpper(second)) {
      this.vr = implicitVr(this.tag);
      this.length = view.getUint32(at + 4, little);
      return true;
    }
    const known = vrNames.get(first * 256 + second);
    // A value that passed through a system which did not know its VR is still what it was (PS3.5 6.2.2).
    if (known === 'UN') {
      if (at + 12 > end) return false;
      this.length = view.getUint32(at + 8, little);
      this.offset = at + 12;
      const vr = implicitVr(this.tag);
      this.vr = vr === 'SQ' || this.length === UNDEFINED ? 'UN' : vr;
      return true;
    }
    if (known !== undefined && shortForm.has(known)) {
      this.vr = known;
      this.length = view.getUint16(at + 6, little);
      return true;
    }
    const fits = at + 12 <= end;
    const long = fits ? view.getUint32(at + 8, little) : 0;
    if (known === undefined) {
      // PS3.5 6.2.2: VRs to come have the long form; writers of private ones did not know that.
      const reserved = view.getUint16(at + 6, little);
      this.vr = 'UN';
      if (!fits || reserved !== 0 || (long !== UNDEFINED && at + 12 + long > end)) {
        this.length = reserved;
        return true;
      }
    } else {
      this.vr = known;
      if (!fits) return false;
    }
    this.length = long;
    this.offset = at + 12;
    return true;
  }

  /**
   * Reads the elements of [start, end).
   * @param inItem stop at an item delimiter (items of undefined length)
   * @param keep false: only find the end
   */
  read(start: number, end: number, encoding: Encoding, inItem = false, depth = 0, keep = true): ElementTable {
    const elements = new Map<number, Element>();
    let at = start;
    while (at < end) {
      if (!this.header(at, end, encoding)) return { elements, end: at, truncated: true };
      const { tag, vr, length, offset } = this;
      if (tag === ITEM_END || tag === SEQUENCE_END) {
        if (inItem) return { elements, end: offset, truncated: false };
        at = offset;
        continue;
      }
      if (tag === 0 && length === 0 && this.onlyZeros(at, end)) break;
      let valueEnd = offset + length;
      const open = length === UNDEFINED;
      let truncated = false;
      if (open) {
        // CP-246: what has VR UN and undefined length is written as implicit little endian.
        const inner = vr === 'UN' && tag !== PIXEL_DATA ? unknownItems : encoding;
        const found = this.sequenceEnd(offset, end, inner, depth + 1);
        valueEnd = found.contentEnd;
        truncated = found.truncated;
        at = found.next;
      } else {
        if (valueEnd > end) {
          truncated = true;
          valueEnd = end;
        }
        at = valueEnd;
      }
      if (keep) {
        elements.set(tag, { vr, offset, length: valueEnd - offset, undefinedLength: open, truncated });
      }
      if (truncated) return { elements, end: at, truncated: true };
    }
    return { elements, end: at, truncated: inItem };
  }

  /** The offset after the element at `at`, jumping over its value; undefined when it does not fit. */
  next(at: number, encoding: Encoding): number | undefined {
    if (!this.header(at, this.bytes.length, encoding) || this.length === UNDEFINED) return undefined;
    const next = this.offset + this.length;
    return next > this.bytes.length ? undefined : next;
  }

  private onlyZeros(at: number, end: number): boolean {
    const stop = Math.min(end, at + 64);
    for (let i = at; i < stop; i++) if (this.bytes[i] !== 0) return false;
    return true;
  }

  /** Finds the delimiter of a sequence of undefined length that starts at `at`. */
  private sequenceEnd(
    at: number,
    end: number,
    encoding: Encoding,
    depth: number,
  ): { contentEnd: number; next: number; truncated: boolean } {
    if (depth > MAX_DEPTH) {
      throw new GantryError('CORRUPT', `The file nests sequences more than ${MAX_DEPTH} deep.`);
    }
    while (at + 8 <= end) {
      const tag = this.tagAt(at, encoding.littleEndian);
      const length = this.view.getUint32(at + 4, encoding.littleEndian);
      if (tag === SEQUENCE_END) return { contentEnd: at, next: at + 8, truncated: false };
      if (tag !== ITEM) {
        throw new GantryError('CORRUPT', 'A sequence holds something that is not an item.');
      }
      at += 8;
      if (length === UNDEFINED) {
        const item = this.read(at, end, this.itemEncoding(at, encoding), true, depth, false);
        if (item.truncated) return { contentEnd: item.end, next: item.end, truncated: true };
        at = item.end;
      } else if (at + length > end) {
        return { contentEnd: end, next: end, truncated: true };
      } else {
        at += length;
      }
    }
    return { contentEnd: end, next: end, truncated: true };
  }

  /** How the item that begins at `at` is written: in a sequence with VR UN each item tells by its first element. */
  private itemEncoding(at: number, encoding: Encoding): Encoding {
    if (encoding !== unknownItems) return encoding;
    const isExplicit = isKnownVr(this.bytes[at + 4] ?? 0, this.bytes[at + 5] ?? 0);
    return isExplicit ? explicitLittle : implicitLittle;
  }

  /** The ranges of the items in a sequence's value (or of the fragments of encapsulated pixel data). */
  items(element: Element, encoding: Encoding): ItemRange[] {
    const found: ItemRange[] = [];
    const end = element.offset + element.length;
    let at = element.offset;
    while (at + 8 <= end) {
      const tag = this.tagAt(at, encoding.littleEndian);
      const length = this.view.getUint32(at + 4, encoding.littleEndian);
      at += 8;
      if (tag === SEQUENCE_END) break;
      if (tag !== ITEM) throw new GantryError('CORRUPT', 'A sequence holds something that is not an item.');
      const own = this.itemEncoding(at, encoding);
      if (length === UNDEFINED) {
        const item = this.read(at, end, own, true, 0, false);
        const stop = item.truncated ? item.end : item.end - 8;
        found.push({ start: at, end: stop, truncated: item.truncated, encoding: own });
        at = item.end;
      } else {
        const stop = Math.min(end, at + length);
        found.push({ start: at, end: stop, truncated: at + length > end, encoding: own });
        at = stop;
      }
    }
    return found;
  }
}
