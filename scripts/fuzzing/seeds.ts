import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { madeCsv, madeDirectory, madeJpeg, madePng, madeTiff, madeZip } from './made.ts';

/** Which reader an input is for. */
export const readerNames = ['dicom', 'nifti', 'png', 'tiff', 'jpeg', 'zip', 'dicomdir', 'csv'] as const;
export type ReaderName = (typeof readerNames)[number];

export interface Seed {
  readonly reader: ReaderName;
  readonly name: string;
  readonly bytes: Uint8Array;
}

const MAX_SEED_BYTES = 80_000;
const MAX_PER_FOLDER = 60;

/** Small real files of every kind, where the test data is; always the built-in ones, so that fuzzing never needs it. */
export function seeds(): Seed[] {
  const root = process.env.GANTRY_TEST_DATA ?? resolve(import.meta.dirname, '../../../shared/data');
  const real: Seed[] = [];
  for (const set of ['conformance', 'nifti', 'mri']) {
    const folder = join(root, set);
    if (!existsSync(folder)) continue;
    for (const sub of readdirSync(folder).sort()) {
      const path = join(folder, sub);
      if (!statSync(path).isDirectory()) continue;
      const small = readdirSync(path)
        .sort()
        .map((name) => join(path, name))
        .filter((file) => statSync(file).size <= MAX_SEED_BYTES && !/charset|DICOMDIR|dicomdir/.test(file));
      // Spread over the folder, because neighbours are alike.
      const step = Math.max(1, Math.floor(small.length / MAX_PER_FOLDER));
      for (let i = 0; i < small.length; i += step) {
        const file = small[i]!;
        const name = file.slice(root.length + 1);
        const bytes = new Uint8Array(readFileSync(file));
        if (name.endsWith('.nii.gz')) {
          // Most damage to packed bytes ends at the checksum: what is inside is damaged instead.
          const inside = new Uint8Array(gunzipSync(bytes));
          if (inside.length <= 4 * MAX_SEED_BYTES) {
            real.push({ reader: 'nifti', name: name.slice(0, -3), bytes: inside });
          }
          if (i > 5 * step) continue;
        }
        real.push({ reader: /\.nii(\.gz)?$/.test(name) ? 'nifti' : 'dicom', name, bytes });
      }
    }
  }
  return [...builtIn(), ...real];
}

const pngs = [
  [8, 0, false],
  [16, 0, false],
  [1, 0, false],
  [8, 2, false],
  [4, 3, false],
  [16, 4, false],
  [8, 6, true],
  [16, 0, true],
] as const;
const tiffs = [
  [8, 1, true],
  [16, 1, false],
  [16, 8, true],
  [8, 32773, false],
] as const;

function builtIn(): Seed[] {
  const nifti = tinyNifti();
  return [
    { reader: 'nifti', name: 'built-in/tiny.nii', bytes: nifti },
    { reader: 'nifti', name: 'built-in/tiny.nii.gz', bytes: new Uint8Array(gzipSync(nifti)) },
    { reader: 'dicom', name: 'built-in/implicit.dcm', bytes: tinyDicom() },
    ...pngs.map(([depth, colour, interlaced]) => ({
      reader: 'png' as const,
      name: `built-in/${depth}-${colour}.png`,
      bytes: madePng(depth, colour, interlaced),
    })),
    ...tiffs.map(([bits, compression, little]) => ({
      reader: 'tiff' as const,
      name: `built-in/${bits}-${compression}.tif`,
      bytes: madeTiff(bits, compression, little),
    })),
    { reader: 'jpeg', name: 'built-in/8.jpg', bytes: madeJpeg(8) },
    { reader: 'jpeg', name: 'built-in/12.jpg', bytes: madeJpeg(12) },
    {
      reader: 'zip',
      name: 'built-in/scans.zip',
      bytes: madeZip([
        ['a/1.dcm', tinyDicom()],
        ['a/2.nii', nifti],
        ['b.png', madePng(16, 0)],
      ]),
    },
    { reader: 'dicomdir', name: 'DICOMDIR', bytes: madeDirectory() },
    { reader: 'csv', name: 'built-in/labels.csv', bytes: madeCsv },
  ];
}

/** A NIfTI-1 volume of 4 × 3 × 2 int16 voxels. */
function tinyNifti(): Uint8Array {
  const bytes = new Uint8Array(352 + 48);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, true);
  [3, 4, 3, 2, 1, 1, 1, 1].forEach((n, i) => {
    view.setInt16(40 + i * 2, n, true);
  });
  view.setInt16(70, 4, true);
  view.setInt16(72, 16, true);
  for (let i = 1; i < 4; i++) view.setFloat32(76 + i * 4, 1, true);
  view.setFloat32(108, 352, true);
  view.setFloat32(112, 2, true);
  bytes.set([0x6e, 0x2b, 0x31, 0], 344);
  for (let i = 0; i < 24; i++) view.setInt16(352 + i * 2, i * 7 - 50, true);
  return bytes;
}

/** An implicit little endian image of 4 × 4 16-bit pixels, without preamble. */
function tinyDicom(): Uint8Array {
  const us = (tag: number, value: number): number[] => element(tag, [value & 0xff, value >> 8]);
  const text = (tag: number, value: string): number[] =>
    element(tag, [...Buffer.from(value.padEnd(value.length + (value.length % 2)))]);
  return Uint8Array.from([
    ...text(0x00080016, '1.2.840.10008.5.1.4.1.1.4'),
    ...text(0x00080060, 'MR'),
    ...text(0x00100020, 'FUZZ'),
    ...us(0x00280002, 1),
    ...text(0x00280004, 'MONOCHROME2'),
    ...us(0x00280010, 4),
    ...us(0x00280011, 4),
    ...us(0x00280100, 16),
    ...us(0x00280101, 12),
    ...us(0x00280102, 11),
    ...us(0x00280103, 0),
    ...element(
      0x7fe00010,
      Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? i * 8 : 1)),
    ),
  ]);
}

function element(tag: number, value: readonly number[]): number[] {
  const word = (n: number): number[] => [n & 0xff, (n >> 8) & 0xff];
  return [...word(tag >>> 16), ...word(tag & 0xffff), ...word(value.length), 0, 0, ...value];
}
