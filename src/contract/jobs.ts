import { z } from 'zod';
import { idSchema, studioErrorSchema, timestampSchema } from './app.ts';

const count = z.number().int().nonnegative();

export const jobKindSchema = z.enum([
  'import',
  'generate',
  'evaluate',
  'demo',
  'backup',
  'check',
  'study',
  'review',
  'model',
  'explore',
  'model-import',
  'merge',
]);
export type JobKind = z.infer<typeof jobKindSchema>;

/** What a job that has ended well leaves: figures and names by a stable word, different for each kind. */
const outcomeSchema = z.record(z.string().max(40), z.union([z.string(), z.number(), z.null()]));

/**
 * Long work of the Studio that is no training run. It belongs to the Studio's process: closing a page ends
 * none. Ended jobs stay listed until they are dismissed or the Studio ends.
 */
export const jobSchema = z.object({
  id: idSchema,
  kind: jobKindSchema,
  /** What it works on: a dataset, a run, the workspace. */
  subject: z.string(),
  state: z.enum(['running', 'cancelling', 'done', 'failed', 'cancelled']),
  /** A stable word for what it does at the moment; null where there is only one thing to do. */
  phase: z.string().nullable(),
  /** Parts done (files, slices); `total` is null until it is known. */
  done: count,
  total: count.nullable(),
  startedAt: timestampSchema,
  elapsedMs: z.number(),
  remainingMs: z.number().nullable(),
  /** Files or slices that could not be used; their reasons are asked for by `jobs.rejects`. */
  rejected: count,
  outcome: outcomeSchema.nullable(),
  failure: studioErrorSchema.extend({ message: z.string() }).nullable(),
});
export type Job = z.infer<typeof jobSchema>;

export const rejectSchema = z.object({
  /** Name below the folder that was chosen; never a path of the host. */
  name: z.string(),
  code: z.string(),
  reason: z.string(),
});
export const rejectPageSchema = z.object({ total: count, items: z.array(rejectSchema) });
export type RejectPage = z.infer<typeof rejectPageSchema>;
