import { gzipSync } from 'node:zlib';
import * as oracle from 'nifti-reader-js';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/base/random.ts';
import { inspectImage, type ReadOptions, readHeaders } from '../../../../src/imaging/index.ts';
import { manifest, readCorpusFile } from '../../../conformance/corpus.ts';
import { pixelsOf, slicesOf } from '../build.ts';

type Kind =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'float32'
  | 'float64'
  | 'int64'
  | 'uint64';
const codes: Record<Kind, [code: number, bytes: number]> = {
  uint8: [2, 1],
  int16: [4, 2],
  int32: [8, 4],
  float32: [16, 4],
  float64: [64, 8],
  int8: [256, 1],
  uint16: [512, 2],
  uint32: [768, 4],
  int64: [1024, 8],
  uint64: [1280, 8],
};

interface Spec {
  version?: 1 | 2;
  little?: boolean;
  kind?: Kind;
  dim?: number[];
  slope?: number;
  inter?: number;
  srow?: number[][];
  pixdim?: number[];
  quatern?: number[];
  value?: (index: number) => number;
}

/** Writes a NIfTI file as nifti1.h and nifti2.h lay it out. */
function nifti(spec: Spec): Uint8Array {
  const {
    version = 1,
    little = true,
    kind = 'int16',
    dim = [4, 3, 2],
    slope = 0,
    inter = 0,
    value = (i) => i,
  } = spec;
  const [code, size] = codes[kind];
  const count = dim.reduce((a, b) => a * b, 1);
  const offset = version === 1 ? 352 : 544;
  const bytes = new Uint8Array(offset + count * size);
  const view = new DataView(bytes.buffer);
  const wide = version === 2;
  const real = (at: number, x: number): void =>
    wide ? view.setFloat64(at, x, little) : view.setFloat32(at, x, little);
  const step = wide ? 8 : 4;
  view.setInt32(0, wide ? 540 : 348, little);
  bytes.set(Buffer.from(wide ? 'n+2\0' : 'n+1\0'), wide ? 4 : 344);
  view.setInt16(wide ? 12 : 70, code, little);
  view.setInt16(wide ? 14 : 72, size * 8, little);
  [dim.length, ...dim].forEach((n, i) => {
    if (wide) view.setBigInt64(16 + i * 8, BigInt(n), little);
    else view.setInt16(40 + i * 2, n, little);
  });
  [1, ...(spec.pixdim ?? [1, 1, 1])].forEach((n, i) => {
    real((wide ? 104 : 76) + i * step, n);
  });
  if (wide) view.setBigInt64(168, BigInt(offset), little);
  else view.setFloat32(108, offset, little);
  real(wide ? 176 : 112, slope);
  real(wide ? 184 : 116, inter);
  if (wide) view.setInt32(500, 2, little);
  else bytes[123] = 2;
  const form = (at: number, n: number): void =>
    wide ? view.setInt32(at, n, little) : view.setInt16(at, n, little);
  if (spec.srow !== undefined) {
    form(wide ? 348 : 254, 1);
    spec.srow.flat().forEach((n, i) => {
      real((wide ? 400 : 280) + i * step, n);
    });
  }
  if (spec.quatern !== undefined) {
    form(wide ? 344 : 252, 1);
    spec.quatern.forEach((n, i) => {
      real((wide ? 352 : 256) + i * step, n);
    });
  }
  for (let i = 0; i < count; i++) {
    const at = offset + i * size;
    const v = value(i);
    if (kind === 'float32') view.setFloat32(at, v, little);
    else if (kind === 'float64') view.setFloat64(at, v, little);
    else if (size === 1) view.setUint8(at, v & 255);
    else if (size === 2) view.setUint16(at, v & 0xffff, little);
    else if (size === 4) view.setUint32(at, v >>> 0, little);
    else view.setBigInt64(at, BigInt(v), little);
  }
  return bytes;
}

const identity = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];

