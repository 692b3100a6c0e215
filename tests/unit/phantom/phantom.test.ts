import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { acquisition } from '../../../src/phantom/acquire.ts';
import { gradientNoise } from '../../../src/phantom/noise.ts';
import { drawScanner } from '../../../src/phantom/parameters.ts';
import { box, ellipsoid, join as fuse, rod } from '../../../src/phantom/shapes.ts';
import { writePhantom } from '../../../src/phantom/write.ts';
import { dciodvfyErrors, hasDciodvfy, hasPydicom, runPython } from '../exporting/oracles.ts';

let parent: string;
let outDir: string;
const createdAt = new Date('2026-11-24T06:30:00Z');
const settings = { subjects: 3, slicesPerSubject: 8, size: 64, seed: 5, appVersion: '0.1.0', createdAt };
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'gantry-phantom-'));
  outDir = join(parent, 'a');
  await writePhantom({ ...settings, outDir });
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const files = (folder: string) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.dcm'))
    .sort();

describe('writePhantom', () => {
  it('writes a folder a subject, and says how far it is', async () => {
    expect(readdirSync(outDir).sort()).toEqual(['PHANTOM-001', 'PHANTOM-002', 'PHANTOM-003']);
    expect(files(outDir).length).toBe(24);
  });

  it('is a function of seed and subject: the same bytes again, another head for another seed', async () => {
    const again = join(parent, 'again');
    const other = join(parent, 'other');
    await writePhantom({ ...settings, subjects: 2, outDir: again });
    await writePhantom({ ...settings, subjects: 1, seed: 6, outDir: other });
    for (const name of files(again)) {
      expect(readFileSync(join(again, name)).equals(readFileSync(join(outDir, name)))).toBe(true);
    }
    const middle = join('PHANTOM-001', 'slice-0004.dcm');
    expect(readFileSync(join(other, middle)).equals(readFileSync(join(outDir, middle)))).toBe(false);
  });

  it('replaces an earlier phantom', async () => {
    const folder = join(parent, 'replaced');
    await writePhantom({ ...settings, subjects: 2, outDir: folder });
    await writePhantom({ ...settings, subjects: 1, outDir: folder });
    expect(files(folder).length).toBe(8);
  });

  it('leaves nothing when cancelled and refuses a folder that is in use', async () => {
    const cancelled = join(parent, 'cancelled');
    const control = new AbortController();
    const onProgress = (written: number) => {
      if (written === 10) control.abort();
    };
    const running = writePhantom({ ...settings, outDir: cancelled, onProgress, signal: control.signal });
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(readdirSync(cancelled)).toEqual([]);
    writeFileSync(join(cancelled, 'mine.txt'), 'mine');
    await expect(writePhantom({ ...settings, outDir: cancelled })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    expect(readdirSync(cancelled)).toEqual(['mine.txt']);
  });
});

describe.runIf(hasPydicom)('the phantom read by pydicom', () => {
  it('is a labelled sagittal MR volume with even spacing, one patient a subject', () => {
    const script = `
import sys, json, glob, pydicom, numpy as np
out = []
for f in sorted(glob.glob(sys.argv[1] + '/*/*.dcm')):
    d = pydicom.dcmread(f); p = d.pixel_array
    out.append(dict(id=d.PatientID, series=d.SeriesInstanceUID, label=d.SeriesDescription, synthetic=d[0x0008001c].value,
      comments=d.ImageComments, shape=p.shape, x=float(d.ImagePositionPatient[0]), iop=[float(v) for v in d.ImageOrientationPatient],
      spacing=float(d.PixelSpacing[0]), step=float(d.SliceThickness), high=int(p.max()), corner=float(p[:6, :6].mean()),
      middle=float(p[20:40, 20:44].mean()), sop=d.SOPClassUID))
print(json.dumps(out))`;
    type Row = {
      id: string;
      series: string;
      label: string;
      synthetic: string;
      comments: string;
      shape: number[];
      x: number;
      iop: number[];
      spacing: number;
      step: number;
      high: number;
      corner: number;
      middle: number;
      sop: string;
    };
    const rows = runPython(script, [outDir]) as Row[];
    expect(rows.length).toBe(24);
    for (const row of rows) {
      expect(row.label).toContain('GANTRY DIGITAL PHANTOM');
      expect(row.comments).toContain('NOT FOR DIAGNOSTIC USE');
      expect([row.synthetic, row.sop]).toEqual(['YES', '1.2.840.10008.5.1.4.1.1.4']);
      expect(row.shape).toEqual([64, 64]);
      expect(row.iop).toEqual([0, 1, 0, 0, 0, -1]);
      expect(row.high).toBeLessThanOrEqual(4095);
      expect(row.corner).toBeLessThan(row.high * 0.15);
    }
    const subjects = new Map(rows.map((row) => [row.id, rows.filter((other) => other.id === row.id)]));
    expect([...subjects.keys()]).toEqual(['PHANTOM-001', 'PHANTOM-002', 'PHANTOM-003']);
    for (const volume of subjects.values()) {
      expect(new Set(volume.map((row) => row.series)).size).toBe(1);
      volume.slice(1).forEach((row, i) => {
        expect(row.x - volume[i]!.x).toBeCloseTo(row.step, 3);
      });
      // In the middle of the head there is brain, well above the noise outside.
      expect(volume[3]!.middle).toBeGreaterThan(5 * volume[3]!.corner);
    }
  });
});

describe.runIf(hasDciodvfy)('the phantom judged by dicom3tools', () => {
  it('has no error, alone and as a series', () => {
    const all = files(outDir).map((name) => join(outDir, name));
    for (const file of [all[0]!, all[12]!, all[23]!]) expect(dciodvfyErrors(file)).toEqual([]);
    const run = spawnSync('dcentvfy', all, { encoding: 'utf8' });
    expect(run.stdout + run.stderr).toBe('');
  });
});

describe('noise', () => {
  it('is Rician: mean and second moment of the empty background', () => {
    // Rayleigh for no signal: mean sigma sqrt(pi / 2), mean square 2 sigma^2.
    const scanner = drawScanner(0, new Random(3, 'scanner'));
    const acquire = acquisition(() => -1e3, scanner, new Random(3, 'noise'));
    const stored = acquire({ size: 256, spacingMm: 1, positionMm: [0, 0, 0] });
    const sigma = scanner.noise * scanner.whiteStored;
    const mean = stored.reduce((sum, v) => sum + v, 0) / stored.length;
    const square = stored.reduce((sum, v) => sum + v * v, 0) / stored.length;
    expect(mean / (sigma * Math.sqrt(Math.PI / 2))).toBeCloseTo(1, 1.7);
    expect(square / (2 * sigma * sigma)).toBeCloseTo(1, 1.4);
  });

  it('gradient noise is smooth, zero on the lattice, about zero on average', () => {
    const field = gradientNoise(new Random(1, 'field'));
    const random = new Random(2, 'places');
    let sum = 0;
    let square = 0;
    for (let i = 0; i < 20000; i++) {
      const [x, y, z] = [random.uniform() * 100, random.uniform() * 100, random.uniform() * 100 - 50];
      const value = field(x, y, z);
      expect(Math.abs(field(x + 1e-4, y, z) - value)).toBeLessThan(1e-3);
      sum += value;
      square += value * value;
    }
    expect(field(3, -5, 7)).toBeCloseTo(0, 12);
    expect(Math.abs(sum / 20000)).toBeLessThan(0.02);
    expect(square / 20000).toBeGreaterThan(0.02);
  });
});

describe('solids', () => {
  it('have their surfaces where they should, and distances of slope one across them', () => {
    const solids: [(x: number) => number, number][] = [
      [(x) => ellipsoid(x, 0, 0, 30, 10, 20), 30],
      [(x) => rod([0, -5, 0], [0, 5, 0], 7)(x, 0, 0), 7],
      [(x) => box(x, 0, 0, 12, 5, 9, 2), 12],
    ];
    for (const [distance, radius] of solids) {
      expect(distance(radius)).toBeCloseTo(0, 9);
      expect((distance(radius + 1e-3) - distance(radius - 1e-3)) / 2e-3).toBeCloseTo(1, 3);
    }
    expect(fuse(5, 50, 10)).toBe(5);
    expect(fuse(5, 5, 10)).toBe(2.5);
  });
});
