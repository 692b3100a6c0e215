import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importPaths } from '../../../../src/studio/import/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { temporaryFolder } from '../../workspace/helpers.ts';
import { type MadeSlice, madeDicom, put } from './makeDicom.ts';

type Vec = readonly [number, number, number];

/** A stack of slices: where voxel (column, row, slice) is in the patient (LPS, mm). */
interface Stack {
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  readonly row: Vec;
  readonly column: Vec;
  readonly normal: Vec;
  /** Between columns, rows and slices. */
  readonly spacing: Vec;
  readonly origin: Vec;
}

const sagittal: Stack = {
  columns: 24,
  rows: 20,
  slices: 12,
  row: [0, 1, 0],
  column: [0, 0, -1],
  normal: [-1, 0, 0],
  spacing: [1.5, 1.25, 3],
  origin: [40, -18, 33],
};

/** 8 degrees out of the axial plane. */
const tilt = [Math.cos(0.14), Math.sin(0.14)] as const;
const oblique: Stack = {
  columns: 18,
  rows: 22,
  slices: 16,
  row: [1, 0, 0],
  column: [0, tilt[0], tilt[1]],
  normal: [0, -tilt[1], tilt[0]],
  spacing: [2, 2, 2.5],
  origin: [-17, -20, -30],
};

const placeOf = (s: Stack, c: number, r: number, k: number): Vec =>
  [0, 1, 2].map(
    (axis) =>
      s.origin[axis]! +
      c * s.spacing[0] * s.row[axis]! +
      r * s.spacing[1] * s.column[axis]! +
      k * s.spacing[2] * s.normal[axis]!,
  ) as [number, number, number];

/** A value that no other voxel has. */
const voxelValue = (s: Stack, c: number, r: number, k: number) => 100 + (k * s.rows + r) * s.columns + c;

function sliceOf(s: Stack, k: number, more: Partial<MadeSlice> = {}): Buffer {
  const values = Uint16Array.from({ length: s.rows * s.columns }, (_, i) =>
    voxelValue(s, i % s.columns, Math.floor(i / s.columns), k),
  );
  return madeDicom({
    instance: k + 1,
    rows: s.rows,
    columns: s.columns,
    values,
    position: placeOf(s, 0, 0, k),
    orientation: [...s.row, ...s.column],
    spacing: [s.spacing[1], s.spacing[0]],
    ...more,
  });
}

/** Files in an order that says nothing. */
function write(dir: string, s: Stack, more: (k: number) => Partial<MadeSlice> = () => ({})): void {
  for (let k = 0; k < s.slices; k++) put(join(dir, `f${(k * 7) % s.slices}`), sliceOf(s, k, more(k)));
}

async function imported(dir: string, plane: 'axial' | 'coronal' | 'sagittal') {
  const ws = Workspace.create(`${dir}.ws`, { write: true });
  return { ws, result: await importPaths(ws, { paths: [dir], dataset: 'd', plane }) };
}

/**
 * The oracle: the voxel of the scanner's own slices that is nearest to where a pixel of the cut lies, by the
 * geometry that the series of the cut tells.
 */
function check(ws: Workspace, s: Stack): number {
  let pixels = 0;
  let worstMm = 0;
  for (const series of ws.series('d')) {
    const { orientation: o, pixelSpacingMm: spacing, normal } = series.geometry;
    if (o === undefined || spacing === undefined || normal === undefined) throw new Error('No geometry.');
    for (const record of ws.slices('d', { series: series.id })) {
      const { values } = ws.readSlice(record);
      for (let i = 0; i < values.length; i++) {
        const [r, c] = [Math.floor(i / record.columns), i % record.columns];
        const k = values[i]! - 100;
        const place = placeOf(
          s,
          k % s.columns,
          Math.floor(k / s.columns) % s.rows,
          Math.floor(k / s.columns / s.rows),
        );
        const first = values[0]! - 100;
        const corner = placeOf(
          s,
          first % s.columns,
          Math.floor(first / s.columns) % s.rows,
          Math.floor(first / s.columns / s.rows),
        );
        // Where the pixel lies by the cut's own directions and spacing, from the slice's first pixel.
        for (const axis of [0, 1, 2] as const) {
          const wanted = corner[axis] + c * spacing[1] * o[axis] + r * spacing[0] * o[axis + 3]!;
          worstMm = Math.max(worstMm, Math.abs(place[axis] - wanted));
        }
        const along = place[0] * normal[0] + place[1] * normal[1] + place[2] * normal[2];
        worstMm = Math.max(worstMm, Math.abs(along - (record.positionMm ?? Number.POSITIVE_INFINITY)));
        pixels++;
      }
    }
  }
  expect(worstMm).toBeLessThan(2e-3);
  return pixels;
}

