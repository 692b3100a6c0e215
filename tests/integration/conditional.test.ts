import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gantry, last } from '../support/cli.ts';
import { testData } from '../support/data.ts';

const temp = mkdtempSync(join(tmpdir(), 'gantry-conditional-'));
const workspace = join(temp, 'workspace');
afterAll(() => rmSync(temp, { recursive: true, force: true }));

const train = (...args: string[]) =>
  gantry('train', '--workspace', workspace, '--dataset', 'hip', '--size', '32', '--threads', '1', ...args);

describe.skipIf(testData === undefined)('conditional runs on eight hippocampi', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    const source = join(testData!, 'nifti', 'hippocampus');
    const scans = join(temp, 'scans');
    mkdirSync(scans);
    for (const file of readdirSync(source).sort().slice(0, 8))
      copyFileSync(join(source, file), join(scans, file));
    expect((await gantry('import', scans, '--workspace', workspace, '--dataset', 'hip')).status).toBe(0);
  }, 120_000);

  it('train, generate by label and say so in the manifest', async () => {
    const run = await train('--condition', 'third', '--balanced', '--images', '48', '--seed', '2');
    expect(last(run)).toMatchObject({ type: 'done', run: 'run-0001', images: 48 });
    const out = join(temp, 'upper');
    const args = ['--workspace', workspace, '--run', 'run-0001', '--count', '3', '--format', 'png'];
    const made = await gantry(
      'generate',
      ...args,
      '--label',
      'third=upper',
      '--keep-near-copies',
      '--out',
      out,
    );
    expect(made.status).toBe(0);
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(manifest.slices.map((slice: { labels: unknown }) => slice.labels)).toEqual(
      Array.from({ length: 3 }, () => ({ third: 'upper' })),
    );
    const wrong = await gantry('generate', ...args, '--label', 'third=top', '--out', join(temp, 'no'));
    expect(last(wrong)).toMatchObject({ code: 'BAD_CONFIG', action: 'It knows: lower, middle, upper.' });
  });

  it('make a package with as many slices of every class', async () => {
    const out = join(temp, 'package');
    const made = await gantry(
      ...['package', '--workspace', workspace, '--run', 'run-0001', '--labels', 'balanced', '--out', out],
      ...['--count', '30', '--format', 'png', '--keep-near-copies'],
    );
    expect(last(made)).toMatchObject({ type: 'done', slices: 30 });
    const [head, ...rows] = readFileSync(join(out, 'labels.csv'), 'utf8').trim().split('\r\n');
    expect(head).toBe('file,seed,index,third');
    const thirds = rows.map((row) => row.split(',')[3]);
    for (const value of ['lower', 'middle', 'upper']) {
      expect(thirds.filter((third) => third === value)).toHaveLength(10);
    }
  });

  it('are refused for a label with one value, and for one that is not there', async () => {
    expect(last(await train('--condition', 'plane', '--images', '48'))).toMatchObject({ code: 'BAD_LABEL' });
    expect(last(await train('--condition', 'mood', '--images', '48'))).toMatchObject({ code: 'BAD_CONFIG' });
  });

  it('branch from a checkpoint with other settings, and leave the old run as it was', async () => {
    const branch = await gantry(
      ...[
        'train',
        '--workspace',
        workspace,
        '--branch',
        'run-0001@48',
        '--set',
        'penalty.gamma=3',
        '--images',
        '80',
      ],
    );
    expect(last(branch)).toMatchObject({ type: 'done', images: 80 });
    const runs = (await gantry('runs', '--workspace', workspace)).lines.filter(({ type }) => type === 'item');
    expect(runs.map(({ run, images }) => [run, images])).toEqual([
      ['run-0001', 48],
      ['run-0002', 80],
    ]);
  });

  it('sweep over settings, and the same command again trains nothing anew', async () => {
    const sweep = () =>
      gantry(
        ...['sweep', '--workspace', workspace, '--dataset', 'hip', '--name', 's', '--size', '32'],
        ...['--over', 'penalty.gamma=0.5|2', '--images', '16'],
      );
    const first = last(await sweep());
    expect(first).toMatchObject({ type: 'done', sweep: 's' });
    const again = await sweep();
    expect(last(again)).toEqual(first);
    expect(again.lines.filter(({ state }) => state === 'was done')).toHaveLength(2);
  });
});
