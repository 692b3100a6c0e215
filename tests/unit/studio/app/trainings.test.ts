import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStudioApp, type StudioApp } from '../../../../src/studio/app/index.ts';
import { planRun } from '../../../../src/studio/train/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { fileOf, incoming } from '../../workspace/helpers.ts';
import { madeDicom } from '../import/makeDicom.ts';

let folder: string;
let app: StudioApp;
const dir = () => join(folder, 'ws');
const request = { datasetId: '1', preset: 'tiny', size: 32, seed: 1, images: 64 };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-trainings-'));
  const ws = Workspace.create(dir(), { write: true });
  ws.createDataset({ name: 'heads', subjectFrom: 'identity', splitSeed: 1, heldOutFraction: null });
  ws.close();
  app = await openStudioApp({ workspace: dir(), shell: 'serve' });
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const refusal = (code: string) => ({ code: 'STUDIO', data: { code } });

describe('training from the app', () => {
  it('offers every preset with its sizes', async () => {
    const choices = await call(app.router.runs.choices, undefined);
    expect(choices.map(({ name }) => name)).toContain('tiny');
    for (const { sizes, defaultSize } of choices) expect(sizes).toContain(defaultSize);
  });

  it('refuses what cannot be, and gives the writer lock back', async () => {
    const start = (change: Partial<typeof request>) => call(app.router.runs.start, { ...request, ...change });
    await expect(start({ datasetId: '9' })).rejects.toMatchObject(refusal('NOT_FOUND'));
    await expect(start({ size: 63 })).rejects.toMatchObject(refusal('BAD_SIZE'));
    await expect(start({ preset: 'none' })).rejects.toMatchObject(refusal('BAD_CONFIG'));
    await expect(call(app.router.runs.start, { ...request, minutes: 1 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    // A second writer gets in, so nothing is held.
    Workspace.open(dir(), { write: true }).close();
  });

  it('waits its turn while another process writes', async () => {
    const other = Workspace.open(dir(), { write: true });
    await expect(call(app.router.runs.start, request)).rejects.toMatchObject(refusal('WORKSPACE_BUSY'));
    other.close();
  });

  it('shows a run whose dataset has nothing to train on as stopped', async () => {
    const { runId } = await call(app.router.runs.start, request);
    await expect
      .poll(async () => (await call(app.router.runs.get, { runId })).state, { timeout: 20_000 })
      .toBe('stopped');
    await expect.poll(async () => (await call(app.router.runs.get, { runId })).here).toBe(false);
  });

  it('stops only its own runs', async () => {
    await expect(call(app.router.runs.stop, { runId: 'run-0007' })).rejects.toMatchObject(refusal('USAGE'));
  });
});

describe('a dataset that is being imported', () => {
  it('is not touched by a prediction, though this process may write', async () => {
    const ws = Workspace.open(dir(), { write: true });
    const ingest = ws.beginIngest('heads');
    const slices = Array.from({ length: 4 }, (_, i) =>
      incoming(ws, 'P', 'S', i, new Uint16Array(64 * 64).fill(i + 1), 64),
    );
    ingest.add([fileOf(ws, 'f', slices)]);
    ingest.close();
    expect(ws.canWrite).toBe(true);
    await planRun(ws, { dataset: 'heads', preset: 'tiny', size: 32, device: 'cpu' });
    expect(ws.dataset('heads').unfinished).toBe(true);
    expect(ws.subjects('heads').map(({ side }) => side)).toEqual([null]);
    ws.close();
    expect(await call(app.router.runs.predict, { ...request, device: 'cpu' })).toMatchObject({ slices: 0 });
  });

  it('is neither trained on nor checked before the import has ended', async () => {
    await app.close();
    const scans = join(folder, 'scans');
    mkdirSync(scans);
    for (let i = 1; i <= 20; i++) writeFileSync(join(scans, `${i}.dcm`), madeDicom({ instance: i }));
    app = await openStudioApp({ workspace: dir(), shell: 'serve', allow: [scans] });
    const { jobId } = await call(app.router.imports.start, {
      dataset: 'heads',
      source: { type: 'place', placeId: 'place-1', path: [] },
    });
    const busy = refusal('DATASET_IN_USE');
    await expect(call(app.router.runs.start, request)).rejects.toMatchObject(busy);
    await expect(call(app.router.datasets.check, { datasetId: '1' })).rejects.toMatchObject(busy);
    await expect
      .poll(async () => (await call(app.router.jobs.list, undefined)).find(({ id }) => id === jobId)?.state, {
        timeout: 20_000,
      })
      .toBe('done');
    const { runId } = await call(app.router.runs.start, { ...request, images: 1_000_000 });
    // Nor is the other way round possible: the run could not be resumed on what it had become.
    const again = (dataset: string) =>
      call(app.router.imports.start, {
        dataset,
        source: { type: 'place', placeId: 'place-1', path: [] },
      });
    await expect(again('heads')).rejects.toMatchObject({
      ...busy,
      message: `${runId} trains on the dataset "heads".`,
    });
    await again('others');
    await expect(call(app.router.manage.deleteDataset, { datasetId: '1' })).rejects.toMatchObject(busy);
    await call(app.router.runs.stop, { runId });
  });
});
