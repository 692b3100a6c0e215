import { describe, expect, it } from 'vitest';
import { inspectImage, readImage, type StoredPixels } from '../../../../src/imaging/index.ts';
import { hasMagick, magickFile } from './magick.ts';

/** Wider than high, and dark but for a bright block in the upper left: where that lies tells the turn. */
const [columns, rows] = [48, 32];
const values = Uint8Array.from({ length: rows * columns }, (_, i) =>
  i % columns < 16 && i < 8 * columns ? 220 : 20 + Math.floor((i % columns) / 16) * 30,
);

/** APP1 with an EXIF directory of one field, and what comes after it. */
function exif(orientation: number, little: boolean, rest: readonly number[] = [0, 0, 0, 0]): Uint8Array {
  const u16 = (n: number) => (little ? [n & 255, n >> 8] : [n >> 8, n & 255]);
  const u32 = (n: number) => (little ? [...u16(n), 0, 0] : [0, 0, ...u16(n)]);
  const field = [...u16(274), ...u16(3), ...u32(1), ...u16(orientation), 0, 0];
  const tiff = [
    ...(little ? [0x49, 0x49] : [0x4d, 0x4d]),
    ...u16(42),
    ...u32(8),
    ...u16(1),
    ...field,
    ...rest,
  ];
  const body = [...Buffer.from('Exif\0\0', 'latin1'), ...tiff];
  const length = body.length + 2;
  return Uint8Array.from([0xff, 0xe1, length >> 8, length & 255, ...body]);
}

function withExif(jpeg: Uint8Array, segment: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]));
}

async function read(bytes: Uint8Array): Promise<{ rows: number; columns: number; pixels: StoredPixels }> {
  for await (const { header, pixels } of readImage(bytes, 'x')) {
    return { rows: header.rows, columns: header.columns, pixels };
  }
  throw new Error('No picture.');
}

/**
 * CIPA DC-008 table 6: which visual side the stored row 0 and column 0 are. The stored pixel (y, x) of a picture
 * with `h` rows and `w` columns then belongs at these visual coordinates.
 */
const places: Readonly<Record<number, (y: number, x: number, h: number, w: number) => [number, number]>> = {
  1: (y, x) => [y, x],
  2: (y, x, _h, w) => [y, w - 1 - x],
  3: (y, x, h, w) => [h - 1 - y, w - 1 - x],
  4: (y, x, h) => [h - 1 - y, x],
  5: (y, x) => [x, y],
  6: (y, x, h) => [x, h - 1 - y],
  7: (y, x, h, w) => [w - 1 - x, h - 1 - y],
  8: (y, x, _h, w) => [w - 1 - x, y],
};

describe.skipIf(!hasMagick)('a JPEG picture with an EXIF orientation', () => {
  const jpeg = hasMagick
    ? magickFile('gray', values, columns, rows, ['-quality', '95'], 'jpg')
    : new Uint8Array();

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i is turned as a viewer turns it', async (orientation) => {
    const stored = await read(jpeg);
    expect([stored.rows, stored.columns]).toEqual([rows, columns]);
    for (const little of [true, false]) {
      const bytes = withExif(jpeg, exif(orientation, little));
      const shown = await read(bytes);
      expect([shown.rows, shown.columns]).toEqual(orientation > 4 ? [columns, rows] : [rows, columns]);
      const wanted = new Uint8Array(rows * columns);
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
          const [toY, toX] = places[orientation]!(y, x, rows, columns);
          wanted[toY * shown.columns + toX] = stored.pixels[y * columns + x]!;
        }
      }
      expect(Buffer.compare(Buffer.from(shown.pixels as Uint8Array), Buffer.from(wanted))).toBe(0);
      expect(await inspectImage(bytes, 'x')).toMatchObject({ rows: shown.rows, columns: shown.columns });
    }
  });

  it('that is damaged or means nothing stays as it is stored', async () => {
    const stored = await read(jpeg);
    const wrong = [
      exif(0, true),
      exif(9, false),
      exif(6, true).subarray(0, 20),
      exif(6, true).fill(7, 10, 14),
    ];
    for (const segment of wrong) {
      const whole = Uint8Array.from(segment);
      // A segment that was cut says its own length.
      whole[2] = (whole.length - 2) >> 8;
      whole[3] = (whole.length - 2) & 255;
      expect(await read(withExif(jpeg, whole))).toEqual(stored);
    }
    // A directory after the first that leads nowhere takes nothing from the first.
    expect(await read(withExif(jpeg, exif(6, true, [0xff, 0xff, 0xff, 0])))).toMatchObject({ rows: columns });
  });
});

describe.skipIf(!hasMagick)('a TIFF picture with an orientation', () => {
  it.each([2, 3, 4, 5, 6, 7, 8])('%i is turned the same way', async (orientation) => {
    const names = [
      'TopRight',
      'BottomRight',
      'BottomLeft',
      'LeftTop',
      'RightTop',
      'RightBottom',
      'LeftBottom',
    ];
    const options = ['-compress', 'LZW', '-orient', names[orientation - 2]!];
    const shown = await read(magickFile('gray', values, columns, rows, options, 'tif'));
    const wanted = new Uint8Array(rows * columns);
    for (let i = 0; i < values.length; i++) {
      const [toY, toX] = places[orientation]!(Math.floor(i / columns), i % columns, rows, columns);
      wanted[toY * shown.columns + toX] = values[i]!;
    }
    expect(shown.pixels).toEqual(wanted);
  });
});
