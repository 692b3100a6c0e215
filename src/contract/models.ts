import { oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, studioErrorSchema } from './app.ts';

const call = oc.errors({ STUDIO: { message: 'The studio refused the call.', data: studioErrorSchema } });

/** Generators that are handed on with their cards, a file each. */
export const modelCalls = {
  /** Makes the model file of a run's newest checkpoint, as a job that ends with a download. */
  export: call.input(z.strictObject({ runId: idSchema })).output(z.object({ jobId: idSchema })),
  /** Takes in a model file that was uploaded, as a job; its outcome names the run, which is complete. */
  import: call.input(z.strictObject({ uploadId: idSchema })).output(z.object({ jobId: idSchema })),
};
