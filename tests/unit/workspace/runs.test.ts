import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type RunMetrics, type RunState, transition, Workspace } from '../../../src/workspace/index.ts';
import { newDataset, temporaryFolder } from './helpers.ts';

const request = {
  dataset: 'heads',
  preset: 'tiny',
  size: 64,
  seed: 7,
  config: { width: [1, 2] },
  device: 'cpu',
};

function metric(step: number): RunMetrics {
  return {
    step,
    images: step * 16,
    lossD: 1 / (step + 1),
    lossG: step === 3 ? Number.NaN : 2,
    scoreReal: 0.5,
    scoreFake: -0.5,
    extra: step % 2 === 0 ? { r1: step, lr: Number.NaN } : {},
    seconds: step / 10,
  };
}

describe('run state', () => {
  const at = '2026-01-02T03:04:05.000Z';
  it('follows the ordinary life of a run', () => {
    let state: RunState = { kind: 'queued' };
    state = transition(state, { type: 'start' }, at);
    expect(state).toEqual({ kind: 'running', since: at });
    state = transition(state, { type: 'stop' }, at);
    expect(state.kind).toBe('stopped');
    state = transition(transition(state, { type: 'start' }, at), { type: 'complete' }, at);
    expect(state.kind).toBe('completed');
  });

  it('refuses what makes no sense', () => {
    expect(() => transition({ kind: 'queued' }, { type: 'complete' }, at)).toThrow(/queued cannot complete/);
    expect(() => transition({ kind: 'stopped' }, { type: 'interrupt' }, at)).toThrow();
  });
});

describe('runs', () => {
  it('keep their record, figures and state', () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'heads');
    const run = ws.createRun({ ...request, totalImages: 1000 });
    expect(run).toMatchObject({
      id: 'run-0001',
      totalImages: 1000,
      state: { kind: 'queued' },
      config: request.config,
    });
    expect(run.datasetHash).toMatch(/^[0-9a-f]{64}$/);
    expect(existsSync(ws.runDir(run.id))).toBe(true);
    ws.updateRun(run.id, { event: { type: 'start' }, device: 'cuda' });
    const failed = ws.updateRun(run.id, {
      event: { type: 'fail', code: 'NOT_FINITE', message: 'loss' },
      images: 160,
      seconds: 2.5,
    });
    expect(failed).toMatchObject({
      images: 160,
      seconds: 2.5,
      device: 'cuda',
      totalImages: 1000,
      state: { kind: 'failed', code: 'NOT_FINITE' },
    });
    ws.deleteRun(run.id);
    expect(existsSync(ws.runDir('run-0001'))).toBe(false);
    // A number is never used twice: exports name the run that made them.
    expect(ws.createRun(request).id).toBe('run-0002');
    expect(() => ws.run('run-0001')).toThrow(/no run/);
    expect(() => ws.run('../etc')).toThrow(/no run/);
  });

  it('keep metrics, thinned out for a chart, and replace steps after a resume', () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'heads');
    const { id } = ws.createRun(request);
    ws.appendMetrics(
      id,
      Array.from({ length: 1000 }, (_, step) => metric(step)),
    );
    expect(ws.metrics(id, { to: 4 })).toEqual([0, 1, 2, 3, 4].map(metric));
    const thin = ws.metrics(id, { maxPoints: 100 });
    expect(thin).toHaveLength(100);
    expect(thin.at(-1)).toEqual(metric(999));
    for (const row of thin) expect(row).toEqual(metric(row.step));
    expect(ws.metrics(id, { from: 990 }).map((row) => row.step)).toEqual(
      [...Array(10).keys()].map((i) => 990 + i),
    );
    ws.dropMetricsAfter(id, 500);
    ws.appendMetrics(id, [{ ...metric(500), lossD: 9 }]);
    expect(ws.metrics(id).at(-1)).toMatchObject({ step: 500, lossD: 9 });
  });

  it('keep events and checkpoints', () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'heads');
    const { id } = ws.createRun(request);
    ws.addEvent(id, { kind: 'guard', text: 'rate halved', images: 32 });
    ws.addEvent(id, { kind: 'note', text: 'two' });
    const [first] = ws.events(id);
    expect(first).toMatchObject({ kind: 'guard', images: 32 });
    expect(ws.events(id, { after: first!.id })).toMatchObject([{ text: 'two' }]);
    ws.addCheckpoint(id, { name: 'b', images: 200, sha256: 'b2' });
    ws.addCheckpoint(id, { name: 'a', images: 100, sha256: 'a1' });
    ws.addCheckpoint(id, { name: 'b', images: 200, sha256: 'b3', figures: { kid: 0.5 } });
    expect(ws.checkpoints(id)).toMatchObject([
      { name: 'a', sha256: 'a1' },
      { name: 'b', sha256: 'b3', figures: { kid: 0.5 } },
    ]);
    ws.dropCheckpoint(id, 'a');
    expect(ws.checkpoints(id)).toHaveLength(1);
  });

  it('left running by a dead process are interrupted when the next writer comes', () => {
    using folder = temporaryFolder();
    const ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'heads');
    const { id } = ws.createRun(request);
    ws.updateRun(id, { event: { type: 'start' } });
    ws.close();
    using reader = Workspace.open(folder.dir);
    expect(reader.run(id).state.kind).toBe('running');
    using next = Workspace.open(folder.dir, { write: true });
    expect(next.interruptedRuns).toEqual([id]);
    expect(reader.run(id).state.kind).toBe('interrupted');
    expect(next.events(id).at(-1)?.kind).toBe('interrupted');
  });
});
