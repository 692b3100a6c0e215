import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { type ErrorCode, errorCodes, GantryError } from '../../base/errors.ts';
import { entryUrl } from '../../base/runtime.ts';
import type { RunConfig } from '../../gan/index.ts';
import type { StepCost } from '../predict/cost.ts';

const answerSchema = z.union([
  z.object({
    flopsPerImage: z.number(),
    growing: z.array(z.object({ fromImages: z.number(), flopsPerImage: z.number() })),
    stateBytes: z.number(),
    activationBytes: z.number(),
  }),
  z.object({ code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]), message: z.string() }),
]);

/** Traces a step in a thread of its own, because it would hold up every call of the screens for a second. */
export function costInThread(config: RunConfig): Promise<StepCost> {
  const worker = new Worker(entryUrl('./costWorker.ts', import.meta.url), { workerData: { config } });
  worker.unref();
  return new Promise<StepCost>((resolve, reject) => {
    worker.once('message', (message) => {
      const answer = answerSchema.parse(message);
      if ('code' in answer) reject(new GantryError(answer.code, answer.message));
      else resolve(answer);
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new GantryError('CANCELLED', 'The step was not counted.')));
  }).finally(() => void worker.terminate());
}
