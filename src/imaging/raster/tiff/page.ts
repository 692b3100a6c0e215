import { GantryError } from '../../../base/errors.ts';
import type { StoredPixels } from '../../types.ts';
import { checkPictureSize, type Picture, unpackBits } from '../picture.ts';
import { turned } from '../turn.ts';
import type { Directory } from './directory.ts';

import { undoPredictor } from './predictor.ts';
import { methodNames, methods } from './unpack.ts';

const photometricNames: Readonly<Record<number, string>> = {
  4: 'a transparency mask',
  5: 'CMYK',
  6: 'YCbCr',
  8: 'CIE L*a*b*',
  9: 'ICC L*a*b*',
  32803: 'a camera filter mosaic',
};

/** How a page's samples are written. */
interface PageLayout {
  readonly columns: number;
  readonly rows: number;
  readonly samples: 1 | 2 | 3 | 4;
  readonly bits: number;
  /** 1 unsigned, 2 signed, 3 float. */
  readonly format: number;
  readonly photometric: number;
  readonly planar: boolean;
  readonly predictor: number;
  readonly compression: number;
}

function unsupported(text: string): GantryError {
  return new GantryError('UNSUPPORTED_PIXELS', text, { action: 'Save it as plain grey TIFF or PNG.' });
}

function layoutOf(page: Directory): PageLayout {
  const columns = page.number(256, 0);
  const rows = page.number(257, 0);
  const samples = page.number(277, 1);
  const depths = page.numbers(258);
  const formats = page.numbers(339);
  const bits = depths[0] ?? 1;
  const format = formats[0] ?? 1;
  const photometric = page.number(262, 1);
  const compression = page.number(259, 1);
  if (depths.some((depth) => depth !== bits) || formats.some((one) => one !== format)) {
    throw unsupported('A TIFF whose channels differ in kind cannot be used.');
  }
  const kinds: Readonly<Record<number, readonly number[]>> = {
    1: [1, 2, 4, 8, 16, 32],
    2: [8, 16, 32],
    3: [32, 64],
  };
  // Format 4 is "undefined": taken as unsigned, as the standard says.
  const known = format === 4 ? 1 : format;
  if (!kinds[known]?.includes(bits)) {
    const name = ['unsigned', 'signed', 'float'][known - 1] ?? 'complex';
    throw unsupported(`TIFF samples of ${bits} bits (${name}) cannot be read.`);
  }
  const name = photometricNames[photometric];
  if (name !== undefined || photometric > 3)
    throw unsupported(`A TIFF in ${name ?? 'an unknown colour space'} cannot be used.`);
  const colours = photometric === 2 ? 3 : 1;
  if (samples < colours || samples > colours + 1 || (photometric === 3 && samples > 1)) {
    throw unsupported(`A TIFF of ${samples} channels cannot be used.`);
  }
  if (methods[compression] === undefined) {
    throw unsupported(`TIFF compression ${methodNames[compression] ?? compression} cannot be decoded.`);
  }
  if (page.number(266, 1) !== 1)
    throw unsupported('A TIFF with reversed bits (fill order 2) cannot be read.');
  return {
    ...{ columns, rows, bits, photometric, compression },
    samples: samples as PageLayout['samples'],
    format: known,
    planar: page.number(284, 1) === 2 && samples > 1,
    predictor: page.number(317, 1),
  };
}

function arrayOf({ bits, format }: PageLayout, length: number): StoredPixels {
  if (format === 3) return bits === 64 ? new Float64Array(length) : new Float32Array(length);
  if (bits <= 8) return format === 2 ? new Int8Array(length) : new Uint8Array(length);
  if (bits === 16) return format === 2 ? new Int16Array(length) : new Uint16Array(length);
  return format === 2 ? new Int32Array(length) : new Uint32Array(length);
}

/** The samples of a stretch of decoded bytes, row after row of `perRow`. */
function samplesOf(
  bytes: Uint8Array,
  layout: PageLayout,
  perRow: number,
  rows: number,
  little: boolean,
): StoredPixels {
  const { bits, format } = layout;
  if (bits < 8) return unpackBits(bytes, perRow, rows, bits, Math.ceil((perRow * bits) / 8));
  const out = arrayOf(layout, perRow * rows);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < out.length; i++) {
    if (bits === 8) out[i] = bytes[i]!;
    else if (bits === 16) out[i] = view.getUint16(2 * i, little);
    else if (bits === 64) out[i] = view.getFloat64(8 * i, little);
    else out[i] = format === 3 ? view.getFloat32(4 * i, little) : view.getUint32(4 * i, little);
  }
  return out;
}

