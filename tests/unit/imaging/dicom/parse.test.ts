import { constants, deflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import { describe, expect, it } from 'vitest';
import { parseDicom } from '../../../../src/imaging/dicom/part10.ts';
import { inspectImage, readHeaders } from '../../../../src/imaging/index.ts';
import { manifest, readCorpusFile } from '../../../conformance/corpus.ts';
import {
  build,
  concat,
  encapsulatedImage,
  type Item,
  imageFields,
  nativeImage,
  part10,
  slicesOf,
  syntaxOf,
} from '../build.ts';

const encodings = [
  { explicit: true, littleEndian: true },
  { explicit: false, littleEndian: true },
  { explicit: true, littleEndian: false },
];
const image = { rows: 2, columns: 3, bitsAllocated: 16, bitsStored: 12 };
const pixels = [0, 1, 2, 4095, 300, 7];

describe('the DICOM parser', () => {
  it.each(encodings)('reads an image in %o', async (encoding) => {
    const bytes = nativeImage({ ...image, ...encoding }, pixels);
    const [slice] = await slicesOf(bytes);
    expect([...slice!.pixels]).toEqual(pixels);
    expect(slice!.header).toMatchObject({
      rows: 2,
      columns: 3,
      bitsStored: 12,
      transferSyntax: syntaxOf(encoding),
    });
  });

  it.each(encodings)('reads %o without preamble and without meta header', async (encoding) => {
    const bytes = build([...imageFields(image), [0x7fe00010, 'OW', pixels]], encoding);
    const [slice] = await slicesOf(bytes);
    expect([...slice!.pixels]).toEqual(pixels);
  });

  it('reads 64-bit VRs', () => {
    const body = build([
      [0x00080016, 'UI', '1.2'],
      [0x7fe00001, 'OV', [0, 5000000000]],
      [0x7fe00003, 'UV', [9007199254740991]],
      [0x7fe00005, 'SV', [-5]],
    ]);
    const { dataSet } = parseDicom(part10('1.2.840.10008.1.2.1', body));
    expect(dataSet.numbers(0x7fe00001)).toEqual([0, 5000000000]);
    expect(dataSet.numbers(0x7fe00003)).toEqual([9007199254740991]);
    expect(dataSet.numbers(0x7fe00005)).toEqual([-5]);
  });

  it.each(encodings)('passes nested sequences of both kinds of length in %o', (encoding) => {
    const leaf: Item = [[0x00100020, 'LO', 'inner']];
    const middle: Item = [
      [0x00400275, 'SQ', [leaf, leaf], true],
      [0x00100020, 'LO', 'middle'],
    ];
    const body = build(
      [
        [0x00080016, 'UI', '1.2'],
        [0x00081140, 'SQ', [middle, leaf], true],
        [0x00081150, 'SQ', [middle]],
        [0x00100020, 'LO', 'outer'],
      ],
      encoding,
    );
    const { dataSet } = parseDicom(part10(syntaxOf(encoding), body));
    expect(dataSet.string(0x00100020)).toBe('outer');
    const items = dataSet.items(0x00081140);
    expect(items.map((i) => i.string(0x00100020))).toEqual(['middle', 'inner']);
    expect(items[0]!.items(0x00400275).map((i) => i.string(0x00100020))).toEqual(['inner', 'inner']);
    expect(dataSet.item(0x00081150)!.string(0x00100020)).toBe('middle');
  });

  it('reads a deflated data set, and refuses a damaged one', async () => {
    const body = build([...imageFields(image), [0x7fe00010, 'OW', pixels]]);
    const syntax = '1.2.840.10008.1.2.1.99';
    const deflated = new Uint8Array(deflateRawSync(body));
    const [slice] = await slicesOf(part10(syntax, deflated));
    expect([...slice!.pixels]).toEqual(pixels);
    expect(() => parseDicom(part10(syntax, deflated.subarray(0, 40)))).toThrow(
      expect.objectContaining({ code: 'TRUNCATED' }),
    );
    // Half a gigabyte of zeros in half a megabyte: one deflated block, repeated.
    const block = deflateRawSync(new Uint8Array(2 ** 24), { finishFlush: constants.Z_FULL_FLUSH });
    const bomb = concat(...Array.from({ length: 32 }, () => block));
    expect(() => parseDicom(part10(syntax, bomb))).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  });

  it('gives coded errors for what is no image', async () => {
    const codes: [string, Uint8Array, string][] = [
      ['text', Buffer.from('This is a text file that somebody has called .dcm.\n'.repeat(9)), 'NOT_AN_IMAGE'],
      ['empty', new Uint8Array(0), 'NOT_AN_IMAGE'],
      ['no pixels', part10('1.2.840.10008.1.2.1', build([[0x00080016, 'UI', '1.2']])), 'NO_PIXELS'],
      ['cut pixels', nativeImage(image, pixels).slice(0, -4), 'TRUNCATED'],
      ['cut header', nativeImage(image, pixels).slice(0, 200), 'TRUNCATED'],
      ['odd frames', nativeImage({ ...image, extra: [[0x00280008, 'IS', '1A']] }, pixels), 'CORRUPT'],
      ['many frames', nativeImage({ ...image, frames: 2_000_000_000 }, pixels), 'TRUNCATED'],
      ['huge', nativeImage({ ...image, rows: 65535, columns: 65535 }, pixels), 'TOO_LARGE'],
      [
        'video',
        encapsulatedImage(image, '1.2.840.10008.1.2.4.102', [new Uint8Array(8)]),
        'UNSUPPORTED_SYNTAX',
      ],
    ];
    for (const [what, bytes, code] of codes) {
      await expect(inspectImage(bytes, 'a.dcm'), what).rejects.toMatchObject({ name: 'GantryError', code });
    }
  });

  it('refuses a length of 4 GB and sequences without end, at once', () => {
    const claim = concat(
      part10('1.2.840.10008.1.2.1', build(imageFields(image))),
      Uint8Array.of(0xe0, 0x7f, 0x10, 0, 0x4f, 0x57, 0, 0, 0xfe, 0xff, 0xff, 0xff, 1, 2),
    );
    expect(() => readHeaders(claim, 'a.dcm')).toThrow(expect.objectContaining({ code: 'TRUNCATED' }));
    const deep = concat(
      part10('1.2.840.10008.1.2', build([[0x00080016, 'UI', '1.2']], { explicit: false })),
      ...Array.from({ length: 5000 }, () =>
        Uint8Array.of(8, 0, 0x40, 0x11, 255, 255, 255, 255, 0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255),
      ),
    );
    expect(() => parseDicom(deep)).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
  });

  it('finds the elements that dicom-parser finds, in every real file that both can read', () => {
    const rows = manifest('conformance');
    if (rows === undefined) return;
    let compared = 0;
    for (const row of rows) {
      const bytes = readCorpusFile('conformance', row.path!);
      // dicom-parser goes on into the padding behind a deflated data set.
      if (row.transfer_syntax === '1.2.840.10008.1.2.1.99') continue;
      let oracle: ReturnType<typeof dicomParser.parseDicom>;
      try {
        oracle = dicomParser.parseDicom(Buffer.from(bytes));
      } catch {
        continue;
      }
      const { dataSet } = parseDicom(bytes);
      for (const [name, element] of Object.entries(oracle.elements)) {
        const tag = Number.parseInt(name.slice(1), 16);
        if (tag < 0x00080000 || element.hadUndefinedLength === true) continue;
        const own = dataSet.get(tag);
        const place = { offset: element.dataOffset, length: element.length };
        expect({ offset: own?.offset, length: own?.length }, `${row.path} ${name}`).toEqual(place);
      }
      compared++;
    }
    expect(compared).toBeGreaterThan(340);
  });
});
