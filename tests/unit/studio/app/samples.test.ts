import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createEagerRunner } from '../../../../src/engine/index.ts';
import { createConfig, createTrainer } from '../../../../src/gan/index.ts';
import { writeCheckpoint } from '../../../../src/trainer/checkpoint.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { blobSource } from '../../gan/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-samples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

it('closes in the middle of a sheet, at any moment, without taking the app with it', async () => {
  const dir = join(folder, 'workspace');
  const gan = createConfig({ preset: 'preview', size: 128, seed: 1 });
  let run = '';
  let checkpoint = '';
  {
    using ws = Workspace.create(dir, { write: true });
    ws.createDataset({ name: 'made', subjectFrom: 'identity', splitSeed: 1, heldOutFraction: null });
    run = ws.createRun({
      dataset: 'made',
      preset: 'preview',
      size: 128,
      seed: 1,
      config: { gan },
      device: 'cpu',
    }).id;
    const trainer = await createTrainer(gan, blobSource(128, 16), async (spec) => createEagerRunner(spec));
    const figures = { images: 0, step: 0, seconds: 0 };
    checkpoint = (await writeCheckpoint(ws.runDir(run), await trainer.checkpoint(), figures)).name;
    await trainer.dispose();
  }
  const child = fork(new URL('closingSamples.ts', import.meta.url), [dir, run, checkpoint], { execArgv: [] });
  let ends: string[] = [];
  child.on('message', (message) => {
    ends = message as string[];
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(ends).toContain('CANCELLED');
  expect(ends.filter((end) => end !== 'CANCELLED' && end !== 'drawn')).toEqual([]);
});
