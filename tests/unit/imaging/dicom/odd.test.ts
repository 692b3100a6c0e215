import { describe, expect, it } from 'vitest';
import { inspectImage, readHeaders } from '../../../../src/imaging/index.ts';
import {
  build,
  concat,
  encapsulatedImage,
  type Field,
  type ImageOptions,
  type Item,
  imageFields,
  nativeImage,
  part10,
  pixelsOf,
} from '../build.ts';

const explicit = '1.2.840.10008.1.2.1';
const small: ImageOptions = { rows: 2, columns: 3, bitsAllocated: 16, bitsStored: 12 };
const values = [1, 20, 300, 4000, 5, 60];
const pixels: Field = [0x7fe00010, 'OW', values];

function image(change: (fields: Field[]) => Item, options: ImageOptions = small): Uint8Array {
  return part10(explicit, build(change([...imageFields(options), pixels])));
}

/** The fields with one replaced. */
const replaced = (fields: Item, field: Field): Item =>
  [...fields.filter(([tag]) => tag !== field[0]), field].sort(([a], [b]) => a - b);

const u16 = (...numbers: number[]) => new Uint8Array(Uint16Array.from(numbers).buffer);
const code = (bytes: Uint8Array) => inspectImage(bytes, 'x').then(String, (e: { code?: string }) => e.code);