/** Strips, or tiles: `wide` x `high` pixels each, row after row, and with planes one plane after another. */
interface Parts {
  readonly wide: number;
  readonly high: number;
  readonly tiled: boolean;
  readonly offsets: readonly number[];
  readonly lengths: readonly number[];
}

function partsOf(page: Directory, { columns, rows }: PageLayout): Parts {
  const tiled = page.number(322, 0) > 0;
  return {
    tiled,
    wide: tiled ? page.number(322, 0) : columns,
    high: tiled ? page.number(323, 0) : Math.min(rows, page.number(278, rows) || rows),
    offsets: page.numbers(tiled ? 324 : 273),
    lengths: page.numbers(tiled ? 325 : 279),
  };
}

/**
 * Decodes one page: strips or tiles, interleaved or by planes, not compressed, LZW, PackBits or Deflate.
 * @throws UNSUPPORTED_PIXELS, TRUNCATED, CORRUPT, TOO_LARGE, NO_PIXELS
 */
export function readPage(bytes: Uint8Array, page: Directory): Picture {
  const layout = layoutOf(page);
  const { columns, rows, samples, bits, planar } = layout;
  const method = methods[layout.compression]!;
  const parts = partsOf(page, layout);
  if (parts.offsets.length === 0) throw new GantryError('NO_PIXELS', 'The TIFF page has no pixels.');
  checkPictureSize(columns, rows, bits * samples, bytes.length, method.expansion);
  const { wide, high } = parts;
  checkPictureSize(wide, high, bits * samples, bytes.length, method.expansion);
  const across = Math.ceil(columns / wide);
  const perPlane = across * Math.ceil(rows / high);
  const planes = planar ? samples : 1;
  if (parts.offsets.length < perPlane * planes) {
    throw new GantryError('CORRUPT', `The TIFF has ${parts.offsets.length} of ${perPlane * planes} parts.`);
  }
  const perPixel = planar ? 1 : samples;
  const pixels = arrayOf(layout, columns * rows * samples);
  for (let part = 0; part < perPlane * planes; part++) {
    const plane = Math.floor(part / perPlane);
    const left = (part % across) * wide;
    const top = Math.floor((part % perPlane) / across) * high;
    // The last strip is as high as it needs to be; tiles are always whole.
    const partRows = parts.tiled ? high : Math.min(high, rows - top);
    const rowBytes = Math.ceil((wide * perPixel * bits) / 8);
    const data = dataOf(bytes, parts, part, layout.compression === 1 ? rowBytes * partRows : undefined);
    const raw = method.unpack(data, rowBytes * partRows);
    const little = undoPredictor(raw, layout.predictor, {
      rows: partRows,
      rowBytes,
      perPixel,
      bytesPerSample: bits / 8,
      littleEndian: page.littleEndian,
    });
    const values = samplesOf(raw, layout, wide * perPixel, partRows, little);
    const shownRows = Math.min(partRows, rows - top);
    const shown = Math.min(wide, columns - left);
    for (let y = 0; y < shownRows; y++) {
      const from = y * wide * perPixel;
      const to = ((top + y) * columns + left) * samples;
      if (!planar) pixels.set(values.subarray(from, from + shown * samples), to);
      else for (let x = 0; x < shown; x++) pixels[to + x * samples + plane] = values[from + x]!;
    }
  }
  const picture: Picture = {
    ...{ rows, columns, samples, bits, pixels },
    signed: layout.format !== 1,
    inverted: layout.photometric === 0,
    ...(layout.photometric === 3 ? { palette: paletteOf(page, bits), paletteBits: 16 as const } : {}),
  };
  return turned(picture, page.number(274, 1));
}

function dataOf(bytes: Uint8Array, parts: Parts, part: number, plain: number | undefined): Uint8Array {
  const offset = parts.offsets[part]!;
  // Some writers leave the lengths out; that of plain data is known, and compressed data ends itself.
  const length = parts.lengths[part] ?? plain ?? bytes.length - offset;
  if (offset < 8 || offset >= bytes.length) {
    throw new GantryError('TRUNCATED', 'The TIFF file ends before its pixels do.');
  }
  return bytes.subarray(offset, Math.min(bytes.length, offset + length));
}

/** Three tables of 2^bits values of 16 bits one after another. */
function paletteOf(page: Directory, bits: number): Picture['palette'] {
  const map = page.numbers(320);
  const count = 2 ** bits;
  if (bits > 8 || map.length < 3 * count) throw new GantryError('CORRUPT', 'The TIFF has no whole palette.');
  return Array.from({ length: count }, (_, i) => [map[i]!, map[count + i]!, map[2 * count + i]!] as const);
}
