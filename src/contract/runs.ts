import { z } from 'zod';
import { idSchema, studioErrorSchema, timestampSchema } from './app.ts';
import { pickedSchema } from './imports.ts';
import { jobSchema } from './jobs.ts';

const count = z.number().int().nonnegative();

export const runStateSchema = z.enum([
  'queued',
  'running',
  'paused',
  'stopped',
  'completed',
  'failed',
  'interrupted',
]);
export type RunState = z.infer<typeof runStateSchema>;

export const runSummarySchema = z.object({
  id: idSchema,
  /** Name of the dataset; null id: it was deleted since. */
  dataset: z.object({ id: idSchema.nullable(), name: z.string() }),
  state: runStateSchema,
  preset: z.string(),
  /** Edge of a training image in pixels. */
  size: count,
  device: z.string(),
  /** Real images shown so far, and the run's goal (null until `--minutes` has been measured). */
  images: count,
  totalImages: count.nullable(),
  imagesPerSecond: z.number().nullable(),
  /** Training seconds, all sessions of the run together. */
  seconds: z.number(),
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
  /** Trained by this app, and so to be stopped from it; others were started by another process. */
  here: z.boolean(),
  /** Why a run failed. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const presetChoiceSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** Edges in pixels that the preset knows. */
  sizes: z.array(count),
  defaultSize: count,
  /** Images of a run unless another length is asked for. */
  images: count,
});
export type PresetChoice = z.infer<typeof presetChoiceSchema>;

/** A new run. Its length is a number of images, or minutes that are turned into images once. */
export const trainingRequestSchema = z
  .strictObject({
    datasetId: idSchema,
    preset: z.string().max(40),
    size: z.number().int().min(8).max(4096),
    seed: z.number().int().min(0).max(0xffffffff),
    images: z.number().int().min(1).max(1e9).optional(),
    minutes: z.number().positive().max(1e6).optional(),
    /** `auto` or a device of `runs.devices`; default auto. */
    device: z.string().max(40).optional(),
    /** Labels of the dataset that the networks are told of. */
    conditions: z.array(z.string().max(200)).max(16).optional(),
    /** Shows every combination of classes equally often. */
    balanced: z.boolean().optional(),
  })
  .refine(({ images, minutes }) => (images === undefined) !== (minutes === undefined), {
    message: 'Give the length as images or as minutes.',
  });
export type TrainingRequest = z.infer<typeof trainingRequestSchema>;

/** What a training can run on. */
export const deviceChoicesSchema = z.object({
  /** What `auto` takes here. */
  automatic: z.string(),
  /** `missing`: why this build does not have it, and what to do; null where it may be tried. */
  devices: z.array(z.object({ name: z.string(), missing: z.string().nullable() })),
});
export type DeviceChoices = z.infer<typeof deviceChoicesSchema>;

export const runDetailSchema = runSummarySchema.extend({
  seed: z.number(),
  /** Where it branched from, or what else was noted when it was made. */
  note: z.string().nullable(),
  /** Hyperparameters, flattened to "group.name" for display. */
  settings: z.array(z.object({ name: z.string(), value: z.string() })),
  checkpoints: z.array(z.object({ name: z.string(), images: count, createdAt: timestampSchema })),
  /** What happened on the way, in plain words: guard, resume, warning. */
  events: z.array(z.object({ at: timestampSchema, kind: z.string(), text: z.string(), images: count })),
  /** Measures that were taken on the way (kernel distance, coverage, near-copies), by images. */
  figures: z.array(z.object({ images: count, values: z.record(z.string(), z.number()) })),
  /** Sheets of samples by checkpoint, oldest first. */
  samples: z.array(z.object({ name: z.string(), images: count })),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/**
 * Training curves as columns of equal length, ready for a chart. `images` is the x axis and ascends with
 * `steps`. Thinned evenly over the steps when there are more points than were asked for, the newest kept.
 * null stands for a value that was not finite.
 */
export const runMetricsSchema = z.object({
  steps: z.array(count),
  images: z.array(z.number()),
  lossD: z.array(z.number().nullable()),
  lossG: z.array(z.number().nullable()),
  scoreReal: z.array(z.number().nullable()),
  scoreFake: z.array(z.number().nullable()),
  /** What else a step told, by its name: gradient norms, augmentation, memory. null where it did not. */
  extra: z.record(z.string(), z.array(z.number().nullable())),
});
export type RunMetrics = z.infer<typeof runMetricsSchema>;

/** One change of the workspace, whoever made it: this process, or a command line beside it. */
export const changeSchema = z.discriminatedUnion('type', [
  /** The first item of every stream: what was true when it began. */
  z.object({ type: z.literal('snapshot'), runs: z.array(runSummarySchema), jobs: z.array(jobSchema) }),
  z.object({ type: z.literal('run'), run: runSummarySchema }),
  z.object({ type: z.literal('run-removed'), runId: idSchema }),
  /** New points of the run that the stream was opened for. */
  z.object({ type: z.literal('metrics'), runId: idSchema, metrics: runMetricsSchema }),
  z.object({ type: z.literal('datasets') }),
  /** The folder of the workspace has gone, or (null) has come back. */
  z.object({
    type: z.literal('workspace'),
    failure: studioErrorSchema.extend({ message: z.string() }).nullable(),
  }),
  z.object({ type: z.literal('job'), job: jobSchema }),
  z.object({ type: z.literal('job-removed'), jobId: idSchema }),
  /** Files were dropped on the shell's window. */
  z.object({ type: z.literal('dropped'), picked: pickedSchema }),
]);
export type Change = z.infer<typeof changeSchema>;
