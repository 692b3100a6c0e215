import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '@orpc/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStudioApp } from '../../src/studio/app/index.ts';
import { gantry, last, start } from '../support/cli.ts';
import { madeDicom } from '../unit/studio/import/makeDicom.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-in-use-'));
const workspace = join(folder, 'ws');
const scans = join(folder, 'scans');
beforeAll(async () => {
  mkdirSync(scans);
  for (let i = 1; i <= 20; i++) writeFileSync(join(scans, `${i}.dcm`), madeDicom({ instance: i }));
  expect(last(await gantry('import', scans, '--workspace', workspace, '--dataset', 'heads')).type).toBe(
    'done',
  );
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

it('says, beside a process that trains, which run stands against an import', async () => {
  const run = ['--preset', 'tiny', '--size', '32', '--images', '1000000'];
  const training = start(['train', '--workspace', workspace, '--dataset', 'heads', ...run]);
  await training.until(({ type }) => type === 'progress');
  const refused = {
    code: 'DATASET_IN_USE',
    message: 'run-0001 trains on the dataset "heads".',
    action: 'Take another dataset, or wait until the run has ended or is stopped.',
  };

  const same = await gantry('import', scans, '--workspace', workspace, '--dataset', 'heads');
  expect(same.status).toBe(1);
  expect(last(same)).toMatchObject({ type: 'error', ...refused });
  // Into another dataset the process that trains could import; this one must wait, and is told for what.
  const other = last(await gantry('import', scans, '--workspace', workspace, '--dataset', 'others'));
  expect(other).toMatchObject({ type: 'error', code: 'WORKSPACE_BUSY' });
  expect(other.message).toMatch(/: run-0001 trains on "heads"\.$/);

  const app = await openStudioApp({ workspace, shell: 'serve', allow: [scans] });
  try {
    const source = { type: 'place' as const, placeId: 'place-1', path: [] };
    const { message, ...data } = refused;
    await expect(call(app.router.imports.start, { dataset: 'heads', source })).rejects.toMatchObject({
      message,
      data,
    });
  } finally {
    await app.close();
  }

  // Killed, it stands against nothing.
  training.child.kill('SIGKILL');
  await training.finished;
  const free = await gantry('import', scans, '--workspace', workspace, '--dataset', 'heads');
  expect(last(free)).toMatchObject({ type: 'done', already: 20 });
}, 120_000);
