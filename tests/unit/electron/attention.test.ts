import { describe, expect, it } from 'vitest';
import { type Ended, showWork } from '../../../electron/attention.ts';
import type { Change, Job, RunSummary } from '../../../src/contract/index.ts';

const run = (state: RunSummary['state'], change: Partial<RunSummary> = {}): RunSummary => ({
  id: 'run-0001',
  dataset: { id: '1', name: 'Doe^Jane' },
  state,
  preset: 'tiny',
  size: 64,
  device: 'cpu',
  images: 250,
  totalImages: 1000,
  imagesPerSecond: 50,
  seconds: 5,
  createdAt: '',
  updatedAt: '',
  here: true,
  error: null,
  ...change,
});
const job = (state: Job['state'], done = 0, total: number | null = null): Job => ({
  id: 'job-0001',
  kind: 'import',
  subject: 'Doe^Jane',
  state,
  phase: null,
  done,
  total,
  startedAt: '',
  elapsedMs: 0,
  remainingMs: null,
  rejected: 0,
  outcome: null,
  failure: null,
});

/** Shows the changes on a platform that writes down what it is told. */
async function shown(...changes: Change[]) {
  const progress: number[] = [];
  const notes: Ended[] = [];
  const awake: string[] = [];
  async function* stream() {
    yield* changes;
  }
  await showWork(stream(), {
    stayAwake: () => {
      awake.push('awake');
      return () => awake.push('may sleep');
    },
    showProgress: (value) => progress.push(value),
    notify: (ended) => notes.push(ended),
  });
  return { progress, notes, awake };
}
const snapshot: Change = { type: 'snapshot', runs: [], jobs: [] };

describe('the platform', () => {
  it('stays awake while a run trains, shows its progress, and says when it is complete', async () => {
    const { progress, notes, awake } = await shown(
      snapshot,
      { type: 'run', run: run('running', { totalImages: null }) },
      { type: 'run', run: run('running') },
      { type: 'run', run: run('completed', { images: 1000 }) },
    );
    expect(progress).toEqual([-1, 2, 0.25, -1, -1]);
    expect(awake).toEqual(['awake', 'may sleep']);
    expect(notes).toEqual([{ title: 'run-0001', body: 'The training is complete.' }]);
  });

  it('says when a run fails or dies, and nothing when the user stops or holds it', async () => {
    const begin: Change = { type: 'snapshot', runs: [run('running')], jobs: [] };
    const notes = async (state: RunSummary['state']) =>
      (await shown(begin, { type: 'run', run: run(state) })).notes.map(({ body }) => body);
    expect(await notes('failed')).toEqual(['The training has failed.']);
    expect(await notes('interrupted')).toEqual(['The training ended unexpectedly. It can be resumed.']);
    expect(await notes('stopped')).toEqual([]);
    expect(await notes('paused')).toEqual([]);
  });

  it('may sleep while a run is held, or is another process’s', async () => {
    const held = await shown(
      snapshot,
      { type: 'run', run: run('running') },
      { type: 'run', run: run('paused') },
    );
    expect(held.awake).toEqual(['awake', 'may sleep']);
    const others = await shown(snapshot, { type: 'run', run: run('running', { here: false }) });
    expect(others.awake).toEqual([]);
  });

  it('shows jobs too, and names nothing that a user named', async () => {
    const { progress, notes, awake } = await shown(
      snapshot,
      { type: 'job', job: job('running') },
      { type: 'job', job: job('running', 30, 40) },
      { type: 'job', job: job('done', 40, 40) },
      { type: 'job-removed', jobId: 'job-0001' },
    );
    expect(progress).toEqual([-1, 2, 0.75, -1, -1, -1]);
    expect(awake).toEqual(['awake', 'may sleep']);
    expect(notes).toEqual([{ title: 'Gantry: import', body: 'Done.' }]);
    expect(JSON.stringify(notes)).not.toContain('Doe');
  });
});
