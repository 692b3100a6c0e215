import { parentPort, workerData } from 'node:worker_threads';
import { toGantryError } from '../../base/errors.ts';
import { parseRunConfig } from '../../gan/index.ts';
import { stepCost } from '../predict/cost.ts';

/** The thread that counts one step. */
try {
  parentPort?.postMessage(stepCost(parseRunConfig((workerData as { config: unknown }).config)));
} catch (error) {
  const { code, message } = toGantryError(error);
  parentPort?.postMessage({ code, message });
}
