import { oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, studioErrorSchema } from './app.ts';

const count = z.number().int().nonnegative();
const call = oc.errors({ STUDIO: { message: 'The studio refused the call.', data: studioErrorSchema } });

/** Two or more; what an earlier one says of a slice or a person that they share stands. */
const chosenSchema = z.array(idSchema).min(2).max(50);

const mergePlanSchema = z.object({
  sources: z.array(z.object({ id: idSchema, name: z.string(), slices: count, subjects: count })),
  /** Of the new dataset; slices that are set aside are counted too. */
  slices: count,
  subjects: count,
  /** Slices that several of them have, and that will be kept once. */
  joined: count,
  /** Slices of one identifier with different pixels; the first dataset's stay. */
  conflicts: count,
  /** People in several of them. */
  sharedSubjects: count,
  /** People held out in one and trained on in another; they go to the training side. */
  movedSubjects: count,
  /** Labels of which shared slices have different values; the first dataset's stay. */
  labelConflicts: z.array(z.object({ name: z.string(), slices: count })),
  /** Stable codes. */
  warnings: z.array(z.string()),
});
export type MergePlanView = z.infer<typeof mergePlanSchema>;

/** Several datasets as a new one; they stay. */
export const mergeCalls = {
  /** What a merge would do. */
  plan: call.input(z.strictObject({ datasetIds: chosenSchema })).output(mergePlanSchema),
  /** Merges as a job; its outcome names the new dataset. */
  start: call
    .input(z.strictObject({ datasetIds: chosenSchema, name: z.string().min(1).max(64) }))
    .output(z.object({ jobId: idSchema })),
};
