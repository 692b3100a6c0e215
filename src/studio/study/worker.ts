import { parentPort, workerData } from 'node:worker_threads';
import { toGantryError } from '../../base/errors.ts';
import { endOf } from '../../base/threads.ts';
import { Workspace } from '../../workspace/index.ts';
import { buildReview } from '../review/build.ts';
import type { BuildAnswer, BuildTask } from './build.ts';
import { buildStudy } from './create.ts';

/** The thread that draws a study or a review set: reads the workspace, answers once. */
const { workspace, task } = workerData as { workspace: string; task: BuildTask };

function answer(message: BuildAnswer): void {
  parentPort?.postMessage(message);
}

const options = {
  signal: endOf(parentPort),
  onProgress: (done: number, total: number) => answer({ type: 'progress', done, total }),
};
try {
  const ws = Workspace.open(workspace);
  try {
    if (task.type === 'study') {
      answer({ type: 'study', built: await buildStudy(ws, task.request, options) });
    } else {
      answer({ type: 'review', built: await buildReview(ws, task.request, options) });
    }
  } finally {
    ws.close();
  }
} catch (error) {
  const { code, message, action } = toGantryError(error);
  answer({ type: 'failed', code, message, ...(action === undefined ? {} : { action }) });
}
parentPort?.close();
