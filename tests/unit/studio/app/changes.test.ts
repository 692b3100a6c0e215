import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../../../src/contract/index.ts';
import { openStudioApp, type StudioApp } from '../../../../src/studio/app/index.ts';
import { flattenSettings, metricColumns } from '../../../../src/studio/app/runs.ts';
import { Workspace } from '../../../../src/workspace/index.ts';

/** The app reads while a second connection writes, as another process does. */
let folder: string;
let app: StudioApp;
let writer: Workspace;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-changes-'));
  writer = Workspace.create(join(folder, 'ws'), { write: true });
  writer.createDataset({ name: 'heads', subjectFrom: 'identity', splitSeed: 1, heldOutFraction: null });
  app = await openStudioApp({ workspace: join(folder, 'ws'), shell: 'serve' });
});
afterEach(async () => {
  await app.close();
  writer.close();
  rmSync(folder, { recursive: true, force: true });
});

const newRun = () =>
  writer.createRun({
    dataset: 'heads',
    datasetHash: 'x',
    preset: 'tiny',
    size: 32,
    seed: 1,
    config: { gan: { batch: 16 } },
    device: 'cpu',
    totalImages: 640,
  });
const point = (step: number, seconds = step) => ({
  step,
  images: step * 16,
  lossD: 1 / step,
  lossG: step === 3 ? Number.NaN : step,
  scoreReal: 1,
  scoreFake: -1,
  extra: {},
  seconds,
});
const steps = (change: Change | undefined) => (change?.type === 'metrics' ? change.metrics.steps : undefined);

async function nextOf<K extends Change['type']>(stream: AsyncIterator<Change>, type: K) {
  for (;;) {
    const { value, done } = await stream.next();
    if (done === true) throw new Error('The stream ended.');
    if (value.type === type) return value as Extract<Change, { type: K }>;
  }
}

describe('the stream of changes', () => {
  it('tells of runs that another connection starts, changes and removes', async () => {
    const stream = await call(app.router.runs.events, {});
    expect((await stream.next()).value).toEqual({ type: 'snapshot', runs: [], jobs: [] });
    const { id } = newRun();
    expect((await nextOf(stream, 'run')).run).toMatchObject({
      id,
      state: 'queued',
      dataset: { id: '1', name: 'heads' },
      totalImages: 640,
    });
    writer.updateRun(id, { event: { type: 'start' }, images: 160, seconds: 8 });
    expect((await nextOf(stream, 'run')).run).toMatchObject({
      state: 'running',
      images: 160,
      imagesPerSecond: 20,
    });
    writer.updateRun(id, { event: { type: 'fail', code: 'DEVICE_LOST', message: 'The device failed.' } });
    expect((await nextOf(stream, 'run')).run.error).toEqual({
      code: 'DEVICE_LOST',
      message: 'The device failed.',
    });
    writer.deleteRun(id);
    expect(await nextOf(stream, 'run-removed')).toEqual({ type: 'run-removed', runId: id });
    await stream.return?.();
  });

  it('tells of datasets', async () => {
    const stream = await call(app.router.runs.events, {});
    await stream.next();
    writer.createDataset({ name: 'knees', subjectFrom: 'identity', splitSeed: 1, heldOutFraction: null });
    expect(await nextOf(stream, 'datasets')).toEqual({ type: 'datasets' });
    await stream.return?.();
  });

  it('gives a run’s metrics once, then only new ones, and all again after a resume went back', async () => {
    const { id } = newRun();
    writer.appendMetrics(id, [point(1), point(2)]);
    const stream = await call(app.router.runs.events, { runId: id });
    await stream.next();
    expect(steps(await nextOf(stream, 'metrics'))).toEqual([1, 2]);
    writer.appendMetrics(id, [point(3), point(4)]);
    const more = await nextOf(stream, 'metrics');
    expect(steps(more)).toEqual([3, 4]);
    expect(more.metrics.lossG).toEqual([null, 4]);
    writer.dropMetricsAfter(id, 2);
    writer.appendMetrics(id, [point(3, 33)]);
    expect(steps(await nextOf(stream, 'metrics'))).toEqual([1, 2, 3]);
    await stream.return?.();
  });

  it('ends when its signal does', async () => {
    const stop = new AbortController();
    const stream = await call(app.router.runs.events, {}, { signal: stop.signal });
    await stream.next();
    const next = stream.next().catch(() => ({ done: true }));
    stop.abort();
    expect((await next).done).toBe(true);
  });
});

describe('calls', () => {
  it('give datasets and runs as the contract says', async () => {
    expect(await call(app.router.datasets.list, undefined)).toMatchObject([
      { id: '1', name: 'heads', slices: 0, setAside: 0, cover: [] },
    ]);
    const { id } = newRun();
    writer.addEvent(id, { kind: 'guard', text: 'The learning rate was halved.', images: 32 });
    expect(await call(app.router.runs.get, { runId: id })).toMatchObject({
      id,
      settings: [{ name: 'batch', value: '16' }],
      events: [{ kind: 'guard', text: 'The learning rate was halved.', images: 32 }],
      samples: [],
    });
  });

  it('thin a long curve and keep its newest point', async () => {
    const { id } = newRun();
    writer.appendMetrics(
      id,
      Array.from({ length: 1000 }, (_, i) => point(i + 1)),
    );
    const metrics = await call(app.router.runs.metrics, { runId: id, points: 100 });
    expect(metrics.steps.length).toBeLessThanOrEqual(100);
    expect(metrics.steps.at(-1)).toBe(1000);
  });

  it('keep the code and the advice of an error, and no file name', async () => {
    await expect(call(app.router.runs.get, { runId: 'run-0404' })).rejects.toMatchObject({
      code: 'STUDIO',
      data: { code: 'NOT_FOUND' },
    });
    await expect(call(app.router.datasets.get, { datasetId: '9' })).rejects.toMatchObject({
      code: 'STUDIO',
      data: { code: 'NOT_FOUND', action: 'Choose another from the list.' },
    });
  });
});

describe('settings and metrics for the screen', () => {
  it('are flat, in order, without what is no setting', () => {
    const config = {
      gan: { preset: 'tiny', batch: 16, loss: { kind: 'r3', r1: 0.1 }, sizes: [1, 2] },
      threads: 2,
    };
    expect(flattenSettings(config)).toEqual([
      { name: 'batch', value: '16' },
      { name: 'loss.kind', value: 'r3' },
      { name: 'loss.r1', value: '0.1' },
      { name: 'sizes', value: '1, 2' },
      { name: 'threads', value: '2' },
    ]);
  });

  it('turn what is not finite into a gap', () => {
    expect(metricColumns([point(3)]).lossG).toEqual([null]);
  });
});
