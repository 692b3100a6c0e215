import { Worker } from 'node:worker_threads';
import type ort from 'onnxruntime-node';
import { GantryError } from '../../base/errors.ts';
import { entryUrl } from '../../base/runtime.ts';
import { bind, execute } from './execute.ts';
import type { LaneOrder, LaneReply, ShardJob } from './laneMessages.ts';
import { createSession } from './session.ts';

export interface Lanes {
  /** Runs a model once for every job, as many at once as there are lanes. */
  run(model: Uint8Array, jobs: readonly ShardJob[]): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Sessions that compute at the same time: the first on this thread, each other one on a worker thread, because a
 * run of onnxruntime-node holds the thread that asked for it. On small networks two sessions with a thread each do
 * nearly twice the work of one with two threads (tiny: 2 x 85 images a second against 94, 2 cores).
 * @param threads threads within an operation of each lane
 */
export function createLanes(count: number, threads: number): Lanes {
  const own = new Map<Uint8Array, Promise<ort.InferenceSession>>();
  const known = new Map<Uint8Array, number>();
  const helpers = Array.from({ length: count - 1 }, () => startHelper(threads));

  async function runHere(model: Uint8Array, jobs: readonly ShardJob[]): Promise<void> {
    let pending = own.get(model);
    if (!pending) {
      pending = createSession(model, { threads });
      own.set(model, pending);
    }
    const session = await pending;
    for (const job of jobs) await execute(session, bind(job.feeds), bind(job.fetches));
  }

  return {
    async run(model, jobs) {
      const id = known.get(model) ?? known.size;
      known.set(model, id);
      const share = (lane: number) => jobs.filter((_, i) => i % count === lane);
      const others = helpers.map((helper, i) => helper.run(id, model, share(i + 1)));
      // All are waited for, so that no lane still writes when an error is told.
      const results = await Promise.allSettled([runHere(model, share(0)), ...others]);
      const failed = results.find((r) => r.status === 'rejected');
      if (failed) throw failed.reason;
    },
    async dispose() {
      for (const pending of own.values()) await (await pending).release();
      await Promise.all(helpers.map((helper) => helper.end()));
    },
  };
}

function startHelper(threads: number) {
  const worker = new Worker(entryUrl('./laneWorker.ts', import.meta.url), {
    workerData: { threads },
    execArgv: [],
  });
  worker.unref();
  const loaded = new Set<number>();
  let waiting: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  let lost: GantryError | null = null;
  const settle = (error: GantryError | null) => {
    const call = waiting;
    waiting = null;
    worker.unref();
    if (error) call?.reject(error);
    else call?.resolve();
  };
  const end = (error: GantryError) => {
    lost = error;
    settle(error);
  };
  worker.on('message', (reply: LaneReply) => {
    settle(reply.ok ? null : new GantryError(reply.code, reply.message));
  });
  worker.on('error', (error) => end(new GantryError('DEVICE_LOST', error.message, { cause: error })));
  worker.on('exit', () => end(new GantryError('DEVICE_LOST', 'A thread of the computation ended.')));

  return {
    run(id: number, model: Uint8Array, jobs: readonly ShardJob[]): Promise<void> {
      if (lost) return Promise.reject(lost);
      if (jobs.length === 0) return Promise.resolve();
      const order: LaneOrder = { id, ...(loaded.has(id) ? {} : { model }), jobs };
      loaded.add(id);
      worker.ref();
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        worker.postMessage(order);
      });
    },
    end: () => worker.terminate(),
  };
}
