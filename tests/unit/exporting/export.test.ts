import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decode } from 'fast-png';
import { isNIFTI1, readImage as niftiVoxels, readHeader } from 'nifti-reader-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { type ExportOptions, exportSlices } from '../../../src/exporting/export.ts';
import { manifestSchema } from '../../../src/exporting/manifest.ts';
import type { SyntheticSlice } from '../../../src/exporting/marking.ts';
import { readImage } from '../../../src/imaging/index.ts';

const size = 16;
const provenance = {
  appVersion: '0.1.0',
  runId: 'r-0001',
  modelSha256: 'f'.repeat(64),
  preset: 'tiny',
  images: 5000,
  figures: { kid: 0.12, dataset: 'abc' },
};

function slice(index: number): SyntheticSlice {
  const random = new Random(9, 'test', index);
  const pixels = Float32Array.from({ length: size * size }, () => random.uniform() * 2 - 1);
  return { index, seed: 3, size, pixels };
}
const slices = (count: number) => Array.from({ length: count }, (_, i) => slice(i));

let parent: string;
let outDir: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'gantry-export-'));
  outDir = join(parent, 'out');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const run = (change: Partial<ExportOptions> = {}) =>
  exportSlices({ slices: slices(3), format: 'png', outDir, provenance, ...change });
const readManifest = (path: string) => manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));