describe('a DICOM series that is a volume', () => {
  it('is cut along the plane that is asked for, each voxel once and in its place', async () => {
    for (const [stack, plane, size] of [
      [sagittal, 'axial', [24, 12, 20]],
      [oblique, 'sagittal', [16, 22, 18]],
      [oblique, 'coronal', [16, 18, 22]],
    ] as const) {
      using folder = temporaryFolder();
      const dir = join(folder.dir, 'scans');
      write(dir, stack);
      const { ws, result } = await imported(dir, plane);
      using _ = ws;
      const [series] = ws.series('d');
      expect([series?.rows, series?.columns, result.slices]).toEqual(size);
      expect(series?.plane).toBe(plane);
      expect(result).toMatchObject({ series: 1, subjects: 1, rejected: [] });
      expect(result.notices.filter((code) => /volume|plane/.test(code))).toEqual([]);
      expect(check(ws, stack)).toBe(stack.columns * stack.rows * stack.slices);
      const values = new Set(ws.slices('d').flatMap((record) => [...ws.readSlice(record).values]));
      expect(values.size).toBe(stack.columns * stack.rows * stack.slices);
      if (stack === oblique) continue;
      // As it was left: nothing is done twice.
      const again = await importPaths(ws, { paths: [dir], dataset: 'd', plane });
      expect(again).toMatchObject({ added: 0, already: result.slices, slices: result.slices });
    }
  });

  it('is cut as the NIfTI file of the same volume is', async () => {
    using folder = temporaryFolder();
    const dicom = join(folder.dir, 'dicom');
    write(dicom, sagittal);
    put(join(folder.dir, 'nifti', 'volume.nii'), niftiOf(sagittal));
    const cuts = [];
    for (const dir of [dicom, join(folder.dir, 'nifti')]) {
      const { ws } = await imported(dir, 'axial');
      using _ = ws;
      const [series] = ws.series('d');
      cuts.push({
        geometry: JSON.parse(JSON.stringify(series?.geometry), (_key, value: unknown) =>
          typeof value === 'number' ? Math.round(value * 1e4) / 1e4 + 0 : value,
        ) as unknown,
        plane: series?.plane,
        slices: ws.slices('d').map((record) => [...ws.readSlice(record).values]),
        places: ws.slices('d').map(({ positionMm }) => Math.round((positionMm ?? 0) * 1e3)),
      });
    }
    expect(cuts[0]).toEqual(cuts[1]);
  });

  it('keeps real values where the rescale differs from slice to slice', async () => {
    using folder = temporaryFolder();
    const dir = join(folder.dir, 'scans');
    write(dir, sagittal, (k) => ({ slope: 1 + k / 4 }));
    const { ws } = await imported(dir, 'coronal');
    using _ = ws;
    const real = ws.slices('d').flatMap((record) => {
      const { values, slope, intercept } = ws.readSlice(record);
      return [...values].map((value) => value * slope + intercept);
    });
    const wanted = Array.from({ length: 24 * 20 * 12 }, (_, i) => {
      const k = Math.floor(i / 480);
      return (100 + i) * (1 + k / 4);
    });
    real.sort((a, b) => a - b);
    wanted.sort((a, b) => a - b);
    const worst = Math.max(...wanted.map((value, i) => Math.abs((real[i] ?? 0) - value)));
    expect(worst).toBeLessThan(0.2);
  });

  it('is cut though some of its files are there twice, each voxel once', async () => {
    using folder = temporaryFolder();
    const dir = join(folder.dir, 'scans');
    write(dir, sagittal);
    for (const k of [0, 6]) put(join(dir, 'copies', `${k}`), sliceOf(sagittal, k));
    const { ws, result } = await imported(dir, 'axial');
    using _ = ws;
    expect(result).toMatchObject({ series: 1, slices: 20, added: 20, already: 2, rejected: [] });
    expect(result.notices.filter((code) => code.startsWith('volume-'))).toEqual([]);
    expect(check(ws, sagittal)).toBe(24 * 20 * 12);
  });

  it('has the notices of all of its slices', async () => {
    using folder = temporaryFolder();
    const dir = join(folder.dir, 'scans');
    write(dir, sagittal, (k) => (k === 5 ? { extra: [[0x0028, 0x0301, 'CS', 'YES']] } : {}));
    const { ws, result } = await imported(dir, 'axial');
    using _ = ws;
    expect(result.slices).toBe(20);
    expect(ws.series('d')[0]?.notices).toContain('burned-in-annotation');
    expect(result.notices).toContain('burned-in-annotation');
  });

  it('is cut once an acquisition where a dynamic series has each place several times', async () => {
    using folder = temporaryFolder();
    const dir = join(folder.dir, 'scans');
    for (const n of [1, 2]) {
      const extra = [[0x0020, 0x0012, 'IS', String(n)]] as const;
      for (let k = 0; k < sagittal.slices; k++) {
        put(join(dir, `a${n}-${k}`), sliceOf(sagittal, k, { sop: `1.2.9.${n}.${k}`, extra }));
      }
    }
    const { ws, result } = await imported(dir, 'axial');
    using _ = ws;
    expect([result.series, result.slices]).toEqual([2, 40]);
  });
});

