import { GantryError } from '../../../base/errors.ts';

/** Fields of a TIFF directory by their tags (TIFF 6.0, BigTIFF): numbers only, all that Gantry reads are. */
export interface Directory {
  readonly littleEndian: boolean;
  /** All values of a field; empty when it is missing. @throws CORRUPT, TRUNCATED */
  numbers(tag: number): number[];
  /** The first value of a field, or `otherwise`. */
  number(tag: number, otherwise: number): number;
}

/** Bytes of each numeric field type. */
const sizes: Readonly<Record<number, number>> = {
  1: 1,
  3: 2,
  4: 4,
  6: 1,
  8: 2,
  9: 4,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/** A stack may have this many pages. */
const mostPages = 65_536;

interface Layout {
  readonly littleEndian: boolean;
  readonly big: boolean;
}

function layoutOf(bytes: Uint8Array): Layout | undefined {
  const order = bytes[0]! * 256 + bytes[1]!;
  if (bytes.length < 8 || (order !== 0x4949 && order !== 0x4d4d)) return undefined;
  const littleEndian = order === 0x4949;
  const version = littleEndian ? bytes[2]! + bytes[3]! * 256 : bytes[2]! * 256 + bytes[3]!;
  return version === 42 || version === 43 ? { littleEndian, big: version === 43 } : undefined;
}

export function isTiff(bytes: Uint8Array): boolean {
  return layoutOf(bytes) !== undefined;
}

/**
 * The directories of all pages, or of the first `wanted` ones, in the order of the file.
 * @throws CORRUPT, TRUNCATED, TOO_LARGE
 */
export function directoriesOf(bytes: Uint8Array, wanted = Number.POSITIVE_INFINITY): Directory[] {
  const layout = layoutOf(bytes);
  if (layout === undefined) throw new GantryError('NOT_AN_IMAGE', 'The file is not a TIFF file.');
  const { littleEndian, big } = layout;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (at: number, length: number) => {
    if (!(at >= 0 && at + length <= bytes.length)) {
      throw new GantryError('TRUNCATED', 'The TIFF file ends before what its directory points to.');
    }
  };
  const offsetAt = (at: number): number => {
    need(at, big ? 8 : 4);
    return big ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
  };
  const pages: Directory[] = [];
  const seen = new Set<number>();
  for (let at = offsetAt(big ? 8 : 4); at !== 0; ) {
    if (seen.has(at)) throw new GantryError('CORRUPT', 'The TIFF file has a circle of directories.');
    if (seen.size >= mostPages)
      throw new GantryError('TOO_LARGE', `The TIFF has more than ${mostPages} pages.`);
    seen.add(at);
    need(at, big ? 8 : 2);
    const count = big ? Number(view.getBigUint64(at, littleEndian)) : view.getUint16(at, littleEndian);
    const entryBytes = big ? 20 : 12;
    const first = at + (big ? 8 : 2);
    need(first, count * entryBytes);
    pages.push(directoryAt(view, layout, first, count, need, offsetAt));
    if (pages.length >= wanted) break;
    at = offsetAt(first + count * entryBytes);
  }
  return pages;
}

function directoryAt(
  view: DataView,
  { littleEndian, big }: Layout,
  first: number,
  count: number,
  need: (at: number, length: number) => void,
  offsetAt: (at: number) => number,
): Directory {
  const entries = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const at = first + i * (big ? 20 : 12);
    entries.set(view.getUint16(at, littleEndian), at);
  }
  const read = (type: number, at: number): number => {
    if (type === 1) return view.getUint8(at);
    if (type === 3) return view.getUint16(at, littleEndian);
    if (type === 4 || type === 13) return view.getUint32(at, littleEndian);
    if (type === 6) return view.getInt8(at);
    if (type === 8) return view.getInt16(at, littleEndian);
    if (type === 9) return view.getInt32(at, littleEndian);
    return Number(type === 17 ? view.getBigInt64(at, littleEndian) : view.getBigUint64(at, littleEndian));
  };
  const values = (tag: number, most: number): number[] => {
    const at = entries.get(tag);
    if (at === undefined) return [];
    const type = view.getUint16(at + 2, littleEndian);
    const size = sizes[type];
    if (size === undefined) throw new GantryError('CORRUPT', `The TIFF field ${tag} is not a number.`);
    const length = big
      ? Number(view.getBigUint64(at + 4, littleEndian))
      : view.getUint32(at + 4, littleEndian);
    const value = at + (big ? 12 : 8);
    const start = length * size <= (big ? 8 : 4) ? value : offsetAt(value);
    // Before anything is made for each value: all of them lie in the file.
    need(start, length * size);
    return Array.from({ length: Math.min(length, most) }, (_, i) => read(type, start + i * size));
  };
  return {
    littleEndian,
    numbers: (tag) => values(tag, Number.POSITIVE_INFINITY),
    number: (tag, otherwise) => values(tag, 1)[0] ?? otherwise,
  };
}
