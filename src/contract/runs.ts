import { z } from 'zod';
import { idSchema, studioErrorSchema, timestampSchema } from './app.ts';

const count = z.number().int().nonnegative();

export const runStateSchema = z.enum(['created', 'running', 'stopped', 'finished', 'interrupted', 'failed']);
export type RunState = z.infer<typeof runStateSchema>;

export const runSummarySchema = z.object({
  id: idSchema,
  dataset: z.object({ id: idSchema, name: z.string() }),
  state: runStateSchema,
  preset: z.string(),
  /** Edge of a training image in pixels. */
  size: count,
  device: z.string().nullable(),
  /** Real images shown so far, and the run's goal (null until `--minutes` has been measured). */
  images: count,
  totalImages: count.nullable(),
  imagesPerSecond: z.number().nullable(),
  /** Training seconds, all sessions of the run together. */
  seconds: z.number(),
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
  error: studioErrorSchema.extend({ message: z.string() }).nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runDetailSchema = runSummarySchema.extend({
  seed: z.number(),
  /** Hyperparameters, flattened to "group.name" for display. */
  settings: z.array(z.object({ name: z.string(), value: z.string() })),
  checkpoints: z.array(z.object({ name: z.string(), images: count, createdAt: timestampSchema })),
  /** What happened on the way, in plain words: guard, resume, warning. */
  events: z.array(z.object({ at: timestampSchema, kind: z.string(), text: z.string(), images: count })),
  /** Sample sheets, oldest first; the picture is at `/media/sheets/<run>/<name>`. */
  sheets: z.array(z.object({ name: z.string(), images: count })),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/**
 * Training curves as columns of equal length, ready for a chart. `images` is the x axis and ascends.
 * Decimated by the largest-triangle rule on the server when a run has more points than were asked for.
 */
export const runMetricsSchema = z.object({
  images: z.array(z.number()),
  lossD: z.array(z.number().nullable()),
  lossG: z.array(z.number().nullable()),
  scoreReal: z.array(z.number().nullable()),
  scoreFake: z.array(z.number().nullable()),
  /** How many points the run has logged in all. */
  logged: count,
});
export type RunMetrics = z.infer<typeof runMetricsSchema>;

/** One change of the workspace, whoever made it: this process, or a command line beside it. */
export const changeSchema = z.discriminatedUnion('type', [
  /** The first item of every stream: what was true when it began. */
  z.object({ type: z.literal('snapshot'), runs: z.array(runSummarySchema) }),
  z.object({ type: z.literal('run'), run: runSummarySchema }),
  z.object({ type: z.literal('run-removed'), runId: idSchema }),
  /** New points of the run that the stream was opened for. */
  z.object({ type: z.literal('metrics'), runId: idSchema, metrics: runMetricsSchema }),
  z.object({ type: z.literal('datasets') }),
]);
export type Change = z.infer<typeof changeSchema>;
