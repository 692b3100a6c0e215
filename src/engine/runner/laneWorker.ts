import { parentPort, workerData } from 'node:worker_threads';
import type ort from 'onnxruntime-node';
import { toGantryError } from '../../base/errors.ts';
import { bind, execute, keepFreedMemory } from './execute.ts';
import type { LaneOrder, LaneReply } from './laneMessages.ts';
import { createSession } from './session.ts';

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
