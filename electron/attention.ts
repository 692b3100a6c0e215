import type { Change, Job, RunSummary } from '../src/contract/index.ts';

/** What the platform is to show of the work: awake, a bar in the taskbar, and a word when something has ended. */
export interface Work {
  /** Something is at work that a sleeping machine would hold up. */
  readonly isBusy: boolean;
  /** Share that is done, 0 to 1; 2 where it cannot be said; -1 where nothing is at work. */
  readonly progress: number;
}

export interface Ended {
  readonly title: string;
  readonly body: string;
}

const endings: Partial<Record<RunSummary['state'], string>> = {
  completed: 'The training is complete.',
  failed: 'The training has failed.',
  interrupted: 'The training ended unexpectedly. It can be resumed.',
};
const jobEndings: Partial<Record<Job['state'], string>> = { done: 'Done.', failed: 'Failed.' };

/** Follows the changes of a workspace; what it holds is what is at work. */
export class Attention {
  private readonly runs = new Map<string, RunSummary>();
  private readonly jobs = new Map<string, Job>();

  /** Takes a change in, and gives what has ended by it. */
  take(change: Change): Ended | undefined {
    switch (change.type) {
      case 'snapshot':
        this.runs.clear();
        this.jobs.clear();
        for (const run of change.runs) this.runs.set(run.id, run);
        for (const job of change.jobs) this.jobs.set(job.id, job);
        return undefined;
      case 'run': {
        const before = this.runs.get(change.run.id);
        this.runs.set(change.run.id, change.run);
        const body = endings[change.run.state];
        return before?.here === true && before.state === 'running' && body !== undefined
          ? { title: change.run.id, body }
          : undefined;
      }
      case 'job': {
        const before = this.jobs.get(change.job.id);
        this.jobs.set(change.job.id, change.job);
        const body = jobEndings[change.job.state];
        return before?.state === 'running' && body !== undefined
          ? { title: `Gantry: ${change.job.kind}`, body }
          : undefined;
      }
      case 'run-removed':
        this.runs.delete(change.runId);
        return undefined;
      case 'job-removed':
        this.jobs.delete(change.jobId);
        return undefined;
      default:
        return undefined;
    }
  }

  /** Only work of this app counts: a run of another process is no reason to keep the machine awake. */
  work(): Work {
    const runs = [...this.runs.values()].filter(({ here, state }) => here && state === 'running');
    const jobs = [...this.jobs.values()].filter(({ state }) => state === 'running' || state === 'cancelling');
    if (runs.length + jobs.length === 0) return { isBusy: false, progress: -1 };
    const shares = [
      ...runs.map(({ images, totalImages }) => (totalImages ? images / totalImages : undefined)),
      ...jobs.map(({ done, total }) => (total ? done / total : undefined)),
    ].filter((share) => share !== undefined);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    return { isBusy: true, progress: shares.length === 0 ? 2 : Math.min(1, mean) };
  }
}

/** What of the platform is used to show it. */
export interface Platform {
  /** Keeps the machine awake; the result ends that. */
  stayAwake(): () => void;
  showProgress(progress: number): void;
  notify(ended: Ended): void;
}

/** Shows the work of a studio until its stream ends. */
export async function showWork(changes: AsyncIterable<Change>, platform: Platform): Promise<void> {
  const attention = new Attention();
  let sleep: (() => void) | undefined;
  try {
    for await (const change of changes) {
      const ended = attention.take(change);
      const { isBusy, progress } = attention.work();
      if (isBusy) sleep ??= platform.stayAwake();
      else {
        sleep?.();
        sleep = undefined;
      }
      platform.showProgress(progress);
      if (ended !== undefined) platform.notify(ended);
    }
  } finally {
    sleep?.();
    platform.showProgress(-1);
  }
}
