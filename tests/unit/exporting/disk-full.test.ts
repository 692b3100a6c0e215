import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportSlices } from '../../../src/exporting/export.ts';
import type { SyntheticSlice } from '../../../src/exporting/marking.ts';

/** A real full disk: a tmpfs of 128 kB, where this user may mount one. */
const folder = mkdtempSync(join(tmpdir(), 'gantry-full-'));
const disk = join(folder, 'disk');
mkdirSync(disk);
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk]).status === 0;
if (!mounted) console.warn('SKIPPED: the full-disk test needs the right to mount a tmpfs');

afterAll(() => {
  if (mounted) spawnSync('umount', [disk]);
  rmSync(folder, { recursive: true, force: true });
});

const provenance = { appVersion: '0.1.0', runId: 'r-1', modelSha256: 'f'.repeat(64), preset: 'tiny' };
function* slices(count: number): Generator<SyntheticSlice> {
  for (let index = 0; index < count; index++) {
    const pixels = Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i * i * 0.7 + index));
    yield { index, seed: 1, size: 64, pixels };
  }
}

describe.runIf(mounted)('an export that fills the disk', () => {
  beforeAll(() => expect(readdirSync(disk)).toEqual([]));

  it.each(['dicom', 'png', 'nifti'] as const)(
    '%s: DISK_FULL, and what was there before stays',
    async (format) => {
      const outDir = join(disk, 'out');
      const run = (count: number) => exportSlices({ slices: slices(count), format, outDir, provenance });
      await run(2);
      const before = readdirSync(outDir);
      await expect(run(200)).rejects.toMatchObject({ code: 'DISK_FULL' });
      expect(readdirSync(outDir)).toEqual(before);
      rmSync(outDir, { recursive: true });
      await expect(run(200)).rejects.toMatchObject({ code: 'DISK_FULL' });
      expect(readdirSync(disk)).toEqual([]);
      await run(2);
      rmSync(outDir, { recursive: true });
    },
  );
});
