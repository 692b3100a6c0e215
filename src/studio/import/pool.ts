import { statSync } from 'node:fs';
import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { GantryError } from '../../base/errors.ts';
import { entryUrl } from '../../base/runtime.ts';
import type { FileOrder, FileReport, FileSite, WorkerOrder, WorkerReport, WorkerStart } from './types.ts';

/** Files that a worker holds at a time: one at work, the others so that it never waits. */
const filesAhead = 3;
const watchEveryMs = 1000;

/**
 * How long a file of so many bytes may take without a sign of life before it is given up, in ms: a minute, and
 * longer for large files, which a slow disk or network reads at half a megabyte a second.
 */
export function patienceMs(bytes: number): number {
  return 60_000 + bytes / 500;
}

export interface PoolOptions {
  readonly workers: number;
  readonly start: WorkerStart;
  readonly signal?: AbortSignal | undefined;
  /** By the file's bytes, ms; default `patienceMs`. */
  readonly patience?: ((bytes: number) => number) | undefined;
  /** Told of every report, and of files whose worker died or hung, as rejections. */
  readonly onReport: (report: FileReport, stored: () => void) => void;
}

/**
 * Workers load the readers' code each for itself; with Node's compile cache that costs a third of the time, from
 * the second import on.
 */
function workerEnv(): NodeJS.ProcessEnv {
  enableCompileCache();
  const directory = getCompileCacheDir();
  return directory === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(directory) };
}

/** One worker thread and what it has been given. */
interface Seat {
  worker: Worker;
  readonly held: FileOrder[];
  /** Since the worker was last heard of, and this process was awake to hear it. */
  silentMs: number;
}

/** 0 where the file cannot be looked at any more. */
function bytesOf(order: FileSite & Pick<FileOrder, 'members'>): number {
  if (order.members !== undefined) return order.members.reduce((sum, member) => sum + bytesOf(member), 0);
  if (order.entry !== undefined) return order.entry.bytes;
  try {
    return statSync(order.path).size;
  } catch {
    return 0;
  }
}

/**
 * Sends files through worker threads and resolves when all have been reported, or rejects when `signal` aborts.
 * A worker that dies or hangs costs the file it was at, nothing else.
 */
export function runPool(
  files: readonly (FileSite & Pick<FileOrder, 'members'>)[],
  options: PoolOptions,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const again: FileOrder[] = [];
  const seats: Seat[] = [];
  let next = 0;
  let open = 0;
  let ended = false;

  const end = (error?: unknown) => {
    if (ended) return;
    ended = true;
    clearInterval(watch);
    options.signal?.removeEventListener('abort', abort);
    void Promise.all(seats.map(({ worker }) => worker.terminate())).then(() => {
      if (error === undefined) resolve();
      else reject(error);
    });
  };
  const abort = () => end(new GantryError('CANCELLED', 'Cancelled.'));

  const take = (): FileOrder | undefined => {
    const left = again.pop();
    if (left !== undefined) return left;
    const file = files[next];
    return file === undefined ? undefined : { type: 'file', id: next++, ...file };
  };
  const feed = (seat: Seat) => {
    while (seat.held.length < filesAhead) {
      const order = take();
      if (order === undefined) break;
      seat.held.push(order);
      open++;
      seat.worker.postMessage(order);
    }
    if (open === 0) end();
  };
  const finish = (seat: Seat, id: number) => {
    const at = seat.held.findIndex((order) => order.id === id);
    if (at < 0) return;
    seat.held.splice(at, 1);
    open--;
  };
  const tell = (seat: Seat, report: FileReport) => {
    // The worker that sent it: a worker that has taken its seat meanwhile has memory of its own.
    const { worker } = seat;
    const stored = () => {
      if (report.type !== 'slices') return;
      worker.postMessage({ type: 'stored', taken: report.taken } satisfies WorkerOrder);
    };
    try {
      options.onReport(report, stored);
    } catch (error) {
      end(error);
    }
  };
  /** Gives up the file at work, gives the others back, and puts a new worker on the seat. */
  const replace = (seat: Seat, code: 'TIMED_OUT' | 'INTERNAL', reason: string) => {
    const [culprit, ...others] = seat.held.splice(0);
    open -= others.length + (culprit === undefined ? 0 : 1);
    again.push(...others);
    if (culprit !== undefined) tell(seat, { type: 'rejected', id: culprit.id, code, reason });
    if (ended) return;
    seat.worker.removeAllListeners();
    // What a worker that was replaced still does must not end the process.
    seat.worker.on('error', () => {});
    void seat.worker.terminate();
    seat.worker = startWorker(seat);
    seat.silentMs = 0;
    feed(seat);
  };
  const startWorker = (seat: Pick<Seat, 'held'>): Worker => {
    const worker = new Worker(entryUrl('./worker.ts', import.meta.url), {
      workerData: options.start,
      // The flags of the host (an evaluated script, a test runner) are none of a worker's.
      execArgv: [],
      env: workerEnv(),
    });
    let ready = false;
    const own = () => seats.find((other) => other.held === seat.held);
    worker.on('message', (report: WorkerReport) => {
      const self = own();
      if (self === undefined || ended) return;
      self.silentMs = 0;
      if (report.type === 'ready') {
        ready = true;
        return;
      }
      if (report.type !== 'slices' || report.total !== null) finish(self, report.id);
      tell(self, report);
      if (!ended) feed(self);
    });
    worker.on('error', (error) => {
      const self = own();
      if (self === undefined || ended) return;
      // A worker that cannot even start is no matter of a file.
      if (!ready) end(error);
      else replace(self, 'INTERNAL', `Reading the file failed (${error.name}).`);
    });
    return worker;
  };
  const patience = options.patience ?? patienceMs;
  let watchedAt = performance.now();
  const watch = setInterval(() => {
    // A machine that slept, or a main thread that was busy, is no silence of the workers.
    const passedMs = Math.min(performance.now() - watchedAt, 2 * watchEveryMs);
    watchedAt = performance.now();
    for (const seat of seats) {
      const [order] = seat.held;
      if (order === undefined) continue;
      seat.silentMs += passedMs;
      if (seat.silentMs < patience(0) || seat.silentMs < patience(bytesOf(order))) continue;
      const seconds = Math.round(seat.silentMs / 1000);
      replace(seat, 'TIMED_OUT', `Reading the file took more than ${seconds} seconds; import it again.`);
    }
  }, watchEveryMs);

  if (options.signal?.aborted) abort();
  else {
    options.signal?.addEventListener('abort', abort);
    const count = Math.max(1, Math.min(options.workers, files.length));
    for (let i = 0; i < count; i++) {
      const held: FileOrder[] = [];
      const seat: Seat = { worker: startWorker({ held }), held, silentMs: 0 };
      seats.push(seat);
    }
    for (const seat of seats) feed(seat);
  }
  return promise;
}
