import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '@orpc/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStudioApp, type StudioApp } from '../../src/studio/app/index.ts';
import { Workspace } from '../../src/workspace/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-locked-'));
const dir = join(folder, 'ws');
let app: StudioApp;
beforeAll(async () => {
  app = await openStudioApp({ workspace: dir, shell: 'serve', create: true });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

it('says with its code that another process writes, and writes when that has ended', async () => {
  const other = Workspace.open(dir, { write: true });
  const { id: runId } = other.createRun({
    dataset: '(imported)',
    datasetHash: '0'.repeat(64),
    preset: 'tiny',
    size: 32,
    seed: 1,
    config: {},
    device: 'cpu',
  });
  const note = () => call(app.router.manage.noteRun, { runId, note: 'mine' });
  await expect(note()).rejects.toMatchObject({ data: { code: 'WORKSPACE_BUSY' } });
  // Reading goes on meanwhile.
  expect(await call(app.router.runs.list, undefined)).toMatchObject([{ id: runId }]);
  other.close();
  await note();
  expect(await call(app.router.runs.get, { runId })).toMatchObject({ note: 'mine' });
});
