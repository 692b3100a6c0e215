import { expect, it } from 'vitest';
import { readHeaders } from '../../../../src/imaging/index.ts';
import { nativeImage, slicesOf } from '../build.ts';

it('splits a Siemens mosaic into slices, each in its place', async () => {
  const bytes = nativeImage(
    {
      rows: 4,
      columns: 4,
      bitsAllocated: 16,
      bitsStored: 12,
      extra: [
        [0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\M\\ND\\MOSAIC'],
        [0x00180088, 'DS', '3'],
        [0x0019100a, 'US', [3]],
        [0x00200032, 'DS', '-10\\-20\\30'],
        [0x00200037, 'DS', '1\\0\\0\\0\\1\\0'],
        [0x00280030, 'DS', '2\\4'],
      ],
    },
    Array.from({ length: 16 }, (_, i) => i),
  );
  const slices = await slicesOf(bytes);
  expect(slices.map((s) => [...s.pixels])).toEqual([
    [0, 1, 4, 5],
    [2, 3, 6, 7],
    [8, 9, 12, 13],
  ]);
  // The corner of a 2 × 2 slice lies one pixel inside that of a 4 × 4 one with the same centre.
  expect(slices.map((s) => s.header.geometry.positionMm)).toEqual([
    [-6, -18, 30],
    [-6, -18, 33],
    [-6, -18, 36],
  ]);
  // As JSON: the reader of kept texts is a function, another one for each file that is read.
  expect(JSON.stringify(slices.map((s) => s.header))).toBe(JSON.stringify(readHeaders(bytes, 'a.dcm')));
  expect(slices[2]!.header).toMatchObject({ rows: 2, columns: 2, frame: 2, plane: 'axial' });
});
