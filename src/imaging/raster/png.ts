import { crc32 } from 'node:zlib';
import { GantryError } from '../../base/errors.ts';
import { inflateExactly } from './inflate.ts';
import { checkPictureSize, type Picture, unpackBits } from './picture.ts';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPng(bytes: Uint8Array): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

interface PngHeader {
  readonly columns: number;
  readonly rows: number;
  readonly bits: number;
  readonly colourType: number;
  readonly interlaced: boolean;
  readonly samples: 1 | 2 | 3 | 4;
}

/** Samples of each colour type and the bit depths that it may have (PNG third edition, table 12). */
const colourTypes: Readonly<Record<number, readonly [PngHeader['samples'], readonly number[]]>> = {
  0: [1, [1, 2, 4, 8, 16]],
  2: [3, [8, 16]],
  3: [1, [1, 2, 4, 8]],
  4: [2, [8, 16]],
  6: [4, [8, 16]],
};

/** Deflate cannot do better than 1032:1. */
const mostExpansion = 1040;

interface PngParts {
  readonly header: PngHeader;
  readonly data: readonly Uint8Array[];
  readonly palette: (readonly [number, number, number])[] | undefined;
}

function headerOf(body: Uint8Array, view: DataView, at: number, held: number): PngHeader {
  if (body.length !== 13) throw new GantryError('CORRUPT', 'The PNG header has a wrong length.');
  const [bits, colourType, compression, filter, interlace] = body.subarray(8);
  const kind = colourTypes[colourType!];
  if (kind === undefined || !kind[1].includes(bits!)) {
    throw new GantryError('CORRUPT', `PNG colour type ${colourType} with ${bits} bits is not defined.`);
  }
  if (compression !== 0 || filter !== 0 || interlace! > 1) {
    throw new GantryError('CORRUPT', 'The PNG header has an undefined method.');
  }
  const [columns, rows] = [view.getUint32(at), view.getUint32(at + 4)];
  checkPictureSize(columns, rows, bits! * kind[0], held, mostExpansion);
  return {
    columns,
    rows,
    bits: bits!,
    colourType: colourType!,
    interlaced: interlace === 1,
    samples: kind[0],
  };
}

/** Walks the chunks. Those that Gantry has no use for are skipped; text in them is never read. */
function partsOf(bytes: Uint8Array): PngParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: PngHeader | undefined;
  let palette: PngParts['palette'];
  const data: Uint8Array[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw new GantryError('TRUNCATED', 'The PNG file ends before its end chunk.');
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw new GantryError('TRUNCATED', 'The PNG file ends inside a chunk.');
    const body = bytes.subarray(at + 8, end);
    const critical = (bytes[at + 4]! & 0x20) === 0;
    if (critical && crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw new GantryError('CORRUPT', 'A chunk of the PNG file is damaged (its checksum is wrong).');
    }
    if (header === undefined && type !== 'IHDR')
      throw new GantryError('CORRUPT', 'The PNG file has no header.');
    if (type === 'IHDR') header = headerOf(body, view, at + 8, bytes.length);
    else if (type === 'IDAT') data.push(body);
    else if (type === 'PLTE') {
      palette = Array.from({ length: Math.floor(length / 3) }, (_, i) => {
        return [body[3 * i]!, body[3 * i + 1]!, body[3 * i + 2]!] as const;
      });
    } else if (type === 'IEND') break;
    at = end + 4;
  }
  if (header === undefined || data.length === 0)
    throw new GantryError('NO_PIXELS', 'The PNG file has no pixels.');
  return { header, data, palette };
}

/** Undoes the filters of one pass in place: filter byte and row after row (PNG clause 9). */
function unfilter(raw: Uint8Array, at: number, rows: number, rowBytes: number, step: number): void {
  for (let y = 0; y < rows; y++, at += rowBytes + 1) {
    const kind = raw[at]!;
    if (kind === 0) continue;
    if (kind > 4) throw new GantryError('CORRUPT', `The PNG data has an undefined filter ${kind}.`);
    const row = at + 1;
    const above = row - rowBytes - 1;
    for (let x = 0; x < rowBytes; x++) {
      const a = x >= step ? raw[row + x - step]! : 0;
      const b = y > 0 ? raw[above + x]! : 0;
      let guess: number;
      if (kind === 1) guess = a;
      else if (kind === 2) guess = b;
      else if (kind === 3) guess = (a + b) >> 1;
      else guess = paeth(a, b, x >= step && y > 0 ? raw[above + x - step]! : 0);
      raw[row + x] = raw[row + x]! + guess;
    }
  }
}

function paeth(a: number, b: number, c: number): number {
  const pa = Math.abs(b - c);
  const pb = Math.abs(a - c);
  const pc = Math.abs(a + b - 2 * c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

/** Passes of a picture: the whole of it, or Adam7's seven, as first column and row and steps. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Decodes a PNG of any colour type and depth. @throws TRUNCATED, CORRUPT, TOO_LARGE, NO_PIXELS */
export function readPng(bytes: Uint8Array): Picture {
  const { header, data, palette } = partsOf(bytes);
  const { columns, rows, bits, samples } = header;
  const passes = (header.interlaced ? adam7 : [[0, 0, 1, 1] as const])
    .map(([x, y, dx, dy]) => {
      const wide = Math.ceil((columns - x) / dx);
      const high = Math.ceil((rows - y) / dy);
      return { x, y, dx, dy, wide, high, rowBytes: Math.ceil((wide * samples * bits) / 8) };
    })
    .filter(({ wide, high }) => wide > 0 && high > 0);
  const needed = passes.reduce((sum, { high, rowBytes }) => sum + high * (rowBytes + 1), 0);
  const raw = inflateExactly(data.length === 1 ? data[0]! : Buffer.concat(data), needed, 'PNG');
  const pixels =
    bits === 16 ? new Uint16Array(columns * rows * samples) : new Uint8Array(columns * rows * samples);
  const step = Math.max(1, (samples * bits) / 8);
  let at = 0;
  for (const pass of passes) {
    unfilter(raw, at, pass.high, pass.rowBytes, step);
    for (let y = 0; y < pass.high; y++) {
      const row = raw.subarray(at + 1, at + 1 + pass.rowBytes);
      at += pass.rowBytes + 1;
      const values = bits < 8 ? unpackBits(row, pass.wide * samples, 1, bits, pass.rowBytes) : row;
      const line = (pass.y + y * pass.dy) * columns;
      for (let x = 0; x < pass.wide; x++) {
        const to = (line + pass.x + x * pass.dx) * samples;
        for (let s = 0; s < samples; s++) {
          const from = x * samples + s;
          pixels[to + s] = bits === 16 ? values[2 * from]! * 256 + values[2 * from + 1]! : values[from]!;
        }
      }
    }
  }
  if (header.colourType === 3 && palette === undefined)
    throw new GantryError('CORRUPT', 'The PNG has no palette.');
  return {
    ...{ rows, columns, samples, bits, signed: false, inverted: false, pixels },
    ...(header.colourType === 3 ? { palette, paletteBits: 8 as const } : {}),
  };
}
