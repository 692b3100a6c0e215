import { parentPort, workerData } from 'node:worker_threads';
import { emptyProgress, runIndex } from './run.ts';

const { seed, from, to, current } = workerData as {
  seed: number;
  from: number;
  to: number;
  current: BigInt64Array;
};

let part = emptyProgress();
for (let index = from; index < to; index++) {
  Atomics.store(current, 0, BigInt(index));
  Atomics.store(current, 1, BigInt(Date.now()));
  await runIndex(seed, index, part);
  if (part.done >= 500 || part.failures.length > 0) {
    parentPort!.postMessage(part);
    part = emptyProgress();
  }
}
Atomics.store(current, 0, BigInt(to));
parentPort!.postMessage(part);
