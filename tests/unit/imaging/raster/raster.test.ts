import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/base/random.ts';
import { detectKind, inspectImage, readImage } from '../../../../src/imaging/index.ts';
import type { ReadOptions, Slice } from '../../../../src/imaging/types.ts';
import { hasMagick, magickFile, magickSamples } from './magick.ts';

const [columns, rows] = [61, 47];

/** Smooth with some noise, so that every filter and code length occurs. */
function values16(samples = 1, seed = 1): Uint16Array {
  const random = new Random(seed, 'raster');
  return Uint16Array.from({ length: rows * columns * samples }, (_, i) => {
    const [y, x] = [Math.floor(i / columns / samples), Math.floor(i / samples) % columns];
    const smooth = 20000 * (1 + Math.sin(x / 9 + (i % samples)) * Math.cos(y / 7));
    return Math.round(smooth + (x > 40 ? 5000 * random.uniform() : 0) + (y < 6 ? 65535 - smooth : 0));
  });
}
const values8 = (samples = 1, seed = 1) => Uint8Array.from(values16(samples, seed), (value) => value >> 8);

async function slicesOf(bytes: Uint8Array, options: ReadOptions = {}): Promise<Slice[]> {
  const slices: Slice[] = [];
  for await (const slice of readImage(bytes, 'x', options)) slices.push(slice);
  return slices;
}

async function only(bytes: Uint8Array, options: ReadOptions = {}): Promise<Slice> {
  const slices = await slicesOf(bytes, options);
  expect(slices).toHaveLength(1);
  return slices[0]!;
}

const code = (error: unknown) => (error as { code?: string }).code;

