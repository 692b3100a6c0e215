import { parentPort, workerData } from 'node:worker_threads';
import { toGantryError } from '../../base/errors.ts';
import { appVersion } from '../../base/runtime.ts';
import { endOf } from '../../base/threads.ts';
import { writePhantom } from '../../phantom/index.ts';
import { Workspace } from '../../workspace/index.ts';
import { evaluate } from '../evaluate/index.ts';
import { generateSlices } from '../generate/index.ts';
import { writeModel } from '../model/export.ts';
import { stageModel } from '../model/import.ts';
import { packageStudy } from '../package/index.ts';
import { comparePixels } from './comparison.ts';
import { evaluationProgress } from './evaluations.ts';
import { latentTask } from './latentTask.ts';
import { type Task, type TaskAnswer, type TaskResult, taskStartSchema } from './task.ts';

/** The thread of one task: opens the workspace for reading, does the work, answers once. */
const { workspace, task } = taskStartSchema.parse(workerData);
const signal = endOf(parentPort);

function answer(message: TaskAnswer): void {
  parentPort?.postMessage(message);
}

async function perform(ws: Workspace, work: Task): Promise<TaskResult> {
  const onProgress = (done: number, total: number) => answer({ type: 'progress', done, total, phase: null });
  switch (work.type) {
    case 'generate': {
      const { type: _, ...generation } = work;
      const { files, copies } = await generateSlices(ws, generation, { signal, onProgress });
      return {
        figures: {
          files: files.length,
          written: work.count - copies.leftOut,
          nearCopies: copies.leftOut,
          searched: copies.searched,
          unchecked: copies.unchecked,
        },
      };
    }
    case 'package': {
      const { type: _, ...request } = work;
      const made = await packageStudy(ws, request, {
        signal,
        onProgress: (share, stage) => answer({ type: 'progress', ...evaluationProgress(share, stage) }),
      });
      return {
        figures: {
          files: made.files,
          written: made.slices,
          nearCopies: made.nearCopiesLeftOut,
          findings: made.findings.length,
        },
      };
    }
    case 'evaluate': {
      const { run, count, seed, outDir } = work;
      const { report } = await evaluate(
        ws,
        { source: { run, count }, seed, outDir },
        {
          signal,
          onProgress: (share, stage) => answer({ type: 'progress', ...evaluationProgress(share, stage) }),
        },
      );
      return {
        figures: {
          judged: report.copying?.judged ?? null,
          nearCopies: report.copying?.nearCopies.length ?? null,
          compared: report.settings.compared,
        },
      };
    }
    case 'model': {
      const { images, bytes } = await writeModel(ws, work.run, work.outDir, signal);
      return { figures: { images, bytes } };
    }
    case 'model-import': {
      const { name, sha256 } = await stageModel(work.file, work.outDir, { signal, onProgress });
      return { figures: { name, sha256 } };
    }
    case 'phantom': {
      const { type: _, ...options } = work;
      await writePhantom({ ...options, appVersion, signal, onProgress });
      return { figures: {} };
    }
    case 'latent':
      return latentTask(ws, work, { signal, onProgress });
    case 'comparison':
      return comparePixels(ws, work, signal);
  }
}

try {
  const ws = Workspace.open(workspace);
  try {
    answer({ type: 'done', ...(await perform(ws, task)) });
  } finally {
    ws.close();
  }
} catch (error) {
  const { code, message, action } = toGantryError(error);
  answer({ type: 'failed', code, message, ...(action === undefined ? {} : { action }) });
}
parentPort?.close();
