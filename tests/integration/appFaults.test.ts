import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStudioApp, type StudioApp } from '../../src/studio/app/index.ts';
import { forkTrainer } from '../../src/studio/train/host.ts';
import type { TrainerProcess } from '../../src/studio/train/index.ts';
import { madeDicom } from '../unit/studio/import/makeDicom.ts';

/** Things that go wrong while the app is at work: it says so, and lives. */
describe('the app when things go wrong', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-faults-'));
  const scans = join(folder, 'scans');
  const dir = join(folder, 'ws');
  let app: StudioApp;
  let trainer: TrainerProcess | undefined;

  beforeAll(async () => {
    for (let subject = 0; subject < 4; subject++) {
      mkdirSync(join(scans, `s${subject}`), { recursive: true });
      for (let i = 1; i <= 8; i++) {
        const made = madeDicom({ instance: i, patientId: `p${subject}`, series: `1.2.3.${subject}` });
        writeFileSync(join(scans, `s${subject}`, `${i}.dcm`), made);
      }
    }
    mkdirSync(join(folder, 'broken'));
    const whole = madeDicom({ instance: 1 });
    writeFileSync(join(folder, 'broken', 'cut.dcm'), whole.subarray(0, whole.length - 500));
    writeFileSync(join(folder, 'broken', 'noise.dcm'), Buffer.alloc(2000, 0xa7));
    writeFileSync(join(folder, 'broken', 'empty.dcm'), '');
    app = await openStudioApp({
      workspace: dir,
      shell: 'serve',
      create: true,
      allow: [folder],
      startTrainer: () => {
        const started = forkTrainer();
        trainer = started;
        return started;
      },
    });
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function importFrom(path: string[]) {
    const source = { type: 'place' as const, placeId: 'place-1', path };
    const { jobId } = await call(app.router.imports.start, { dataset: 'heads', source });
    const job = async () => (await call(app.router.jobs.list, undefined)).find(({ id }) => id === jobId);
    await expect.poll(async () => (await job())?.state, { timeout: 20_000 }).not.toBe('running');
    return job();
  }
  const run = (runId: string) => call(app.router.runs.get, { runId });

  it('names every broken file and leaves nothing behind', async () => {
    expect(await importFrom(['broken'])).toMatchObject({
      state: 'failed',
      failure: { code: 'NO_INPUT' },
      rejected: 3,
    });
    expect(await call(app.router.datasets.list, undefined)).toEqual([]);
  });

  it('shows a run whose trainer was killed as interrupted, and resumes it', async () => {
    expect(await importFrom(['scans'])).toMatchObject({ state: 'done' });
    const request = { datasetId: '1', preset: 'tiny', size: 32, seed: 1, images: 1_000_000 };
    // The dataset may have another number than the one that was made for nothing.
    const [dataset] = await call(app.router.datasets.list, undefined);
    const { runId } = await call(app.router.runs.start, { ...request, datasetId: dataset?.id ?? '' });
    await expect.poll(async () => (await run(runId)).images, { timeout: 60_000 }).toBeGreaterThan(0);
    trainer?.kill();
    await expect.poll(async () => (await run(runId)).state, { timeout: 20_000 }).toBe('interrupted');
    await expect.poll(async () => (await run(runId)).here).toBe(false);
    await call(app.router.runs.resume, { runId });
    await expect.poll(async () => (await run(runId)).state, { timeout: 60_000 }).toBe('running');
    await call(app.router.runs.stop, { runId });
    expect((await run(runId)).state).toBe('stopped');
  });

  it('answers with a reason when an allowed folder is gone, and lists it again when it is back', async () => {
    renameSync(scans, `${scans}-away`);
    await expect(
      call(app.router.imports.browse, { placeId: 'place-1', path: ['scans'] }),
    ).rejects.toMatchObject({ code: 'STUDIO', data: { code: 'NOT_FOUND' } });
    renameSync(`${scans}-away`, scans);
    expect(
      (await call(app.router.imports.browse, { placeId: 'place-1', path: ['scans'] })).folders,
    ).toHaveLength(4);
  });

  it('cancels an import that is at work and keeps the workspace whole', async () => {
    const source = { type: 'place' as const, placeId: 'place-1', path: ['scans'] };
    const { jobId } = await call(app.router.imports.start, { dataset: 'other', source });
    await call(app.router.jobs.cancel, { jobId });
    const state = async () =>
      (await call(app.router.jobs.list, undefined)).find(({ id }) => id === jobId)?.state;
    await expect.poll(state, { timeout: 20_000 }).toBe('cancelled');
    expect(await importFrom(['scans'])).toMatchObject({ state: 'done', outcome: { added: 0 } });
  });
});