describe('files that are odd and still say what they mean', () => {
  it('attributes with VR UN, as systems write what they do not know', async () => {
    const asUnknown = (fields: Field[]): Item =>
      fields.map(([tag, vr, value]): Field => {
        if (tag < 0x00280000) return [tag, vr, value];
        return [tag, 'UN', build([[tag, vr, value]]).subarray(vr.startsWith('O') ? 12 : 8)];
      });
    expect(await pixelsOf(image(asUnknown))).toEqual(values);
  });

  it('sequences with VR UN: of a length, implicit, and with explicit items of no length', async () => {
    const item = build([[0x00083002, 'LO', 'x']], { explicit: false });
    const head = Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, item.length, 0, 0, 0);
    const sized: Field = [0x00091001, 'UN', concat(head, item)];
    expect(await pixelsOf(image((f) => replaced(f, sized)))).toEqual(values);
    const inner = build([
      [0x00091002, 'OB', Uint8Array.of(1, 2, 3, 4)],
      [0x00091003, 'LO', 'text'],
    ]);
    const ends = Uint8Array.of(0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);
    const open = concat(Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff), inner, ends);
    const whole = imageFields(small);
    const bytes = concat(
      build(whole.filter(([tag]) => tag < 0x00090000)),
      Uint8Array.of(0x09, 0, 0x01, 0x10, 0x55, 0x4e, 0, 0, 0xff, 0xff, 0xff, 0xff),
      open,
      build([...whole.filter(([tag]) => tag > 0x00090000), pixels]),
    );
    expect(await pixelsOf(part10(explicit, bytes))).toEqual(values);
  });

  it.each([
    [true, false, false],
    [true, true, false],
    [true, false, true],
    [true, true, true],
    [false, false, false],
    [false, true, false],
    [false, false, true],
    [false, true, true],
  ])(
    'items of a sequence with VR UN: explicit %s, item open %s, sequence open %s',
    (isExplicit, item, all) => {
      const measures = build(
        [
          [0x00180050, 'DS', '1.25'],
          [0x00280030, 'DS', '0.5\\0.75'],
        ],
        { explicit: isExplicit },
      );
      const head = (element: number, length: number) => {
        const bytes = new DataView(new ArrayBuffer(8));
        bytes.setUint16(0, 0xfffe, true);
        bytes.setUint16(2, element, true);
        bytes.setUint32(4, length, true);
        return new Uint8Array(bytes.buffer);
      };
      const open = 0xffffffff;
      const items = concat(
        head(0xe000, item ? open : measures.length),
        measures,
        ...(item ? [head(0xe00d, 0)] : []),
        ...(all ? [head(0xe0dd, 0)] : []),
      );
      // Shared functional groups hold pixel measures, which a system on the way has not known.
      const length = new Uint8Array(Uint32Array.of(all ? open : items.length).buffer);
      const unknown = concat(Uint8Array.of(0x28, 0, 0x10, 0x91, 0x55, 0x4e, 0, 0), length, items);
      const groups: Field = [0x52009229, 'UN', concat(head(0xe000, unknown.length), unknown)];
      const bytes = build([...imageFields(small), groups, pixels]);
      const [header] = readHeaders(part10(explicit, bytes), 'x.dcm');
      expect(header?.geometry).toMatchObject({ sliceThicknessMm: 1.25, pixelSpacingMm: [0.5, 0.75] });
    },
  );

  it('group lengths, right and wrong, in every group', async () => {
    const lengths: Item = [0x00080000, 0x00280000, 0x7fe00000].map((tag): Field => [tag, 'UL', [7]]);
    const bytes = image((f) => [...f, ...lengths].sort(([a], [b]) => a - b));
    expect(await pixelsOf(bytes)).toEqual(values);
  });

  it('a high bit that cannot be: the only one that the standard allows is believed', async () => {
    for (const high of [0, 7, 16, 99]) {
      const bytes = image((f) => replaced(f, [0x00280102, 'US', [high]]));
      expect(await pixelsOf(bytes)).toEqual(values);
    }
  });

  it('numbers with another VR or length than theirs', async () => {
    const rows: Item = [
      [0x00280010, 'UL', [2]],
      [0x00280010, 'IS', '2'],
      [0x00280010, 'US', [2, 9]],
    ];
    for (const field of rows) expect(await pixelsOf(image((f) => replaced(f, field)))).toEqual(values);
    // The other sign than Pixel Representation in an attribute that goes with it.
    const padded = image(
      (f) => [...f, [0x00280120, 'SS', [-2]]].sort(([a], [b]) => Number(a) - Number(b)) as Item,
    );
    expect(await pixelsOf(padded)).toEqual(values);
  });

  it('a number of frames that is empty or 0', async () => {
    for (const frames of ['', '0', ' 1 ']) {
      expect(await pixelsOf(image((f) => replaced(f, [0x00280008, 'IS', frames])))).toEqual(values);
    }
  });

  it('segmentations of one bit, whose frames do not end at bytes', async () => {
    const mask = { rows: 3, columns: 3, bitsAllocated: 1, frames: 3 };
    const bits = Array.from({ length: 27 }, (_, i) => (i * 5) % 3 === 0);
    const packed = new Uint8Array(4);
    bits.forEach((bit, i) => {
      if (bit) packed[i >> 3]! |= 1 << (i & 7);
    });
    expect(await pixelsOf(nativeImage(mask, packed))).toEqual(bits.map(Number));
  });

  it('big endian words, in a file without preamble and meta header too', async () => {
    const whole = nativeImage({ ...small, littleEndian: false }, values);
    expect(await pixelsOf(whole)).toEqual(values);
    const body = build([...imageFields(small), pixels], { littleEndian: false });
    expect(await pixelsOf(body)).toEqual(values);
    expect(await pixelsOf(build([...imageFields(small), pixels], { explicit: false }))).toEqual(values);
  });

  it('palettes whose entries have 8 bits, alone or in words', async () => {
    const palette = { ...small, bitsAllocated: 8, bitsStored: 8, photometric: 'PALETTE COLOR' };
    for (const data of [Uint8Array.of(0, 100, 200, 255), u16(0, 100, 200, 255)]) {
      const extra: Item = [1, 2, 3].flatMap(
        (n): Item => [
          [0x00281100 + n, 'US', [4, 0, 8]],
          [0x00281200 + n, 'OW', data],
        ],
      );
      const sorted = [...extra].sort(([a], [b]) => a - b);
      const bytes = nativeImage({ ...palette, extra: sorted }, Uint8Array.of(0, 1, 2, 3, 0, 9));
      expect(await pixelsOf(bytes, { colour: 'luminance' })).toEqual([0, 100, 200, 255, 0, 255]);
    }
  });
});

