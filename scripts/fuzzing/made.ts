import { crc32, deflateRawSync, deflateSync } from 'node:zlib';
import { build, type Item, part10 } from '../../tests/unit/imaging/build.ts';
import { encodeJpeg } from '../../tests/unit/imaging/codecs/jpegEncoder.ts';

/** Small files of the kinds that the real data lacks, made so that every structure of their formats occurs. */

const be32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n >>> 0);
  return bytes;
};

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([be32(data.length), body, be32(crc32(body))]);
}

/** An 8 x 6 PNG of the given bit depth, colour type and interlace method, every filter in use. */
export function madePng(depth: number, colour: number, interlaced = false): Uint8Array {
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour] ?? 1;
  const rowBytes = (width: number) => Math.ceil((width * samples * depth) / 8);
  // Adam7's passes of an 8 x 6 image: columns and rows of each.
  const passes = interlaced
    ? [
        [1, 1],
        [1, 1],
        [2, 1],
        [2, 2],
        [4, 1],
        [4, 3],
        [8, 3],
      ]
    : [[8, 6]];
  const rows = passes.flatMap(([width = 0, height = 0]) =>
    Array.from({ length: height }, (_, y) =>
      Uint8Array.from({ length: 1 + rowBytes(width) }, (_, i) => (i === 0 ? y % 5 : (37 * i + 11 * y) & 255)),
    ),
  );
  const header = Buffer.concat([be32(8), be32(6), Buffer.from([depth, colour, 0, 0, interlaced ? 1 : 0])]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk('IHDR', header),
    ...(colour === 3 ? [chunk('PLTE', new Uint8Array(3 * 2 ** depth))] : []),
    chunk('tEXt', Buffer.from('Comment\0made')),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** An 8 x 8 grey TIFF in strips; compression 1 none, 8 Deflate, 32773 PackBits; either byte order. */
export function madeTiff(bits: 8 | 16, compression: 1 | 8 | 32773, little: boolean): Uint8Array {
  const strips = [0, 1].map((s) => {
    const plain = Uint8Array.from({ length: (4 * 8 * bits) / 8 }, (_, i) => (13 * i + 5 * s) & 255);
    if (compression === 8) return new Uint8Array(deflateSync(plain));
    // PackBits: one literal run.
    return compression === 1 ? plain : Uint8Array.from([plain.length - 1, ...plain]);
  });
  const fields: [tag: number, type: 3 | 4, values: number[]][] = [
    [254, 4, [0]],
    [256, 3, [8]],
    [257, 3, [8]],
    [258, 3, [bits]],
    [259, 3, [compression]],
    [262, 3, [1]],
    [273, 4, [8, 8 + strips[0]!.length]],
    [274, 3, [1]],
    [277, 3, [1]],
    [278, 3, [4]],
    [279, 4, strips.map((strip) => strip.length)],
    [339, 3, [1]],
  ];
  const data = strips.reduce((sum, strip) => sum + strip.length, 0);
  const start = (8 + data + 1) & ~1;
  const extra = start + 2 + 12 * fields.length + 4;
  const out = Buffer.alloc(extra + 16);
  const u16 = (at: number, n: number) => (little ? out.writeUInt16LE(n, at) : out.writeUInt16BE(n, at));
  const u32 = (at: number, n: number) => (little ? out.writeUInt32LE(n, at) : out.writeUInt32BE(n, at));
  out.write(little ? 'II' : 'MM');
  u16(2, 42);
  u32(4, start);
  out.set(strips[0]!, 8);
  out.set(strips[1]!, 8 + strips[0]!.length);
  u16(start, fields.length);
  let beyond = extra;
  fields.forEach(([tag, type, values], i) => {
    const at = start + 2 + 12 * i;
    u16(at, tag);
    u16(at + 2, type);
    u32(at + 4, values.length);
    if (values.length > 1) {
      u32(at + 8, beyond);
      for (const value of values) {
        u32(beyond, value);
        beyond += 4;
      }
    } else if (type === 3) u16(at + 8, values[0]!);
    else u32(at + 8, values[0]!);
  });
  return out;
}

export function madeJpeg(precision: 8 | 12): Uint8Array {
  const plane = Array.from({ length: 256 }, (_, i) => (i * 7) % 2 ** precision);
  return encodeJpeg({ width: 16, height: 16, precision, planes: [plane] });
}

/** A ZIP archive of the files, stored and deflated in turns (APPNOTE 4.3). */
export function madeZip(files: readonly (readonly [name: string, bytes: Uint8Array])[]): Uint8Array {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  files.forEach(([name, bytes], i) => {
    const packed = i % 2 === 0 ? Buffer.from(bytes) : deflateRawSync(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(i % 2 === 0 ? 0 : 8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    central.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, Buffer.from(name)]),
    );
    locals.push(local);
    at += local.length;
  });
  const size = central.reduce((sum, one) => sum + one.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...central, end]);
}

/** A DICOMDIR of a patient, a study, a series and two images (PS3.3 F.3). */
export function madeDirectory(): Uint8Array {
  const record = (type: string, file?: string): Item => [
    [0x00041400, 'UL', [0]],
    [0x00041410, 'US', [0xffff]],
    [0x00041430, 'CS', type],
    ...(file === undefined ? [] : [[0x00041500, 'CS', file] as const]),
  ];
  const records = [
    record('PATIENT'),
    record('STUDY'),
    record('SERIES'),
    record('IMAGE', 'DICOM\\IM0001'),
    record('IMAGE', 'DICOM\\IM0002'),
  ];
  const body = build([
    [0x00041130, 'CS', 'FUZZ'],
    [0x00041220, 'SQ', records],
  ]);
  return part10('1.2.840.10008.1.2.1', body);
}

export const madeCsv = Buffer.from(
  'file,subject,diagnosis,"note, quoted",score\r\na.dcm,S1,tumour,"says ""no""",1\nb.dcm,S2,"none\nat all",x,2.5\n',
);