describe.skipIf(!hasMagick)('pictures that ImageMagick wrote', () => {
  const tiffs: [string, string[]][] = [
    ['not compressed', ['-compress', 'None']],
    ['not compressed, big-endian', ['-compress', 'None', '-endian', 'MSB']],
    ['LZW', ['-compress', 'LZW']],
    ['LZW, big-endian', ['-compress', 'LZW', '-endian', 'MSB']],
    ['LZW with a predictor', ['-compress', 'LZW', '-define', 'tiff:predictor=2']],
    ['PackBits', ['-compress', 'RLE']],
    ['Deflate', ['-compress', 'Zip']],
    [
      'Deflate with a predictor, big-endian',
      ['-compress', 'Zip', '-define', 'tiff:predictor=2', '-endian', 'MSB'],
    ],
    ['tiles', ['-compress', 'None', '-define', 'tiff:tile-geometry=16x32']],
    ['tiles of LZW', ['-compress', 'LZW', '-define', 'tiff:tile-geometry=32x16']],
    ['strips of three rows', ['-compress', 'LZW', '-define', 'tiff:rows-per-strip=3']],
    ['BigTIFF', ['-compress', 'LZW', '-define', 'tiff:big=true']],
  ];
  it.each(tiffs)('TIFF, %s: 8 and 16 bits are exact', async (_, options) => {
    for (const values of [values8(), values16()]) {
      const depth = ['-depth', values instanceof Uint8Array ? '8' : '16'];
      const bytes = magickFile('gray', values, columns, rows, [...depth, ...options], 'tif');
      expect(detectKind(bytes, 'x')).toBe('tiff');
      const { header, pixels } = await only(bytes);
      expect([header.rows, header.columns]).toEqual([rows, columns]);
      expect(pixels).toEqual(values);
    }
  });

  it('TIFF of 32-bit floats, with and without predictor, both byte orders', async () => {
    const values = values16();
    for (const compress of ['LZW', 'Zip'])
      for (const endian of ['LSB', 'MSB'])
        for (const predictor of ['tiff:predictor=1', 'tiff:predictor=3']) {
          const options = ['-depth', '32', '-define', 'quantum:format=floating-point'];
          options.push('-compress', compress, '-endian', endian, '-define', predictor);
          const { pixels } = await only(magickFile('gray', values, columns, rows, options, 'tif'));
          expect(pixels).toBeInstanceOf(Float32Array);
          // ImageMagick maps 0 .. 65535 to 0 .. 1.
          pixels.forEach((value, i) => {
            expect(Math.abs(value * 65535 - values[i]!)).toBeLessThan(0.01);
          });
        }
  });

  it('pages of a TIFF are frames', async () => {
    const one = values16();
    const bytes = magickFile(
      'gray',
      one,
      columns,
      rows,
      ['(', '+clone', '-negate', ')', '-depth', '16', '-compress', 'LZW'],
      'tif',
    );
    const slices = await slicesOf(bytes);
    expect(slices.map(({ header }) => header.frame)).toEqual([0, 1]);
    expect(slices[0]!.pixels).toEqual(one);
    expect(slices[1]!.pixels).toEqual(one.map((value) => 65535 - value));
    expect(await inspectImage(bytes, 'x')).toMatchObject({
      kind: 'tiff',
      frames: 2,
      bits: 16,
      photometric: 'MONOCHROME2',
    });
  });

  it('low is bright where the TIFF says WhiteIsZero', async () => {
    const values = values8();
    const bytes = magickFile('gray', values, columns, rows, ['-depth', '8', '-compress', 'None'], 'tif');
    expect((await only(bytes)).header.inverted).toBe(false);
    // The field PhotometricInterpretation (262), a short, changed from 1 to 0.
    const field = Buffer.from([0x06, 0x01, 3, 0, 1, 0, 0, 0, 1, 0]);
    bytes[Buffer.from(bytes.buffer).indexOf(field) + 8] = 0;
    const { header, pixels } = await only(bytes);
    expect(header.inverted).toBe(true);
    expect(pixels).toEqual(values);
  });

  it('colour is refused by name, or becomes luminance', async () => {
    const values = values8(3);
    const expected = Float64Array.from({ length: rows * columns }, (_, i) => {
      return 0.299 * values[3 * i]! + 0.587 * values[3 * i + 1]! + 0.114 * values[3 * i + 2]!;
    });
    const kinds = [
      ['png', []],
      ['tif', ['-compress', 'LZW']],
      ['tif', ['-compress', 'Zip', '-interlace', 'Plane', '-define', 'tiff:tile-geometry=16x16']],
      ['tif', ['-compress', 'None', '-interlace', 'Plane']],
    ] as const;
    for (const [extension, options] of kinds) {
      const bytes = magickFile('rgb', values, columns, rows, ['-depth', '8', ...options], extension);
      await expect(only(bytes)).rejects.toMatchObject({ code: 'UNSUPPORTED_PIXELS', message: /colour/ });
      const { pixels } = await only(bytes, { colour: 'luminance' });
      pixels.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(0.5);
      });
    }
  });

  it('grey written as three equal channels, or as a palette of greys, is grey', async () => {
    const values = values8().map((value) => value & 0xf0);
    for (const kind of ['PNG24', 'PNG8']) {
      const bytes = magickFile(
        'gray',
        values,
        columns,
        rows,
        ['-depth', '8', '-type', kind === 'PNG8' ? 'Palette' : 'TrueColor'],
        'png',
      );
      expect((await only(bytes)).pixels).toEqual(values);
    }
    const colours = values8(3).map((value) => value & 0xc0);
    const palette = magickFile(
      'rgb',
      colours,
      columns,
      rows,
      ['-type', 'Palette', '-compress', 'LZW'],
      'tif',
    );
    await expect(only(palette)).rejects.toMatchObject({ code: 'UNSUPPORTED_PIXELS', message: /palette/ });
    const shown = await only(palette, { colour: 'luminance' });
    shown.pixels.forEach((value, i) => {
      const [r, g, b] = colours.subarray(3 * i, 3 * i + 3);
      expect(Math.abs(value / 257 - (0.299 * r! + 0.587 * g! + 0.114 * b!))).toBeLessThanOrEqual(0.6);
    });
  });

  it('PNG of 1 to 16 bits, interlaced or not', async () => {
    for (const interlace of ['None', 'PNG'])
      for (const bits of [1, 2, 4, 8, 16]) {
        const top = 2 ** bits - 1;
        const levels = values16().map((value) => Math.round((value / 65535) * top));
        const full = levels.map((level) => Math.round((level / top) * 65535));
        const options = [
          '-interlace',
          interlace,
          '-depth',
          String(bits),
          '-define',
          `png:bit-depth=${bits}`,
          '-define',
          'png:color-type=0',
        ];
        const { header, pixels } = await only(magickFile('gray', full, columns, rows, options, 'png'));
        expect(header.bitsStored).toBe(bits);
        expect([...pixels]).toEqual([...levels]);
      }
  });

  it('JPEG, grey and colour, baseline and progressive: within a grey level of the other decoder', async () => {
    for (const interlace of ['None', 'JPEG'])
      for (const quality of ['60', '95']) {
        const grey = magickFile(
          'gray',
          values8(),
          columns,
          rows,
          ['-quality', quality, '-interlace', interlace],
          'jpg',
        );
        const theirs = magickSamples(grey, 'jpg', 'gray', 8);
        const { pixels } = await only(grey);
        pixels.forEach((value, i) => {
          expect(Math.abs(value - theirs[i]!)).toBeLessThanOrEqual(1);
        });
        const colour = magickFile(
          'rgb',
          values8(3),
          columns,
          rows,
          ['-quality', quality, '-interlace', interlace],
          'jpg',
        );
        await expect(only(colour)).rejects.toMatchObject({ code: 'UNSUPPORTED_PIXELS' });
        const rgb = magickSamples(colour, 'jpg', 'rgb', 8);
        const light = (await only(colour, { colour: 'luminance' })).pixels;
        light.forEach((value, i) => {
          const there = 0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!;
          expect(Math.abs(value - there)).toBeLessThanOrEqual(2);
        });
      }
  });

  it('inspects what is stored', async () => {
    const values = values16();
    const bytes = magickFile('gray', values, columns, rows, ['-depth', '16'], 'png');
    const inspection = await inspectImage(bytes, 'x');
    const sum = values.reduce((total, value) => total + value, 0);
    expect(inspection).toMatchObject({
      ...{ kind: 'png', rows, columns, frames: 1, bits: 16, signed: false },
      ...{ min: Math.min(...values), max: Math.max(...values), mean: sum / values.length },
    });
  });

  it('a file that is cut off at any place is refused by a code', async () => {
    const files = [
      magickFile('gray', values16(), columns, rows, ['-depth', '16', '-compress', 'LZW'], 'tif'),
      magickFile('gray', values8(), columns, rows, [], 'png'),
    ];
    for (const bytes of files)
      for (let length = 12; length < bytes.length - 12; length += 97) {
        // What is cut off may be text that nobody needs.
        const found = await only(bytes.subarray(0, length)).catch((error: unknown) => code(error));
        if (typeof found === 'object') expect(found.pixels).toEqual((await only(bytes)).pixels);
        else expect(['TRUNCATED', 'CORRUPT', 'NO_PIXELS', 'UNSUPPORTED_PIXELS']).toContain(found);
      }
  });
});

