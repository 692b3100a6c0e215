import { describe, expect, it } from 'vitest';
import { readHeaders } from '../../../../src/imaging/index.ts';
import { type Item, nativeImage, pixelsOf, slicesOf } from '../build.ts';

const image = { rows: 1, columns: 2, bitsAllocated: 16, bitsStored: 12 };
const headerOf = (extra: Item, signed = false) =>
  readHeaders(nativeImage({ ...image, extra, signed }, [1, 2]), 'a.dcm')[0]!;

describe('slice headers', () => {
  it('keeps categories, and identity apart from them', () => {
    const header = headerOf([
      [0x00080020, 'DA', '20200601'],
      [0x00080060, 'CS', 'MR'],
      [0x00080070, 'LO', 'SIEMENS Healthineers'],
      [0x00081090, 'LO', 'Skyra'],
      [0x00100020, 'LO', 'ID-1 '],
      [0x00100030, 'DA', '19780602'],
      [0x00100040, 'CS', 'F'],
      [0x00180015, 'CS', 'BRAIN'],
      [0x00180020, 'CS', 'GR\\IR'],
      [0x00180081, 'DS', '2.5'],
      [0x00180087, 'DS', '15000'],
      [0x0020000e, 'UI', '1.2.3'],
    ]);
    expect(header.attributes).toEqual({
      modality: 'MR',
      sequence: 'T1 MPRAGE',
      bodyPart: 'BRAIN',
      sex: 'F',
      ageBand: '40-44',
      manufacturer: 'Siemens',
      model: 'Skyra',
      fieldStrengthT: 1.5,
    });
    // What import needs to make keys, offsets and, by choice, texts of; none of it is stored as it is.
    expect(header.identity).toMatchObject({ patientId: 'ID-1', seriesUid: '1.2.3', studyDate: '20200601' });
    expect(header.notices).toEqual(['head-mr-face']);
    expect(header.echoTimeMs).toBe(2.5);
  });

  it('makes no category of free text', () => {
    const header = headerOf([
      [0x00080060, 'CS', 'mr. jones!'],
      [0x00080070, 'LO', 'Dr. Jones Private Scanner'],
      [0x00081090, 'LO', 'Jones 3000'],
      [0x00100040, 'CS', 'X'],
    ]);
    expect(header.attributes).toEqual({ manufacturer: 'other' });
  });

  it.each([
    ['041Y', '40-44'],
    ['095Y', '90+'],
    ['018M', '0-4'],
    ['400D', '0-4'],
    ['999Y', undefined],
    ['old', undefined],
  ])('bands the age %s', (age, band) => {
    expect(headerOf([[0x00101010, 'AS', age]]).attributes.ageBand).toBe(band);
  });

  it('reads rescale, window, padding and MONOCHROME1', () => {
    const extra: Item = [
      [0x00280120, 'US', [63536]],
      [0x00281050, 'DS', '40\\60'],
      [0x00281051, 'DS', '400\\80'],
      [0x00281052, 'DS', '-1024'],
      [0x00281053, 'DS', '2.5'],
      [0x00281054, 'LO', 'HU'],
    ];
    expect(headerOf(extra)).toMatchObject({
      rescaleSlope: 2.5,
      rescaleIntercept: -1024,
      rescaleUnit: 'HU',
      windowCenter: 40,
      windowWidth: 400,
      paddingValue: 63536,
      inverted: false,
    });
    expect(headerOf(extra, true).paddingValue).toBe(-2000);
    const inverted = nativeImage({ ...image, photometric: 'MONOCHROME1' }, [1, 2]);
    expect(readHeaders(inverted, 'a.dcm')[0]!.inverted).toBe(true);
  });

  it('ignores geometry that cannot be', () => {
    const { geometry, plane } = headerOf([
      [0x00200032, 'DS', '1\\2'],
      [0x00200037, 'DS', '1\\0\\0\\1\\0\\0'],
      [0x00280030, 'DS', '0\\0'],
    ]);
    expect(geometry).toEqual({});
    expect(plane).toBeUndefined();
  });

  it('warns of text burnt into pixels', () => {
    expect(headerOf([[0x00280301, 'CS', 'YES']]).notices).toEqual(['burned-in-annotation']);
    expect(headerOf([[0x00080060, 'CS', 'US']]).notices).toEqual(['possible-burned-in-annotation']);
    const cleared: Item = [
      [0x00080060, 'CS', 'US'],
      [0x00280301, 'CS', 'NO'],
    ];
    expect(headerOf(cleared).notices).toEqual([]);
  });

  it('gives every frame of an enhanced object its own geometry, rescale and window', () => {
    const position = (z: number): Item => [
      [0x00209113, 'SQ', [[[0x00200032, 'DS', `0\\0\\${z}`]]]],
      [
        0x00289145,
        'SQ',
        [
          [
            [0x00281052, 'DS', '0'],
            [0x00281053, 'DS', String(z + 1)],
          ],
        ],
      ],
      [
        0x00289132,
        'SQ',
        [
          [
            [0x00281050, 'DS', String(10 * z)],
            [0x00281051, 'DS', '5'],
          ],
        ],
      ],
      [0x00189114, 'SQ', [[[0x00189082, 'FD', [30 + z]]]]],
    ];
    const shared: Item = [
      [0x00209116, 'SQ', [[[0x00200037, 'DS', '1\\0\\0\\0\\1\\0']]]],
      [
        0x00289110,
        'SQ',
        [
          [
            [0x00180050, 'DS', '3'],
            [0x00280030, 'DS', '0.5\\0.75'],
          ],
        ],
      ],
    ];
    const bytes = nativeImage(
      {
        ...image,
        frames: 3,
        extra: [
          [0x52009229, 'SQ', [shared]],
          [0x52009230, 'SQ', [position(1), position(2), position(3)]],
        ],
      },
      [1, 2, 3, 4, 5, 6],
    );
    const headers = readHeaders(bytes, 'a.dcm');
    expect(headers).toHaveLength(3);
    expect(headers[2]).toMatchObject({
      frame: 2,
      plane: 'axial',
      rescaleSlope: 4,
      windowCenter: 30,
      echoTimeMs: 33,
      geometry: {
        positionMm: [0, 0, 3],
        orientation: [1, 0, 0, 0, 1, 0],
        pixelSpacingMm: [0.5, 0.75],
        sliceThicknessMm: 3,
      },
    });
  });
});

