import { GantryError } from '../../../base/errors.ts';
import { HuffmanTable } from './huffman.ts';

export interface Component {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  /** Quantisation table, by its selector. */
  readonly tq: number;
}

export interface Frame {
  readonly marker: number;
  readonly precision: number;
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
}

/** A scan header with the tables in force where it stands (T.81 B.2.3). */
export interface Scan {
  readonly components: readonly { readonly index: number; readonly dc: number; readonly ac: number }[];
  readonly spectralStart: number;
  readonly spectralEnd: number;
  readonly high: number;
  readonly low: number;
  /** First byte of entropy-coded data. */
  readonly start: number;
}

/** Tables as the markers read so far have left them. */
export interface Tables {
  readonly quantisation: (Uint16Array | undefined)[];
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
  restartInterval: number;
}

/**
 * Walks the marker segments of a JPEG codestream. `onScan` decodes one scan and says where the next marker is.
 */
export function walkJpeg(
  data: Uint8Array,
  onFrame: (frame: Frame) => void,
  onScan: (scan: Scan, tables: Tables) => number,
): void {
  const tables: Tables = { quantisation: [], dc: [], ac: [], restartInterval: 0 };
  let frame: Frame | undefined;
  let scans = 0;
  let at = 2;
  while (at + 4 <= data.length) {
    const marker = data[at + 1]!;
    if (data[at] !== 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd9) break;
    if (marker === 0xff || marker === 0 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const end = at + 2 + data[at + 2]! * 256 + data[at + 3]!;
    if (end > data.length || end < at + 4)
      throw new GantryError('TRUNCATED', 'The JPEG data ends in its header.');
    const body = data.subarray(at + 4, end);
    if (marker === 0xc4) readHuffman(body, tables);
    else if (marker === 0xdb) readQuantisation(body, tables);
    else if (marker === 0xdd) tables.restartInterval = (body[0] ?? 0) * 256 + (body[1] ?? 0);
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
      if (frame !== undefined) throw new GantryError('CORRUPT', 'The JPEG data has more than one frame.');
      frame = readFrame(marker, body);
      onFrame(frame);
    } else if (marker === 0xda) {
      if (frame === undefined) throw new GantryError('CORRUPT', 'The JPEG data has a scan before its frame.');
      // A progressive image has at most about a hundred scans; a bomb has thousands.
      if (++scans > 256) throw new GantryError('CORRUPT', 'The JPEG data has more than 256 scans.');
      at = onScan(readScan(body, frame, end), tables);
      continue;
    }
    at = end;
  }
  if (scans === 0) throw new GantryError('TRUNCATED', 'The JPEG data has no scan.');
}

function readHuffman(body: Uint8Array, tables: Tables): void {
  let at = 0;
  while (at + 17 <= body.length) {
    const which = body[at]!;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, n) => sum + n, 0);
    if (total > 256 || at + 17 + total > body.length) {
      throw new GantryError('CORRUPT', 'The JPEG data has a damaged Huffman table.');
    }
    const table = new HuffmanTable(counts, body.subarray(at + 17, at + 17 + total));
    (which >> 4 === 0 ? tables.dc : tables.ac)[which & 3] = table;
    at += 17 + total;
  }
}

function readQuantisation(body: Uint8Array, tables: Tables): void {
  let at = 0;
  while (at < body.length) {
    const which = body[at++]!;
    const wide = which >> 4 !== 0;
    if (at + (wide ? 128 : 64) > body.length) {
      throw new GantryError('CORRUPT', 'The JPEG data has a damaged quantisation table.');
    }
    const table = new Uint16Array(64);
    for (let i = 0; i < 64; i++) {
      table[i] = wide ? body[at]! * 256 + body[at + 1]! : body[at]!;
      at += wide ? 2 : 1;
    }
    tables.quantisation[which & 3] = table;
  }
}

function readFrame(marker: number, body: Uint8Array): Frame {
  const count = body[5] ?? 0;
  if (body.length < 6 + count * 3 || count < 1 || count > 4) {
    throw new GantryError('CORRUPT', 'The JPEG data has a damaged frame header.');
  }
  const components = Array.from({ length: count }, (_, i): Component => {
    const at = 6 + i * 3;
    const sampling = body[at + 1]!;
    return { id: body[at]!, h: sampling >> 4, v: sampling & 15, tq: body[at + 2]! & 3 };
  });
  if (components.some((c) => c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4)) {
    throw new GantryError('CORRUPT', 'The JPEG data has impossible sampling factors.');
  }
  return {
    marker,
    precision: body[0]!,
    height: body[1]! * 256 + body[2]!,
    width: body[3]! * 256 + body[4]!,
    components,
  };
}

function readScan(body: Uint8Array, frame: Frame, start: number): Scan {
  const count = body[0] ?? 0;
  if (count < 1 || count > 4 || body.length < 4 + count * 2) {
    throw new GantryError('CORRUPT', 'The JPEG data has a damaged scan header.');
  }
  const components = Array.from({ length: count }, (_, i) => {
    const index = frame.components.findIndex((c) => c.id === body[1 + i * 2]);
    if (index < 0) throw new GantryError('CORRUPT', 'A JPEG scan names a component that the frame lacks.');
    const selectors = body[2 + i * 2]!;
    return { index, dc: (selectors >> 4) & 3, ac: selectors & 3 };
  });
  const at = 1 + count * 2;
  return {
    components,
    spectralStart: body[at]!,
    spectralEnd: body[at + 1]!,
    high: body[at + 2]! >> 4,
    low: body[at + 2]! & 15,
    start,
  };
}