describe('headers that claim too much', () => {
  it('PNG, TIFF and JPEG of 4 GB are refused before anything is allocated', async () => {
    const png = encode({ width: 4, height: 4, depth: 8, channels: 1, data: new Uint8Array(16) });
    const damaged = png.slice();
    new DataView(damaged.buffer).setUint32(16, 65536);
    new DataView(damaged.buffer).setUint32(20, 65536);
    const { crc32 } = await import('node:zlib');
    new DataView(damaged.buffer).setUint32(29, crc32(damaged.subarray(12, 29)));
    const tiff = new DataView(new ArrayBuffer(8 + 2 + 5 * 12 + 4));
    tiff.setUint32(0, 0x49492a00);
    tiff.setUint32(4, 8, true);
    tiff.setUint16(8, 5, true);
    const fields = [
      [256, 65536],
      [257, 65536],
      [258, 8],
      [273, 8],
      [279, 10],
    ] as const;
    fields.forEach(([tag, value], i) => {
      tiff.setUint16(10 + i * 12, tag, true);
      tiff.setUint16(12 + i * 12, 4, true);
      tiff.setUint32(14 + i * 12, 1, true);
      tiff.setUint32(18 + i * 12, value, true);
    });
    const jpeg = Uint8Array.from([
      0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0, 0xff, 0xda, 0, 0,
    ]);
    const before = process.memoryUsage();
    for (const bytes of [damaged, new Uint8Array(tiff.buffer), jpeg]) {
      await expect(only(bytes)).rejects.toMatchObject({ code: 'TOO_LARGE' });
    }
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(32 * 1024 * 1024);
  });

  it('PNG data that inflate to more than the picture are not inflated', async () => {
    const { deflateSync, crc32 } = await import('node:zlib');
    const chunk = (type: string, body: Uint8Array) => {
      const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
      const out = Buffer.alloc(named.length + 8);
      out.writeUInt32BE(body.length, 0);
      named.copy(out, 4);
      out.writeUInt32BE(crc32(named), named.length + 4);
      return out;
    };
    const header = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0]);
    const bomb = Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.alloc(64 * 1024 * 1024))),
      chunk('IEND', Buffer.alloc(0)),
    ]);
    await expect(only(bomb)).rejects.toMatchObject({ code: 'CORRUPT', message: /inflates to more/ });
  });
});
