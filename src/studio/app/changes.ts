import type { Change, RunSummary } from '../../contract/index.ts';
import type { RunMetrics as StepMetrics, Workspace } from '../../workspace/index.ts';
import type { Jobs } from './jobs.ts';
import { outward } from './outward.ts';
import type { Presence } from './presence.ts';
import type { Reads } from './reads.ts';
import { metricColumns, type RunViews } from './runs.ts';

const pollMs = 500;
/** Points of one message; more than that is a curve to load, not news. */
const mostPoints = 4000;

/** Hands queued items to one consumer of an async iteration, until it or the feed ends. */
class Mailbox {
  private readonly items: Change[] = [];
  private wake: (() => void) | undefined;
  private ended = false;

  post(change: Change): void {
    this.items.push(change);
    this.wake?.();
  }

  end(): void {
    this.ended = true;
    this.wake?.();
  }

  async *read(): AsyncGenerator<Change> {
    while (!this.ended) {
      const next = this.items.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
    }
  }
}

interface Follower {
  readonly mailbox: Mailbox;
  readonly runId: string | undefined;
  /** The last logged step that it was told of. */
  last: StepMetrics | undefined;
}

/**
 * Tells every open screen what changed in the workspace, whoever changed it. SQLite says that something did
 * (`data_version`, twice a second); what did is found by comparing.
 */
export class ChangeFeed {
  private readonly workspace: Workspace;
  private readonly reads: Reads;
  private readonly runs: RunViews;
  private readonly jobs: Jobs;
  private readonly presence: Presence;
  private readonly followers = new Set<Follower>();
  private timer: NodeJS.Timeout | undefined;
  private version = '';
  private known = new Map<string, string>();
  private datasets = '';
  /** What is wrong with the folder, by its message. */
  private fault: string | undefined;

  constructor(workspace: Workspace, reads: Reads, runs: RunViews, jobs: Jobs, presence: Presence) {
    this.workspace = workspace;
    this.reads = reads;
    this.runs = runs;
    this.jobs = jobs;
    this.presence = presence;
    jobs.listen((change) => this.tell(change));
  }

  /** Tells every open screen of something that is not in the database. */
  tell(change: Change): void {
    for (const { mailbox } of this.followers) mailbox.post(change);
  }

  /** Opens a stream; it begins with a snapshot and ends when the signal does. */
  async *follow(runId: string | undefined, signal: AbortSignal | undefined): AsyncGenerator<Change> {
    const follower: Follower = { mailbox: new Mailbox(), runId, last: undefined };
    const end = () => follower.mailbox.end();
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted === true) end();
    if (this.followers.size === 0) this.look(false);
    this.followers.add(follower);
    this.timer ??= setInterval(() => this.tick(), pollMs);
    try {
      yield { type: 'snapshot', runs: this.runs.list(), jobs: this.jobs.list() };
      const fault = this.presence.fault();
      if (fault !== undefined) yield { type: 'workspace', failure: outward(fault) };
      this.tellMetrics(follower);
      yield* follower.mailbox.read();
    } finally {
      signal?.removeEventListener('abort', end);
      this.followers.delete(follower);
      if (this.followers.size === 0) this.rest();
    }
  }

  close(): void {
    this.rest();
    for (const { mailbox } of this.followers) mailbox.end();
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Tells that the workspace's folder has gone, or has come back. */
  private lookForFolder(): void {
    const fault = this.presence.fault();
    if (fault?.message === this.fault) return;
    this.fault = fault?.message;
    this.tell({ type: 'workspace', failure: fault === undefined ? null : outward(fault) });
  }

  private tick(): void {
    this.lookForFolder();
    try {
      const version = `${this.reads.version()}.${this.runs.revision}`;
      if (version === this.version) return;
      this.version = version;
      this.look(true);
      for (const follower of this.followers) this.tellMetrics(follower);
    } catch {
      // The database is busy or gone for the moment. The next tick looks again; calls tell what is wrong.
      this.version = '';
    }
  }

  /** Compares the workspace with what was known and, if wanted, tells the difference. */
  private look(tell: boolean): void {
    const post = (change: Change) => {
      if (tell) for (const { mailbox } of this.followers) mailbox.post(change);
    };
    const now = new Map<string, string>();
    for (const run of this.runs.list()) {
      const text = JSON.stringify(run satisfies RunSummary);
      now.set(run.id, text);
      if (this.known.get(run.id) !== text) post({ type: 'run', run });
    }
    for (const runId of this.known.keys()) if (!now.has(runId)) post({ type: 'run-removed', runId });
    this.known = now;
    const datasets = JSON.stringify(this.workspace.datasets());
    if (datasets !== this.datasets) post({ type: 'datasets' });
    this.datasets = datasets;
  }

  private tellMetrics(follower: Follower): void {
    const { runId, last } = follower;
    if (runId === undefined) return;
    let rows = this.workspace.metrics(runId, { from: last?.step ?? 0, maxPoints: mostPoints });
    // A resume forgets the steps after its checkpoint: then the curve is told anew from its beginning.
    if (last !== undefined && (rows[0]?.step !== last.step || rows[0].seconds !== last.seconds)) {
      rows = this.workspace.metrics(runId, { maxPoints: mostPoints });
    } else if (last !== undefined) rows = rows.slice(1);
    follower.last = rows.at(-1) ?? last;
    if (rows.length > 0) {
      follower.mailbox.post({ type: 'metrics', runId, metrics: metricColumns(rows) });
    }
  }
}