describe('interpretation', () => {
  it('applies a modality LUT', async () => {
    const lut: Item = [
      [0x00283002, 'US', [3, 1, 16]],
      [0x00283006, 'US', [100, 200, 50000]],
    ];
    const bytes = nativeImage({ ...image, columns: 4, extra: [[0x00283000, 'SQ', [lut]]] }, [0, 1, 2, 9]);
    const [slice] = await slicesOf(bytes);
    expect([...slice!.pixels]).toEqual([100, 100, 200, 50000]);
    expect(slice!.header).toMatchObject({ bitsStored: 16, rescaleSlope: 1, rescaleIntercept: 0 });
  });

  it('keeps padding apart, through a modality LUT and over a range', async () => {
    const range: Item = [
      [0x00280120, 'US', [4090]],
      [0x00280121, 'US', [4080]],
    ];
    const [plain] = await slicesOf(
      nativeImage({ ...image, columns: 4, extra: range }, [1, 4079, 4080, 4085]),
    );
    expect([...plain!.pixels]).toEqual([1, 4079, 4090, 4090]);
    const lut: Item = [
      [0x00283002, 'US', [3, 1, 16]],
      [0x00283006, 'US', [0, 200, 50000]],
    ];
    const extra: Item = [...range, [0x00283000, 'SQ', [lut]]];
    const [slice] = await slicesOf(nativeImage({ ...image, columns: 4, extra }, [1, 3, 4084, 4090]));
    // Without care the table would make padding as bright as its last entry.
    const { paddingValue } = slice!.header;
    expect([0, 200, 50000]).not.toContain(paddingValue);
    expect([...slice!.pixels]).toEqual([0, 50000, paddingValue, paddingValue]);
  });

  it('never burns overlays in', async () => {
    const overlay: Item = [
      [0x60000010, 'US', [1]],
      [0x60000011, 'US', [4]],
      [0x60000040, 'CS', 'G'],
      [0x60000050, 'SS', [1, 1]],
      [0x60000100, 'US', [1]],
      [0x60000102, 'US', [0]],
      [0x60003000, 'OW', [15]],
    ];
    const [slice] = await slicesOf(nativeImage({ ...image, columns: 4, extra: overlay }, [5, 6, 7, 8]));
    expect([...slice!.pixels]).toEqual([5, 6, 7, 8]);
  });

  it('refuses colour, unless luminance is asked for', async () => {
    const rgb = { rows: 1, columns: 2, bitsAllocated: 8, samples: 3, photometric: 'RGB' };
    const bytes = nativeImage(rgb, [255, 0, 0, 10, 20, 30]);
    await expect(pixelsOf(bytes)).rejects.toMatchObject({ code: 'UNSUPPORTED_PIXELS' });
    expect(() => readHeaders(bytes, 'a.dcm')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_PIXELS' }),
    );
    expect(await pixelsOf(bytes, { colour: 'luminance' })).toEqual([76, 18]);
    const planar = nativeImage({ ...rgb, extra: [[0x00280006, 'US', [1]]] }, [255, 10, 0, 20, 0, 30]);
    expect(await pixelsOf(planar, { colour: 'luminance' })).toEqual([76, 18]);
    const ybr = nativeImage({ ...rgb, photometric: 'YBR_FULL_422' }, [7, 9, 128, 128]);
    expect(await pixelsOf(ybr, { colour: 'luminance' })).toEqual([7, 9]);
  });

  it('reads a palette as luminance', async () => {
    const channel = (low: number): Item => [
      [0x00281101 + low, 'US', [2, 0, 16]],
      [0x00281201 + low, 'OW', [0, 65535]],
    ];
    const bytes = nativeImage(
      {
        rows: 1,
        columns: 2,
        bitsAllocated: 8,
        photometric: 'PALETTE COLOR',
        extra: [...channel(0), ...channel(1), ...channel(2)].sort(([a], [b]) => a - b),
      },
      [0, 1],
    );
    expect(await pixelsOf(bytes, { colour: 'luminance' })).toEqual([0, 65535]);
  });
});