describe('files that cannot be read end with a code', () => {
  const rle = (segments: number, ...offsets: number[]) =>
    concat(
      new Uint8Array(
        Uint32Array.from([segments, ...offsets, ...new Array(15 - offsets.length).fill(0)]).buffer,
      ),
      Uint8Array.of(5, 1, 2, 3, 4, 5, 6, 5, 1, 2, 3, 4, 5, 6),
    );
  const rleImage = (stream: Uint8Array) => encapsulatedImage(small, '1.2.840.10008.1.2.5', [stream]);

  it.each<[string, () => Uint8Array, string]>([
    ['no rows', () => image((f) => replaced(f, [0x00280010, 'US', [0]])), 'CORRUPT'],
    ['rows that are missing', () => image((f) => f.filter(([tag]) => tag !== 0x00280010)), 'CORRUPT'],
    ['frames that are a word', () => image((f) => replaced(f, [0x00280008, 'IS', 'many'])), 'CORRUPT'],
    ['more frames than there are', () => image((f) => replaced(f, [0x00280008, 'IS', '9'])), 'TRUNCATED'],
    [
      'a millionfold of frames',
      () => image((f) => replaced(f, [0x00280008, 'IS', '2147483647'])),
      'TRUNCATED',
    ],
    [
      'stored bits beyond the allocated',
      () => image((f) => replaced(f, [0x00280101, 'US', [17]])),
      'UNSUPPORTED_PIXELS',
    ],
    [
      'integers of 64 bits',
      () => image((f) => replaced(replaced(f, [0x00280100, 'US', [64]]), [0x00280101, 'US', [64]])),
      'UNSUPPORTED_PIXELS',
    ],
    [
      'a private transfer syntax',
      () => part10('1.2.840.113619.5.2', build([...imageFields(small), pixels])),
      'UNSUPPORTED_SYNTAX',
    ],
    [
      'a retired transfer syntax',
      () => encapsulatedImage(small, '1.2.840.10008.1.2.4.52', [Uint8Array.of(255, 216, 255, 217)]),
      'UNSUPPORTED_SYNTAX',
    ],
    [
      'video',
      () => encapsulatedImage(small, '1.2.840.10008.1.2.4.102', [new Uint8Array(64)]),
      'UNSUPPORTED_SYNTAX',
    ],
    [
      'a syntax that is no UID',
      () => part10('no such syntax', build([...imageFields(small), pixels])),
      'UNSUPPORTED_SYNTAX',
    ],
    [
      'compressed pixels that are not encapsulated',
      () => part10('1.2.840.10008.1.2.4.50', build([...imageFields(small), pixels])),
      'CORRUPT',
    ],
    [
      'a JPEG frame without a JPEG',
      () => encapsulatedImage(small, '1.2.840.10008.1.2.4.50', [new Uint8Array(40)]),
      'TRUNCATED',
    ],
    [
      'an empty fragment',
      () => encapsulatedImage(small, '1.2.840.10008.1.2.4.90', [new Uint8Array(0)]),
      'CORRUPT',
    ],
    ['no fragment', () => encapsulatedImage(small, '1.2.840.10008.1.2.4.80', []), 'NO_PIXELS'],
    ['one RLE segment too many', () => rleImage(rle(3, 64, 71, 71)), 'CORRUPT'],
    ['RLE segments in the header', () => rleImage(rle(2, 8, 71)), 'CORRUPT'],
    ['RLE segments beyond the end', () => rleImage(rle(2, 64, 7100)), 'CORRUPT'],
    ['an RLE segment that ends early', () => rleImage(rle(2, 64, 77)), 'TRUNCATED'],
    [
      'an item where a value should be',
      () =>
        part10(
          explicit,
          concat(
            build(imageFields(small)),
            Uint8Array.of(
              0xe0,
              0x7f,
              0x10,
              0,
              0x4f,
              0x57,
              0,
              0,
              0xff,
              0xff,
              0xff,
              0xff,
              1,
              2,
              3,
              4,
              5,
              6,
              7,
              8,
            ),
          ),
        ),
      'CORRUPT',
    ],
    ['only a meta header', () => part10(explicit, new Uint8Array(0)), 'NO_PIXELS'],
  ])('%s', async (_name, make, wanted) => {
    expect(await code(make())).toBe(wanted);
  });
});