describe('exportSlices', () => {
  it.each(['dicom', 'png', 'nifti'] as const)(
    '%s: files and a manifest that vouches for them',
    async (format) => {
      const progress: number[] = [];
      const { files, manifest } = await run({ format, onProgress: (written) => progress.push(written) });
      const read = readManifest(manifest);
      expect(progress).toEqual([1, 2, 3]);
      expect(files.length).toBe(format === 'nifti' ? 1 : 3);
      expect(read.files.map((file) => join(outDir, file.path))).toEqual(files);
      for (const file of read.files) {
        const bytes = readFileSync(join(outDir, file.path));
        expect(file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        expect(file.bytes).toBe(bytes.length);
      }
      expect(read).toMatchObject({
        marking: 'SYNTHETIC - NOT FOR DIAGNOSTIC USE',
        seed: 3,
        count: 3,
        model: { sha256: provenance.modelSha256 },
        run: { id: 'r-0001', preset: 'tiny', images: 5000, figures: provenance.figures },
        application: { version: '0.1.0' },
      });
      expect(read.slices.map((s) => s.index)).toEqual([0, 1, 2]);
      expect(readdirSync(outDir).sort()).toEqual([...files.map((f) => basename(f)), 'manifest.json'].sort());
    },
  );

  it('png: 16 bits, exact to half a step, with its origin inside', async () => {
    const { files } = await run();
    files.forEach((file, index) => {
      const png = decode(readFileSync(file));
      expect([png.width, png.height, png.depth, png.channels]).toEqual([size, size, 16, 1]);
      expect(png.text).toMatchObject({
        Synthetic: 'YES',
        Seed: '3',
        Index: String(index),
        'Model SHA-256': provenance.modelSha256,
        Software: 'Gantry 0.1.0',
      });
      const { pixels } = slice(index);
      png.data.forEach((stored, i) => {
        expect(Math.abs((stored * 2) / 65535 - 1 - pixels[i]!)).toBeLessThanOrEqual(1 / 65535 + 1e-12);
      });
    });
  });

  it('nifti: another reader finds every slice, upright, in the units asked for', async () => {
    const intensityFrom = { slope: 2, intercept: -100, low: 10, high: 400, unit: 'US' };
    const { files } = await run({ format: 'nifti', intensityFrom });
    const bytes = gunzipSync(readFileSync(files[0]!));
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    expect(isNIFTI1(buffer)).toBe(true);
    const header = readHeader(buffer)!;
    expect(header.dims.slice(0, 4)).toEqual([3, size, size, 3]);
    expect(header.description).toContain('SYNTHETIC - NOT FOR DIAGNOSTIC USE');
    expect([header.qform_code, header.sform_code]).toEqual([0, 0]);
    const stored = new Int16Array(niftiVoxels(header, buffer));
    const half = (780 / 4095 / 2) * (1 + 1e-5);
    for (let k = 0; k < 3; k++) {
      const { pixels } = slice(k);
      for (let row = 0; row < size; row++) {
        for (let x = 0; x < size; x++) {
          const voxel = stored[(k * size + (size - 1 - row)) * size + x]!;
          const wanted = -80 + ((pixels[row * size + x]! + 1) / 2) * 780;
          expect(Math.abs(voxel * header.scl_slope + header.scl_inter - wanted)).toBeLessThanOrEqual(half);
        }
      }
    }
    const extension = bytes.subarray(352, header.vox_offset).toString('utf8');
    expect(extension).toContain(provenance.modelSha256);
  });

  it.each(['dicom', 'nifti'] as const)(
    '%s: our own reader gives the slices back, upright',
    async (format) => {
      const intensityFrom = { slope: 1, intercept: 0, low: 0, high: 500, unit: 'US' };
      const { files } = await run({ format, intensityFrom });
      let index = 0;
      for (const file of files) {
        for await (const { header, pixels } of readImage(readFileSync(file), basename(file), {
          plane: 'as-stored',
        })) {
          expect([header.rows, header.columns]).toEqual([size, size]);
          const wanted = slice(index++).pixels;
          pixels.forEach((stored, i) => {
            const value = stored * header.rescaleSlope + header.rescaleIntercept;
            expect(Math.abs(value - (wanted[i]! + 1) * 250)).toBeLessThanOrEqual((500 / 4095 / 2) * 1.0001);
          });
        }
      }
      expect(index).toBe(3);
    },
  );

  it('is the same for one seed whatever the count', async () => {
    const few = await run({ createdAt: new Date(0), format: 'dicom' });
    const first = few.files.map((file) => readFileSync(file));
    const more = await run({ createdAt: new Date(0), format: 'dicom', slices: slices(5) });
    first.forEach((bytes, i) => {
      expect(readFileSync(more.files[i]!).equals(bytes)).toBe(true);
    });
  });

  it('replaces an export of the same format only when the new one is complete', async () => {
    await run({ slices: slices(4) });
    const failing = async function* () {
      yield slice(0);
      throw new Error('generator failed');
    };
    const before = readdirSync(outDir);
    await expect(run({ slices: failing() })).rejects.toThrow('generator failed');
    expect(readdirSync(outDir)).toEqual(before);
    await run({ slices: slices(2) });
    expect(readdirSync(outDir).length).toBe(3);
  });

  it('refuses a folder with other things in it, or another format', async () => {
    await run();
    await expect(run({ format: 'dicom' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await run({ format: 'dicom', overwrite: true });
    expect(readdirSync(outDir).filter((name) => name.endsWith('.png'))).toEqual([]);
    writeFileSync(join(outDir, 'notes.txt'), 'mine');
    await expect(run({ format: 'dicom' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await run({ format: 'dicom', overwrite: true });
    expect(readFileSync(join(outDir, 'notes.txt'), 'utf8')).toBe('mine');
    await expect(run({ outDir: join(outDir, 'notes.txt') })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
  });

  it('leaves nothing when cancelled, and stops the generator', async () => {
    const control = new AbortController();
    let stopped = false;
    const endless = async function* () {
      try {
        for (let i = 0; ; i++) {
          if (i === 2) control.abort();
          yield slice(i);
        }
      } finally {
        stopped = true;
      }
    };
    await expect(run({ slices: endless(), signal: control.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(stopped).toBe(true);
    expect(readdirSync(dirname(outDir))).toEqual([]);
  });

  it('names what is wrong with the slices', async () => {
    await expect(run({ slices: [] })).rejects.toMatchObject({ code: 'NO_INPUT' });
    await expect(run({ slices: [slice(1), slice(1)] })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    const other = { ...slice(1), size: 8, pixels: new Float32Array(64) };
    await expect(run({ slices: [slice(0), other] })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('clears what a killed export left behind', async () => {
    await run();
    mkdirSync(join(outDir, '.gantry-partial-999999999-abc'));
    await run();
    expect(readdirSync(outDir).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