describe('NIfTI', () => {
  const cases = Object.keys(codes).flatMap((kind) =>
    ([1, 2] as const).flatMap((version) =>
      [true, false].map((little) => ({ kind: kind as Kind, version, little })),
    ),
  );
  it.each(cases)('reads $kind of NIfTI-$version, little endian $little', async (spec) => {
    const signed = !spec.kind.startsWith('u');
    const value = (i: number): number => (signed ? i * 5 - 60 : i * 5);
    const found = await inspectImage(nifti({ ...spec, value }), 'a.nii');
    expect(found).toMatchObject({ min: value(0), max: value(23), columns: 4, rows: 3, frames: 2, signed });
    expect(found.mean).toBeCloseTo(value(11.5), 10);
  });

  it('applies slope and intercept, gzipped or not', async () => {
    const bytes = nifti({ slope: 0.5, inter: 10 });
    for (const file of [bytes, new Uint8Array(gzipSync(bytes))]) {
      expect(await inspectImage(file, 'a.nii.gz')).toMatchObject({ min: 10, max: 10 + 23 * 0.5 });
    }
    expect(readHeaders(bytes, 'a.nii')[0]).toMatchObject({ rescaleSlope: 0.5, rescaleIntercept: 10 });
  });

  it('puts every voxel of every plane where the affine says', async () => {
    const random = new Random(7, 'affines');
    for (let trial = 0; trial < 24; trial++) {
      const { srow, dim } = randomAffine(random);
      const bytes = nifti({ srow, dim, kind: 'int32' });
      for (const plane of ['axial', 'coronal', 'sagittal', 'as-stored'] as const) {
        await expectPlaced(bytes, srow, dim, { plane });
      }
    }
  });

  it('turns slices as DICOM images are shown', async () => {
    // RAS: i to the right, j to the front, k up.
    const bytes = nifti({ srow: identity, dim: [2, 3, 4] });
    const orientation = (plane: 'axial' | 'coronal' | 'sagittal') =>
      readHeaders(bytes, 'a', { plane })[0]!.geometry.orientation;
    expect(orientation('axial')).toEqual([1, 0, 0, 0, 1, 0]);
    expect(orientation('coronal')).toEqual([1, 0, 0, 0, 0, -1]);
    expect(orientation('sagittal')).toEqual([0, 1, 0, 0, 0, -1]);
    const [first] = await slicesOf(bytes, { plane: 'sagittal' });
    expect(first!.header).toMatchObject({ rows: 4, columns: 3, plane: 'sagittal' });
    // Top left is the voxel farthest up and to the front.
    expect(first!.pixels[0]).toBe(0 + 2 * 2 + 3 * 6);
  });

  it('cuts across the thickest voxels by default', () => {
    const bytes = nifti({ pixdim: [5, 1, 1], quatern: [0, 0, 0, 0, 0, 0] });
    expect(readHeaders(bytes, 'a')[0]!.plane).toBe('sagittal');
    expect(readHeaders(nifti({ srow: identity }), 'a')[0]!.plane).toBe('axial');
  });

  it('reads the qform as nifti-reader-js does', () => {
    const random = new Random(3, 'quaternions');
    for (let trial = 0; trial < 20; trial++) {
      const [b, c, d] = [random.uniform() - 0.5, random.uniform() - 0.5, random.uniform() - 0.5];
      const bytes = nifti({ pixdim: [1.5, 2, 3], quatern: [b, c, d, 4, 5, 6] });
      const { affine } = oracle.readHeader(new Uint8Array(bytes).buffer)!;
      const { geometry } = readHeaders(bytes, 'a', { plane: 'as-stored' })[0]!;
      const corner = [0, 1, 2].map((row) => affine[row]!.slice());
      // The first pixel of the first slice is one of the volume's corners.
      const corners = [0, 3].flatMap((i) =>
        [0, 2].map((j) => corner.map((r) => r[0]! * i + r[1]! * j + r[3]!)),
      );
      const [x, y, z] = geometry.positionMm!;
      const found = corners.some(([a, e, f]) => Math.hypot(-x - a!, -y - e!, z - f!) < 1e-4);
      const otherFace = corners.some(
        ([a, e, f]) =>
          Math.hypot(-x - a! - corner[0]![2]!, -y - e! - corner[1]![2]!, z - f! - corner[2]![2]!) < 1e-4,
      );
      expect(found || otherFace).toBe(true);
    }
  });

  it('chooses a volume of a 4-D file', async () => {
    const bytes = nifti({ dim: [2, 2, 1, 3], srow: identity });
    // The front row is shown first, and the left side right.
    expect(new Set(await pixelsOf(bytes, { volume: 2 }))).toEqual(new Set([8, 9, 10, 11]));
    await expect(pixelsOf(bytes, { volume: 3 })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });

  it('gives all volumes of a 4-D file one after another, each as the volume alone', async () => {
    const bytes = nifti({ dim: [2, 2, 2, 3], srow: identity });
    const all = await slicesOf(bytes, { volume: 'all' });
    const apart = [];
    for (const volume of [0, 1, 2]) apart.push(...(await slicesOf(bytes, { volume })));
    expect(all).toEqual(apart);
    expect(all.map(({ header }) => [header.volume, header.frame])).toEqual([
      ...[0, 0, 1, 1, 2, 2].map((volume, i) => [volume, i % 2]),
    ]);
  });

  it('gives coded errors for damage, and claims nothing for a header that lies', async () => {
    const good = nifti({});
    const edit = (change: (view: DataView) => void): Uint8Array => {
      const copy = good.slice();
      change(new DataView(copy.buffer));
      return copy;
    };
    const huge = edit((v) => {
      for (const i of [1, 2, 3]) v.setInt16(40 + i * 2, 32767, true);
    });
    const many = edit((v) => {
      v.setInt16(40, 5, true);
      v.setInt16(48, 32767, true);
      v.setInt16(50, 32767, true);
    });
    const cases: [Uint8Array, string][] = [
      [good.subarray(0, 380), 'TRUNCATED'],
      [new Uint8Array(gzipSync(good)).subarray(0, 90), 'TRUNCATED'],
      [huge, 'TOO_LARGE'],
      [many, 'TOO_LARGE'],
      [edit((v) => v.setInt16(70, 128, true)), 'UNSUPPORTED_PIXELS'],
      [edit((v) => v.setInt16(70, 77, true)), 'CORRUPT'],
      [edit((v) => v.setInt16(42, 0, true)), 'CORRUPT'],
      [edit((v) => v.setInt16(40, 9, true)), 'CORRUPT'],
      [edit((v) => v.setFloat32(108, Number.NaN, true)), 'CORRUPT'],
    ];
    for (const [bytes, code] of cases) {
      await expect(inspectImage(bytes, 'a.nii')).rejects.toMatchObject({ code });
    }
  });

  it('agrees with the manifest of real volumes', async () => {
    const rows = manifest('nifti');
    if (rows === undefined) return;
    for (const row of rows.filter((_, i) => i % 8 === 0)) {
      const found = await inspectImage(readCorpusFile('nifti', row.path!), row.path!);
      expect(found.orientation, row.path).toBe(row.orientation);
      expect(found.min).toBeCloseTo(Number(row.vmin), 3);
      expect(found.max).toBeCloseTo(Number(row.vmax), 3);
      expect(Math.abs(found.mean / Number(row.vmean) - 1)).toBeLessThan(1e-6);
    }
  });
});

/** A random signed permutation with scales, a small rotation and an offset. */
function randomAffine(random: Random): { srow: number[][]; dim: number[] } {
  const order = [...random.permutation(3)];
  const srow = [0, 1, 2].map(() => [0, 0, 0, random.int(100) - 50]);
  order.forEach((world, axis) => {
    srow[world]![axis] = (random.int(2) === 0 ? 1 : -1) * (1 + random.int(3));
  });
  for (const row of srow) for (let axis = 0; axis < 3; axis++) row[axis]! += (random.uniform() - 0.5) * 0.2;
  return { srow, dim: [2 + random.int(3), 2 + random.int(3), 2 + random.int(3)] };
}

/** Voxel values are their indices, so every pixel tells where it must lie. */
async function expectPlaced(
  bytes: Uint8Array,
  srow: number[][],
  dim: number[],
  options: ReadOptions,
): Promise<void> {
  let seen = 0;
  for (const { header, pixels } of await slicesOf(bytes, options)) {
    const { positionMm, orientation, pixelSpacingMm } = header.geometry;
    for (let row = 0; row < header.rows; row++) {
      for (let column = 0; column < header.columns; column++) {
        const index = pixels[row * header.columns + column]!;
        const [i, j, k] = [
          index % dim[0]!,
          Math.floor(index / dim[0]!) % dim[1]!,
          Math.floor(index / (dim[0]! * dim[1]!)),
        ];
        const ras = srow.map((r) => r[0]! * i + r[1]! * j + r[2]! * k + r[3]!);
        const lps = [-ras[0]!, -ras[1]!, ras[2]!];
        for (let axis = 0; axis < 3; axis++) {
          const mm =
            positionMm![axis]! +
            column * pixelSpacingMm![1] * orientation![axis]! +
            row * pixelSpacingMm![0] * orientation![axis + 3]!;
          expect(mm).toBeCloseTo(lps[axis]!, 3);
        }
        seen++;
      }
    }
  }
  expect(seen).toBe(dim[0]! * dim[1]! * dim[2]!);
}
