import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { toGantryError } from '../../base/errors.ts';
import { endOf } from '../../base/threads.ts';
import { drawSampleSheet } from './sampleSheet.ts';

/** A thread of its own: a session's run would hold up every call of the screens. */
const { folder, seed } = z.object({ folder: z.string(), seed: z.number().int() }).parse(workerData);
try {
  parentPort?.postMessage({ png: await drawSampleSheet(folder, seed, endOf(parentPort)) });
} catch (error) {
  const { code, message } = toGantryError(error);
  parentPort?.postMessage({ code, message });
}
parentPort?.close();
