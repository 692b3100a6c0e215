import type { ReadOptions, Slice } from '../../../src/imaging/index.ts';
import { readImage } from '../../../src/imaging/index.ts';

/** A small DICOM writer for tests: it can write what real files do wrong, too. */

export interface BuildOptions {
  readonly explicit?: boolean;
  readonly littleEndian?: boolean;
}

export type Value = number[] | string | Uint8Array | Item[];
/** [tag, VR, value]; a list of items for SQ. */
export type Field = readonly [tag: number, vr: string, value: Value, undefinedLength?: boolean];
export type Item = readonly Field[];

const longForm = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const widths: Readonly<Record<string, number>> = {
  US: 2,
  SS: 2,
  OW: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  OF: 4,
  FD: 8,
  OD: 8,
  OV: 8,
  UV: 8,
  SV: 8,
  AT: 2,
  OB: 1,
};

class Writer {
  private readonly out: number[] = [];
  readonly explicit: boolean;
  readonly little: boolean;

  constructor({ explicit = true, littleEndian = true }: BuildOptions) {
    this.explicit = explicit;
    this.little = littleEndian;
  }

  number(value: number | bigint, width: number, float = false): void {
    const view = new DataView(new ArrayBuffer(8));
    if (float && width === 4) view.setFloat32(0, Number(value), this.little);
    else if (float) view.setFloat64(0, Number(value), this.little);
    else if (width === 1) view.setUint8(0, Number(value) & 255);
    else if (width === 2) view.setUint16(0, Number(value) & 0xffff, this.little);
    else if (width === 4) view.setUint32(0, Number(value) >>> 0, this.little);
    else view.setBigInt64(0, BigInt(value), this.little);
    for (let i = 0; i < width; i++) this.out.push(view.getUint8(i));
  }

  bytes(values: Iterable<number>): void {
    for (const value of values) this.out.push(value);
  }

  tag(tag: number): void {
    this.number(tag >>> 16, 2);
    this.number(tag & 0xffff, 2);
  }

  header(tag: number, vr: string, length: number): void {
    this.tag(tag);
    if (!this.explicit) {
      this.number(length, 4);
      return;
    }
    this.bytes(Buffer.from(vr, 'latin1'));
    if (longForm.has(vr)) {
      this.number(0, 2);
      this.number(length, 4);
    } else this.number(length, 2);
  }

  field([tag, vr, value, open = false]: Field): void {
    if (vr === 'SQ') {
      const body = new Writer({ explicit: this.explicit, littleEndian: this.little });
      for (const item of value as Item[]) {
        const inner = build(item, { explicit: this.explicit, littleEndian: this.little });
        body.tag(0xfffee000);
        body.number(open ? 0xffffffff : inner.length, 4);
        body.bytes(inner);
        if (open) {
          body.tag(0xfffee00d);
          body.number(0, 4);
        }
      }
      const bytes = body.finish();
      this.header(tag, vr, open ? 0xffffffff : bytes.length);
      this.bytes(bytes);
      if (open) {
        this.tag(0xfffee0dd);
        this.number(0, 4);
      }
      return;
    }
    const body = encode(vr, value, this.little);
    this.header(tag, vr, open ? 0xffffffff : body.length);
    this.bytes(body);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.out);
  }
}

function encode(vr: string, value: Value, littleEndian: boolean): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'latin1');
    return Uint8Array.from(bytes.length % 2 === 0 ? bytes : [...bytes, vr === 'UI' ? 0 : 0x20]);
  }
  const writer = new Writer({ littleEndian });
  const width = widths[vr] ?? 1;
  for (const n of value as number[])
    writer.number(n, width, vr === 'FL' || vr === 'FD' || vr === 'OF' || vr === 'OD');
  return writer.finish();
}