describe('DICOM slices that are no volume', () => {
  const reasons = async (change: (dir: string) => void) => {
    using folder = temporaryFolder();
    const dir = join(folder.dir, 'scans');
    write(dir, sagittal);
    change(dir);
    const { ws, result } = await imported(dir, 'axial');
    using _ = ws;
    expect(result.slices).toBeGreaterThan(0);
    // They stay as they were acquired.
    expect(ws.dataset('d').planes).toEqual(['sagittal']);
    return result.notices.filter((code) => code.startsWith('volume-'));
  };

  it('stay as they were acquired, with the reason', async () => {
    const file = (dir: string, k: number) => join(dir, `f${(k * 7) % sagittal.slices}`);
    expect(await reasons((dir) => rmSync(file(dir, 5)))).toEqual(['volume-gaps']);
    const shifted = placeOf(sagittal, 0, 0, 6.3);
    expect(await reasons((dir) => put(file(dir, 6), sliceOf(sagittal, 6, { position: shifted })))).toEqual([
      'volume-gaps',
    ]);
    const twice = (dir: string) => put(join(dir, 'more'), sliceOf(sagittal, 6, { sop: '1.2.77' }));
    expect(await reasons(twice)).toEqual(['volume-repeats']);
    const few = (dir: string) => {
      for (let k = 6; k < sagittal.slices; k++) rmSync(file(dir, k));
    };
    expect(await reasons(few)).toEqual(['volume-flat']);
    const leaning = (dir: string) => {
      for (let k = 0; k < sagittal.slices; k++) {
        const [x, y, z] = placeOf(sagittal, 0, 0, k);
        put(file(dir, k), sliceOf(sagittal, k, { position: [x, y + k, z] }));
      }
    };
    expect(await reasons(leaning)).toEqual(['volume-tilted']);
  });

  it('among them the rest of a volume with a damaged file, which alone is rejected', async () => {
    using folder = temporaryFolder();
    const dir = join(folder.dir, 'scans');
    write(dir, sagittal);
    const whole = sliceOf(sagittal, 4);
    put(join(dir, 'f4'), whole.subarray(0, whole.length - 100));
    const { ws, result } = await imported(dir, 'axial');
    using _ = ws;
    expect(result.slices).toBe(sagittal.slices - 1);
    expect(result.rejected).toMatchObject([{ path: 'f4', code: 'TRUNCATED' }]);
    expect(result.notices).toContain('volume-gaps');
  });
});

/** The same voxels as a NIfTI-1 file, in RAS+. */
function niftiOf(s: Stack): Buffer {
  const bytes = Buffer.alloc(352 + 2 * s.columns * s.rows * s.slices);
  bytes.writeInt32LE(348, 0);
  [3, s.columns, s.rows, s.slices, 1, 1, 1, 1].forEach((n, i) => {
    bytes.writeInt16LE(n, 40 + 2 * i);
  });
  bytes.writeInt16LE(512, 70);
  bytes.writeInt16LE(16, 72);
  [1, ...s.spacing].forEach((n, i) => {
    bytes.writeFloatLE(n, 76 + 4 * i);
  });
  bytes.writeFloatLE(352, 108);
  bytes.writeFloatLE(1, 112);
  bytes.writeInt16LE(1, 254);
  for (const axis of [0, 1, 2] as const) {
    const sign = axis === 2 ? 1 : -1;
    const row = [s.row, s.column, s.normal].map((v, i) => sign * v[axis]! * s.spacing[i]!);
    [...row, sign * s.origin[axis]].forEach((n, i) => {
      bytes.writeFloatLE(n, 280 + 16 * axis + 4 * i);
    });
  }
  bytes.write('n+1\0', 344, 'latin1');
  for (let i = 0; i < s.columns * s.rows * s.slices; i++) bytes.writeUInt16LE(100 + i, 352 + 2 * i);
  return bytes;
}
