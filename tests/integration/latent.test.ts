import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareCache, readCache } from '../../src/dataset/index.ts';
import { openCopyGuard } from '../../src/studio/generate/copyGuard.ts';
import { openForReading } from '../../src/studio/open.ts';
import { gantry, last } from '../support/cli.ts';
import { testData } from '../support/data.ts';

const temp = mkdtempSync(join(tmpdir(), 'gantry-latent-'));
const workspace = join(temp, 'workspace');
afterAll(() => rmSync(temp, { recursive: true, force: true }));
const at = ['--workspace', workspace, '--run', 'run-0001'];
const png = (folder: string, file: string) => decode(readFileSync(join(temp, folder, file))).data;
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(temp, folder, 'manifest.json'), 'utf8'));

describe.skipIf(testData === undefined)(
  'gantry latent on a run of 16 hippocampi',
  { timeout: 240_000 },
  () => {
    beforeAll(async () => {
      const source = join(testData!, 'nifti', 'hippocampus');
      const scans = join(temp, 'scans');
      mkdirSync(scans);
      for (const file of readdirSync(source).sort().slice(0, 16))
        copyFileSync(join(source, file), join(scans, file));
      expect((await gantry('import', scans, '--workspace', workspace, '--dataset', 'hip')).status).toBe(0);
      const run = await gantry(
        ...['train', '--workspace', workspace, '--dataset', 'hip', '--size', '32', '--threads', '1'],
        ...['--condition', 'third', '--images', '64', '--seed', '2'],
      );
      expect(last(run)).toMatchObject({ type: 'done', run: 'run-0001' });
    }, 150_000);

    it('interpolates between slices that are those of generate, to the last bit', async () => {
      const out = ['--format', 'png', '--label', 'third=lower', '--keep-near-copies'];
      const walk = await gantry(
        ...['latent', 'interpolate', ...at, ...out, '--from', '5:1', '--to', '6:0', '--frames', '4'],
        ...['--out', join(temp, 'walk'), '--sheet', join(temp, 'walk.png')],
      );
      expect(last(walk)).toMatchObject({ type: 'done', kind: 'interpolation', notice: null });
      await gantry('generate', ...at, ...out, '--count', '2', '--seed', '5', '--out', join(temp, 'five'));
      await gantry('generate', ...at, ...out, '--count', '1', '--seed', '6', '--out', join(temp, 'six'));
      const frame = (i: number) => png('walk', `synthetic-interpolation-5-00000${i}.png`);
      expect(frame(0)).toEqual(png('five', 'synthetic-5-000001.png'));
      expect(frame(3)).toEqual(png('six', 'synthetic-6-000000.png'));
      expect(frame(1)).not.toEqual(frame(0));
      const { slices, synthetic, run } = manifestOf('walk');
      expect(synthetic).toBe(true);
      expect(run.figures.madeBy).toBe('interpolation');
      expect(slices[1]).toMatchObject({
        labels: { third: 'lower' },
        origin: { text: 'frame 2 of 4 from slice 1 of seed 5 to slice 0 of seed 6, 33.3 % of the way' },
      });
      expect(decode(readFileSync(join(temp, 'walk.png'))).width).toBeGreaterThan(4 * 128);
    });

    it('varies one label and nothing else', async () => {
      const walk = await gantry(
        ...['latent', 'vary', ...at, '--at', '5:0', '--over', 'third=upper,lower', '--format', 'png'],
        ...['--keep-near-copies', '--out', join(temp, 'thirds')],
      );
      expect(last(walk)).toMatchObject({
        frames: [{ labels: { third: 'upper' } }, { labels: { third: 'lower' } }],
      });
      for (const [i, third] of ['upper', 'lower'].entries()) {
        const out = join(temp, third);
        await gantry(
          ...[
            'generate',
            ...at,
            '--count',
            '1',
            '--seed',
            '5',
            '--label',
            `third=${third}`,
            '--format',
            'png',
          ],
          ...['--keep-near-copies', '--out', out],
        );
        expect(png('thirds', `synthetic-label-walk-5-00000${i}.png`)).toEqual(
          png(third, 'synthetic-5-000000.png'),
        );
      }
      const wrong = await gantry(
        'latent',
        'vary',
        ...at,
        '--at',
        '5:0',
        '--over',
        'sex',
        '--sheet',
        join(temp, 'x.png'),
      );
      expect(last(wrong)).toMatchObject({ code: 'BAD_CONFIG', action: 'It was with: third.' });
    });

    it('projects a held-out slice, says what it resembles, and goes on from it', async () => {
      const search = ['--steps', '40', '--starts', '2', '--seed', '3'];
      const made = await gantry(
        ...['latent', 'project', ...at, ...search, '--format', 'png', '--keep-near-copies'],
        ...[
          '--out',
          join(temp, 'projected'),
          '--sheet',
          join(temp, 'p.png'),
          '--save',
          join(temp, 'latent.json'),
        ],
      );
      const done = last(made);
      const projection = done.projection as Record<string, number | number[]>;
      expect(done).toMatchObject({
        type: 'done',
        notice: expect.stringMatching(/resemble slice \d+, a held-out slice.*treat what resembles it/),
        projection: { side: 'heldOut', space: 'w', nearestTraining: { rmse: expect.any(Number) } },
      });
      // The tiny network has learnt next to nothing: that it comes nearer is all that can be asked.
      const curve = projection.curve as number[];
      expect(curve).toHaveLength(40);
      expect(curve.at(-1)!).toBeLessThan(curve[0]!);
      expect(manifestOf('projected').run.figures).toMatchObject({
        madeBy: 'projection',
        resemblesRealSlice: 'heldOut',
      });
      expect(readFileSync(join(temp, 'projected', 'manifest.json'), 'utf8')).not.toContain(`"slice":`);

      // The slice by its number gives the very same search; so does the latent that was kept.
      const ws = openForReading(workspace);
      const heldOut = ws.slices('hip', { state: 'used', side: 'heldOut' }).map(({ id }) => id);
      ws.close();
      expect(heldOut).toContain(projection.slice);
      const near = await gantry(
        ...['latent', 'near', ...at, '--latent', join(temp, 'latent.json'), '--radius', '0', '--count', '2'],
        ...['--format', 'png', '--keep-near-copies', '--out', join(temp, 'near')],
      );
      expect(last(near)).toMatchObject({ kind: 'near', projection: { slice: projection.slice } });
      const [a, b] = [0, 1].map((i) => png('near', `synthetic-near-1-00000${i}.png`));
      expect(a).toEqual(b);
      const projected = png('projected', 'synthetic-projection-3-000000.png');
      const furthest = Array.from(a!).reduce((most, v, i) => Math.max(most, Math.abs(v - projected[i]!)), 0);
      expect(furthest).toBeLessThan(10);
    });

    it('says so when a slice was trained on', async () => {
      const ws = openForReading(workspace);
      const [trained] = ws.slices('hip', { state: 'used', side: 'train' });
      ws.close();
      const made = await gantry(
        ...['latent', 'project', ...at, '--slice', String(trained!.id), '--steps', '10', '--starts', '1'],
        ...['--sheet', join(temp, 'trained.png')],
      );
      expect(last(made)).toMatchObject({
        notice: expect.stringContaining('TRAINED on'),
        projection: { side: 'train' },
      });
      expect(existsSync(join(temp, 'trained.png'))).toBe(true);
    });

    it('keeps a copy of the real slice behind a projection in quarantine, held out as it is', async () => {
      const ws = openForReading(workspace);
      const held = await prepareCache(ws, 'hip', { size: 32, side: 'heldOut' });
      const image = { count: 1, size: 32, values: readCache(held, [Math.floor(held.count / 2)]) };
      const plain = await openCopyGuard(ws, 'hip', 32);
      const wary = await openCopyGuard(ws, 'hip', 32, undefined, image);
      ws.close();
      if (typeof plain === 'string' || typeof wary === 'string') throw new Error('There should be a guard.');
      expect(await plain.check(image)).toEqual([false]);
      expect(await wary.check(image)).toEqual([true]);
      await plain.dispose();
      await wary.dispose();
    });

    it('refuses what cannot be: options of another action, a stranger to the run, no place to write to', async () => {
      const sheet = ['--sheet', join(temp, 'no.png')];
      const of = async (...args: string[]) => last(await gantry('latent', ...args));
      expect(await of('interpolate', ...at, '--from', '1:0', ...sheet)).toMatchObject({ code: 'USAGE' });
      expect(await of('interpolate', ...at, '--from', '1:0', '--to', '1', ...sheet)).toMatchObject({
        code: 'USAGE',
      });
      expect(await of('project', ...at)).toMatchObject({ code: 'USAGE' });
      expect(await of('vary', ...at, '--at', '1:0', '--radius', '1', ...sheet)).toMatchObject({
        message: '--radius does not go with vary.',
      });
      expect(await of('project', ...at, '--slice', '999999', ...sheet)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await of('near', ...at, '--latent', join(temp, 'p.png'), ...sheet)).toMatchObject({
        code: 'BAD_MODEL',
      });
      expect(existsSync(join(temp, 'no.png'))).toBe(false);
    });
  },
);
