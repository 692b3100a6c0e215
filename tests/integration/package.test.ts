import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageAt } from '../../src/metrics/index.ts';
import { readReal } from '../../src/studio/evaluate/real.ts';
import { openCopyGuard } from '../../src/studio/generate/copyGuard.ts';
import { openForReading } from '../../src/studio/open.ts';
import { gantry, last } from '../support/cli.ts';
import { testData } from '../support/data.ts';

const temp = mkdtempSync(join(tmpdir(), 'gantry-package-'));
const workspace = join(temp, 'workspace');
const size = 32;
afterAll(() => rmSync(temp, { recursive: true, force: true }));

describe.runIf(testData !== undefined)('study packages and exports', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    const scans = join(temp, 'scans');
    mkdirSync(scans);
    const source = join(testData!, 'nifti', 'hippocampus');
    for (const file of readdirSync(source).sort().slice(0, 12)) {
      copyFileSync(join(source, file), join(scans, file));
    }
    const args = ['--workspace', workspace, '--dataset', 'hippocampus'];
    expect(last(await gantry('import', scans, ...args, '--plane', 'axial')).type).toBe('done');
    const length = ['--preset', 'tiny', '--size', String(size), '--images', '160'];
    expect(last(await gantry('train', ...args, ...length)).type).toBe('done');
  });

  it('tell every copy from slices of other people before they are exported', async () => {
    using ws = openForReading(workspace);
    const guard = await openCopyGuard(ws, 'hippocampus', size);
    if (typeof guard === 'string') throw new Error(guard);
    const train = await readReal(ws, 'hippocampus', 'train', { size, seed: 1 });
    const heldOut = await readReal(ws, 'hippocampus', 'heldOut', { size, seed: 1 });
    expect(guard.searched).toBe(train.total);
    const mirrored = train.images.values.slice(0, 20 * size * size);
    for (let i = 0; i < 20; i++) {
      const image = imageAt(train.images, i);
      mirrored.set(
        image.map((_, p) => image[p - (p % size) + size - 1 - (p % size)]!),
        i * size * size,
      );
    }
    expect(await guard.check({ count: 20, size, values: mirrored })).toEqual(Array(20).fill(true));
    const alarms = (await guard.check(heldOut.images)).filter(Boolean).length;
    expect(alarms / heldOut.images.count).toBeLessThan(0.1);
    await guard.dispose();
  });

  it('hold every file by its hash, and nothing of a patient', async () => {
    const out = join(temp, 'study');
    const args = [
      'package',
      '--workspace',
      workspace,
      '--run',
      'run-0001',
      '--count',
      '60',
      '--format',
      'png',
    ];
    const made = last(await gantry(...args, '--out', out));
    expect(made).toMatchObject({ type: 'done', slices: 60, nearCopiesLeftOut: 0 });
    const manifest = JSON.parse(readFileSync(join(out, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({
      kind: 'gantry-study-package',
      synthetic: true,
      holdsRealSlices: false,
      seeds: { training: 1, slices: 1 },
      slices: { asked: 60, written: 60, format: 'png' },
    });
    const listed = new Map<string, string>(
      manifest.files.map(({ path, sha256 }: { path: string; sha256: string }) => [path, sha256]),
    );
    const found = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1));
    expect(found.filter((path) => path !== 'package.json').sort()).toEqual([...listed.keys()].sort());
    for (const [path, sha256] of listed) {
      expect(
        createHash('sha256')
          .update(readFileSync(join(out, path)))
          .digest('hex'),
        path,
      ).toBe(sha256);
    }
    const html = readFileSync(join(out, 'report', 'report.html'), 'utf8');
    expect(html).toContain('Holds no picture of a real slice');
    expect(html).not.toContain('Training slices, drawn at random');
    expect(readFileSync(join(out, 'labels.csv'), 'utf8').split('\r\n').length).toBe(62);
    expect(readFileSync(join(out, 'README.txt'), 'utf8')).toContain('NOT FOR DIAGNOSTIC USE');
    expect(found.some((path) => /safetensors|onnx/.test(path))).toBe(false);
    // Never over something that is there.
    expect(last(await gantry(...args, '--out', out))).toMatchObject({
      type: 'error',
      code: 'ALREADY_EXISTS',
    });
    expect(existsSync(join(out, 'package.json'))).toBe(true);
    expect(readdirSync(temp).filter((name) => name.startsWith('.gantry'))).toEqual([]);
  });
});
