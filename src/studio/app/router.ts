import { implement, ORPCError } from '@orpc/server';
import { errorCodes, type GantryError, toGantryError } from '../../base/errors.ts';
import { type AppInfo, contract } from '../../contract/index.ts';
import type { ChangeFeed } from './changes.ts';
import type { DatasetViews } from './datasets.ts';
import type { RunViews } from './runs.ts';
import type { Trainings } from './trainings.ts';

export interface Views {
  info(): AppInfo;
  readonly datasets: DatasetViews;
  readonly runs: RunViews;
  readonly trainings: Trainings;
  readonly changes: ChangeFeed;
}

/** What a failure may say outside this process: an unexplained one could name files, so it says nothing. */
function outward(error: unknown): { code: GantryError['code']; message: string; action?: string } {
  const { code, message, action } = toGantryError(error);
  if (code === 'INTERNAL') {
    if (process.env.GANTRY_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return { code, message: errorCodes.INTERNAL };
  }
  return action === undefined ? { code, message } : { code, message, action };
}

/** The contract's calls over the views. Every failure leaves as the contract's STUDIO error. */
export function appRouter(views: Views) {
  const os = implement(contract).use(async ({ next, errors }) => {
    try {
      return await next();
    } catch (error) {
      // Refusals of the contract itself (a malformed input) keep their own kind.
      if (error instanceof ORPCError) throw error;
      const { message, ...data } = outward(error);
      throw errors.STUDIO({ message, data });
    }
  });
  return os.router({
    app: {
      info: os.app.info.handler(() => views.info()),
    },
    datasets: {
      list: os.datasets.list.handler(() => views.datasets.list()),
      get: os.datasets.get.handler(({ input }) => views.datasets.get(input.datasetId)),
      slices: os.datasets.slices.handler(({ input }) => views.datasets.slices(input)),
    },
    runs: {
      list: os.runs.list.handler(() => views.runs.list()),
      get: os.runs.get.handler(({ input }) => views.runs.get(input.runId)),
      metrics: os.runs.metrics.handler(({ input }) => views.runs.metrics(input.runId, input)),
      choices: os.runs.choices.handler(() => views.trainings.choices()),
      start: os.runs.start.handler(async ({ input }) => {
        const dataset = views.datasets.nameOf(input.datasetId);
        return { runId: await views.trainings.start(input, dataset) };
      }),
      stop: os.runs.stop.handler(async ({ input }) => {
        await views.trainings.stop(input.runId);
        return {};
      }),
      resume: os.runs.resume.handler(async ({ input }) => {
        await views.trainings.resume(input.runId);
        return {};
      }),
      events: os.runs.events.handler(({ input, signal }) => views.changes.follow(input.runId, signal)),
    },
  });
}
