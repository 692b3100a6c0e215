import { parentPort, workerData } from 'node:worker_threads';
import type ort from 'onnxruntime-node';
import { type ErrorCode, toGantryError } from '../../base/errors.ts';
import { bind, execute, keepFreedMemory } from './execute.ts';
import type { ShardJob } from './lanes.ts';
import { createSession } from './session.ts';

/** Run model `id` on the jobs, one after the other; the model comes with the first order that names it. */
export interface LaneOrder {
  readonly id: number;
  readonly model?: Uint8Array;
  readonly jobs: readonly ShardJob[];
}

export type LaneReply = { ok: true } | { ok: false; code: ErrorCode; message: string };

const { threads } = workerData as { threads: number };
const sessions = new Map<number, ort.InferenceSession>();
keepFreedMemory();

async function obey({ id, model, jobs }: LaneOrder): Promise<LaneReply> {
  try {
    if (model) sessions.set(id, await createSession(model, { threads }));
    for (const job of jobs) await execute(sessions.get(id)!, bind(job.feeds), bind(job.fetches));
    return { ok: true };
  } catch (error) {
    const { code, message } = toGantryError(error);
    return { ok: false, code, message };
  }
}

parentPort?.on('message', async (order: LaneOrder) => {
  parentPort?.postMessage(await obey(order));
});