/** The bytes of a data set. */
export function build(fields: Item, options: BuildOptions = {}): Uint8Array {
  const writer = new Writer(options);
  for (const field of fields) writer.field(field);
  return writer.finish();
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** A Part 10 file: preamble, meta header with the transfer syntax, data set. */
export function part10(transferSyntax: string, dataSet: Uint8Array): Uint8Array {
  const meta = build([[0x00020010, 'UI', transferSyntax]]);
  return concat(
    new Uint8Array(128),
    Buffer.from('DICM'),
    build([[0x00020000, 'UL', [meta.length]]]),
    meta,
    dataSet,
  );
}

export const syntaxOf = ({ explicit = true, littleEndian = true }: BuildOptions): string =>
  !explicit ? '1.2.840.10008.1.2' : littleEndian ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2.2';

export interface ImageOptions extends BuildOptions {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
  readonly bitsStored?: number;
  readonly highBit?: number;
  readonly signed?: boolean;
  readonly samples?: number;
  readonly photometric?: string;
  readonly frames?: number;
  readonly extra?: Item;
}

/** The Image Pixel module without its pixels. */
export function imageFields(image: ImageOptions): Item {
  const { bitsAllocated, bitsStored = bitsAllocated, samples = 1 } = image;
  return [
    [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4'],
    ...(image.extra?.filter(([tag]) => tag < 0x00280000) ?? []),
    [0x00280002, 'US', [samples]],
    [0x00280004, 'CS', image.photometric ?? 'MONOCHROME2'],
    ...(image.frames === undefined ? [] : [[0x00280008, 'IS', String(image.frames)] as const]),
    [0x00280010, 'US', [image.rows]],
    [0x00280011, 'US', [image.columns]],
    [0x00280100, 'US', [bitsAllocated]],
    [0x00280101, 'US', [bitsStored]],
    [0x00280102, 'US', [image.highBit ?? bitsStored - 1]],
    [0x00280103, 'US', [image.signed === true ? 1 : 0]],
    ...(image.extra?.filter(([tag]) => tag >= 0x00280000) ?? []),
  ];
}

/** A file with native pixels; `pixels` are numbers of `bitsAllocated` or the raw bytes. */
export function nativeImage(image: ImageOptions, pixels: number[] | Uint8Array): Uint8Array {
  const vr = image.bitsAllocated > 8 || !(image.explicit ?? true) ? 'OW' : 'OB';
  const value =
    pixels instanceof Uint8Array || image.bitsAllocated <= 16
      ? pixels
      : encode('UL', pixels, image.littleEndian ?? true);
  const body = build([...imageFields(image), [0x7fe00010, vr, value]], image);
  return part10(syntaxOf(image), body);
}

/** A file with encapsulated pixels: one offset table and the given fragments. */
export function encapsulatedImage(
  image: ImageOptions,
  transferSyntax: string,
  fragments: readonly Uint8Array[],
  offsets: readonly number[] = [],
): Uint8Array {
  const item = (bytes: Uint8Array): Uint8Array => {
    const even = bytes.length % 2 === 0 ? bytes : concat(bytes, Uint8Array.of(0));
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, 0xe000fffe, true);
    head.setUint32(4, even.length, true);
    return concat(new Uint8Array(head.buffer), even);
  };
  const table = new Uint8Array(Uint32Array.from(offsets).buffer);
  const value = concat(
    item(table),
    ...fragments.map(item),
    Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0),
  );
  return part10(transferSyntax, build([...imageFields(image), [0x7fe00010, 'OB', value, true]]));
}

/** All slices of a file. */
export async function slicesOf(
  bytes: Uint8Array,
  options: ReadOptions = {},
  name = 'file',
): Promise<Slice[]> {
  const slices: Slice[] = [];
  for await (const slice of readImage(bytes, name, options)) slices.push(slice);
  return slices;
}

export async function pixelsOf(bytes: Uint8Array, options: ReadOptions = {}): Promise<number[]> {
  return (await slicesOf(bytes, options)).flatMap((slice) => [...slice.pixels]);
}
