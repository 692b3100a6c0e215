import { decodeText } from './charset.ts';
import { type Element, type ElementReader, type Encoding, unknownItems } from './elements.ts';
import { tags } from './tags.ts';

const latin1 = new TextDecoder('latin1');
const textVrs = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

/** A DICOM data set over the bytes that it was read from. Values are decoded on demand. */
export class DataSet {
  readonly reader: ElementReader;
  readonly encoding: Encoding;
  readonly elements: ReadonlyMap<number, Element>;
  private readonly parent: DataSet | undefined;

  constructor(
    reader: ElementReader,
    encoding: Encoding,
    elements: ReadonlyMap<number, Element>,
    parent?: DataSet,
  ) {
    this.reader = reader;
    this.encoding = encoding;
    this.elements = elements;
    this.parent = parent;
  }

  get(tag: number): Element | undefined {
    return this.elements.get(tag);
  }

  has(tag: number): boolean {
    return (this.elements.get(tag)?.length ?? 0) > 0;
  }

  bytes(element: Element): Uint8Array {
    return this.reader.bytes.subarray(element.offset, element.offset + element.length);
  }

  /** The values of a character string attribute, without padding. Text beyond ASCII: see `text`. */
  strings(tag: number): string[] {
    const element = this.elements.get(tag);
    if (element === undefined || element.length === 0) return [];
    return latin1.decode(this.bytes(element)).split('\\').map(trimmed);
  }

  /** The first value; undefined when absent or empty. */
  string(tag: number): string | undefined {
    const value = this.strings(tag)[0];
    return value === undefined || value === '' ? undefined : value;
  }

  /** A text attribute (LO, PN, …) in its character set (PS3.5 section 6.1), backslashes and `^ =` kept. */
  text(tag: number): string | undefined {
    const element = this.elements.get(tag);
    if (element === undefined || element.length === 0) return undefined;
    const vr = textVrs.has(element.vr) ? element.vr : 'LO';
    const text = trimmed(decodeText(this.bytes(element), this.characterSets(), vr));
    // Empty component groups at the end mean nothing (PS3.5 6.2.1.1).
    return vr === 'PN' ? text.replace(/[=^]+$/, '') : text;
  }

  private characterSets(): readonly string[] {
    if (this.elements.has(tags.specificCharacterSet)) return this.strings(tags.specificCharacterSet);
    return this.parent?.characterSets() ?? [];
  }

  /** All values as numbers; values that are none are NaN. Binary attributes by their VR, strings by parsing. */
  numbers(tag: number): number[] {
    const element = this.elements.get(tag);
    if (element === undefined || element.length === 0) return [];
    const size = numberSizes[element.vr];
    if (size === undefined) return this.strings(tag).map((text) => (text === '' ? Number.NaN : Number(text)));
    const { view } = this.reader;
    const little = this.encoding.littleEndian;
    const count = Math.floor(element.length / size);
    const values = new Array<number>(count);
    for (let i = 0; i < count; i++)
      values[i] = readNumber(view, element.offset + i * size, element.vr, little);
    return values;
  }

  /** The first value if it is a finite number. */
  number(tag: number): number | undefined {
    const value = this.numbers(tag)[0];
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  }

  /** The items of a sequence; empty when absent. */
  items(tag: number): DataSet[] {
    const element = this.elements.get(tag);
    if (element === undefined || element.length === 0) return [];
    const outer = element.vr === 'UN' ? unknownItems : this.encoding;
    return this.reader.items(element, outer).map(({ start, end, encoding }) => {
      const table = this.reader.read(start, end, encoding);
      return new DataSet(this.reader, encoding, table.elements, this);
    });
  }

  item(tag: number): DataSet | undefined {
    return this.items(tag)[0];
  }
}

const numberSizes: Readonly<Record<string, number>> = {
  US: 2,
  SS: 2,
  OW: 2,
  UL: 4,
  SL: 4,
  OL: 4,
  FL: 4,
  OF: 4,
  FD: 8,
  OD: 8,
  OV: 8,
  UV: 8,
  SV: 8,
};

function readNumber(view: DataView, at: number, vr: string, little: boolean): number {
  switch (vr) {
    case 'US':
    case 'OW':
      return view.getUint16(at, little);
    case 'SS':
      return view.getInt16(at, little);
    case 'UL':
    case 'OL':
      return view.getUint32(at, little);
    case 'SL':
      return view.getInt32(at, little);
    case 'FL':
    case 'OF':
      return view.getFloat32(at, little);
    case 'FD':
    case 'OD':
      return view.getFloat64(at, little);
    case 'SV':
      return Number(view.getBigInt64(at, little));
    default:
      return Number(view.getBigUint64(at, little));
  }
}

/** Without leading spaces and without trailing spaces and NULs. */
function trimmed(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 0x20 || text.charCodeAt(end - 1) === 0)) end--;
  let start = 0;
  while (start < end && text.charCodeAt(start) === 0x20) start++;
  return text.slice(start, end);
}
