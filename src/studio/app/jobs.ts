import { type ErrorCode, GantryError, toGantryError } from '../../base/errors.ts';
import type { Job, JobKind, RejectPage } from '../../contract/index.ts';
import { outward } from './outward.ts';

/** Progress reaches the screens at most so often. */
const tellEveryMs = 250;
/** Reasons that are kept of one job; the number of rejects goes on counting. */
const keptRejects = 20_000;
const keptJobs = 50;

export interface JobProgress {
  readonly done: number;
  readonly total?: number | null | undefined;
  /** Estimate; left out: from the rate so far. */
  readonly remainingMs?: number | null | undefined;
  readonly phase?: string | null | undefined;
}

export type JobOutcome = NonNullable<Job['outcome']>;

/** What the work of a job is given. */
export interface JobHandle {
  readonly id: string;
  readonly signal: AbortSignal;
  progress(progress: JobProgress): void;
  /** Something of the input that could not be used; named below the folder that the user chose. */
  reject(name: string, code: string, reason: string): void;
}

interface Entry {
  job: Job;
  readonly began: number;
  readonly abort: AbortController;
  readonly rejects: RejectPage['items'];
  readonly ended: Promise<void>;
  told: number;
  late: NodeJS.Timeout | undefined;
}

export type JobListener = (
  change: { type: 'job'; job: Job } | { type: 'job-removed'; jobId: string },
) => void;

/**
 * Long work that belongs to this process: imports, exports, evaluations. Each can be cancelled, tells how far
 * it is, and ends as done, failed or cancelled; an ended one stays until it is dismissed.
 */
export class Jobs {
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<JobListener>();
  private count = 0;

  /** Starts work at once and gives the job's name. What the work throws becomes the job's failure. */
  start(
    kind: JobKind,
    subject: string,
    work: (handle: JobHandle) => Promise<JobOutcome>,
  ): { readonly id: string; readonly ended: Promise<void> } {
    const id = `job-${String(++this.count).padStart(4, '0')}`;
    const abort = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const entry: Entry = {
      job: {
        id,
        kind,
        subject,
        state: 'running',
        phase: null,
        done: 0,
        total: null,
        startedAt: new Date().toISOString(),
        elapsedMs: 0,
        remainingMs: null,
        rejected: 0,
        outcome: null,
        failure: null,
      },
      began: performance.now(),
      abort,
      rejects: [],
      ended,
      told: 0,
      late: undefined,
    };
    this.entries.set(id, entry);
    this.forgetOld();
    const handle: JobHandle = {
      id,
      signal: abort.signal,
      progress: (progress) => this.advance(entry, progress),
      reject: (name, code, reason) => {
        if (entry.rejects.length < keptRejects) entry.rejects.push({ name, code, reason });
        this.put(entry, { rejected: entry.job.rejected + 1 });
      },
    };
    this.put(entry, {}, true);
    void work(handle)
      .then(
        (outcome) => this.put(entry, { state: 'done', outcome, remainingMs: null }, true),
        (error) => this.fail(entry, error),
      )
      .finally(resolve);
    return { id, ended };
  }

  /** Newest first. */
  list(): Job[] {
    return [...this.entries.values()].reverse().map((entry) => this.now(entry));
  }

  /** True while a job is at work, of this kind and on this subject if they are named. */
  isBusy(kind?: JobKind, subject?: string): boolean {
    return [...this.entries.values()].some(
      ({ job }) =>
        (kind === undefined || job.kind === kind) &&
        (subject === undefined || job.subject === subject) &&
        isActive(job),
    );
  }

  /** @throws NOT_FOUND */
  get(jobId: string): Job {
    return this.now(this.entry(jobId));
  }

  /** Asks a job to end; harmless for one that has. @throws NOT_FOUND */
  cancel(jobId: string): void {
    const entry = this.entry(jobId);
    if (!isActive(entry.job)) return;
    this.put(entry, { state: 'cancelling' }, true);
    entry.abort.abort();
  }

  /** Takes an ended job off the list. @throws NOT_FOUND, USAGE for one that is at work */
  dismiss(jobId: string): void {
    const entry = this.entry(jobId);
    if (isActive(entry.job)) {
      throw new GantryError('USAGE', 'The job is still at work.', { action: 'Cancel it first.' });
    }
    this.remove(jobId);
  }

  /** @throws NOT_FOUND */
  rejects(jobId: string, offset: number, limit: number): RejectPage {
    const { job, rejects } = this.entry(jobId);
    return { total: job.rejected, items: rejects.slice(offset, offset + limit) };
  }

  listen(listener: JobListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Cancels what is at work and waits for its end. */
  async close(): Promise<void> {
    for (const entry of this.entries.values()) entry.abort.abort();
    await Promise.all([...this.entries.values()].map(({ ended }) => ended));
    for (const entry of this.entries.values()) clearTimeout(entry.late);
  }

  private entry(jobId: string): Entry {
    const entry = this.entries.get(jobId);
    if (entry === undefined) {
      throw new GantryError('NOT_FOUND', 'This job is no longer listed.');
    }
    return entry;
  }

  private now(entry: Entry): Job {
    const { job, began } = entry;
    return isActive(job) ? { ...job, elapsedMs: performance.now() - began } : job;
  }

  private advance(entry: Entry, { done, total, remainingMs, phase }: JobProgress): void {
    const elapsedMs = performance.now() - entry.began;
    const whole = total === undefined ? entry.job.total : total;
    const guess = done > 0 && whole !== null ? (elapsedMs / done) * Math.max(0, whole - done) : null;
    this.put(entry, {
      done,
      total: whole,
      remainingMs: remainingMs === undefined ? guess : remainingMs,
      ...(phase === undefined ? {} : { phase }),
    });
  }

  private fail(entry: Entry, error: unknown): void {
    const { code, message, action } = outward(toGantryError(error));
    const wasCancelled = entry.abort.signal.aborted && isCancel(code);
    this.put(
      entry,
      {
        state: wasCancelled ? 'cancelled' : 'failed',
        remainingMs: null,
        failure: wasCancelled ? null : { code, message, ...(action === undefined ? {} : { action }) },
      },
      true,
    );
  }

  /** Changes a job and tells of it, at once or with the next few. */
  private put(entry: Entry, change: Partial<Job>, atOnce = false): void {
    const active = isActive(entry.job);
    entry.job = { ...entry.job, ...change };
    if (active) entry.job = { ...entry.job, elapsedMs: performance.now() - entry.began };
    const wait = atOnce ? 0 : entry.told + tellEveryMs - performance.now();
    if (wait <= 0) this.tell(entry);
    else
      entry.late ??= setTimeout(() => {
        if (this.entries.has(entry.job.id)) this.tell(entry);
      }, wait).unref();
  }

  private tell(entry: Entry): void {
    clearTimeout(entry.late);
    entry.late = undefined;
    entry.told = performance.now();
    for (const listener of this.listeners) listener({ type: 'job', job: entry.job });
  }

  private remove(jobId: string): void {
    clearTimeout(this.entries.get(jobId)?.late);
    this.entries.delete(jobId);
    for (const listener of this.listeners) listener({ type: 'job-removed', jobId });
  }

  private forgetOld(): void {
    for (const [id, { job }] of this.entries) {
      if (this.entries.size <= keptJobs) return;
      if (!isActive(job)) this.remove(id);
    }
  }
}

function isActive({ state }: Job): boolean {
  return state === 'running' || state === 'cancelling';
}

function isCancel(code: ErrorCode): boolean {
  return code === 'CANCELLED';
}
