import { z } from 'zod';

/** What a conditional run is told of the images of a cache. */
const labelsSchema = z.object({
  columns: z.number().int().positive(),
  /** Encoded rows, float32 [count, columns]. */
  rows: z.custom<Float32Array>((value) => value instanceof Float32Array),
  /** Group of every image, to show all groups equally often. */
  balance: z.array(z.number().int()).nullable(),
});

/**
 * What the Studio and the trainer process say to each other, parsed on both sides. The trainer never opens
 * the database: it reads a prepared image cache and writes checkpoints into the run's folder; the Studio
 * records what it reports.
 */
export const trainerOrderSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    /** Folder of the run: checkpoints go to `<runDir>/checkpoints`. */
    runDir: z.string(),
    /** Prepared cache: count images of size x size, uint16 little-endian, 0 = -1 and 65535 = +1. */
    cacheFile: z.string(),
    count: z.number().int().positive(),
    size: z.number().int().positive(),
    /** The run's full configuration (validated again by the gan layer). */
    config: z.json(),
    device: z.string(),
    threads: z.number().int().positive().optional(),
    /** Total images of the run, or minutes that are turned into images once, from a measured rate. */
    totalImages: z.number().int().positive().nullable(),
    minutes: z.number().positive().nullable(),
    /** Checkpoint folder to resume from. */
    resumeFrom: z.string().nullable(),
    checkpointEveryImages: z.number().int().positive(),
    /** Newest checkpoints that are kept, beside the best one; default 3. */
    keepCheckpoints: z.number().int().min(1).optional(),
    /** Checkpoint folder whose networks the run begins with, for a run of its own (fine-tuning). */
    beginWith: z.string().optional(),
    labels: labelsSchema.optional(),
    /** Prepared cache of held-out slices, for adaptive augmentation by them. */
    heldOut: z
      .object({ cacheFile: z.string(), count: z.number().int().positive(), labels: labelsSchema.optional() })
      .optional(),
    /** Subject of every image of the cache, as any numbers; lets a light evaluation tell copies. */
    subjects: z.array(z.number().int()).optional(),
  }),
  z.object({ type: z.literal('stop') }),
  /** Holds between two steps, with a checkpoint, until told to go on. */
  z.object({ type: z.literal('pause') }),
  z.object({ type: z.literal('continue') }),
]);
export type TrainerOrder = z.infer<typeof trainerOrderSchema>;
export type TrainerStart = Extract<TrainerOrder, { type: 'start' }>;

export const trainerReportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), device: z.string(), totalImages: z.number().int().nullable() }),
  /** `--minutes` has been turned into images; the Studio keeps the number for every later resume. */
  z.object({ type: z.literal('planned'), totalImages: z.number().int(), imagesPerSecond: z.number() }),
  z.object({
    type: z.literal('progress'),
    step: z.number().int(),
    images: z.number().int(),
    totalImages: z.number().int().nullable(),
    lossD: z.number(),
    lossG: z.number(),
    scoreReal: z.number(),
    scoreFake: z.number(),
    extra: z.record(z.string(), z.number()),
    /** Training seconds of this run so far, earlier sessions included. */
    seconds: z.number(),
    imagesPerSecond: z.number(),
  }),
  z.object({
    type: z.literal('checkpoint'),
    name: z.string(),
    images: z.number().int(),
    sha256: z.string(),
    /** Of the light evaluation, when there was time for one. */
    figures: z.record(z.string(), z.number()).optional(),
  }),
  z.object({ type: z.literal('paused'), images: z.number().int() }),
  z.object({ type: z.literal('continued'), images: z.number().int() }),
  z.object({ type: z.literal('event'), kind: z.string(), text: z.string(), images: z.number().int() }),
  z.object({
    type: z.literal('done'),
    reason: z.enum(['finished', 'stopped']),
    images: z.number().int(),
    seconds: z.number(),
    imagesPerSecond: z.number(),
    checkpoint: z.string(),
    peakRssBytes: z.number(),
  }),
  z.object({
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    action: z.string().optional(),
  }),
]);
export type TrainerReport = z.infer<typeof trainerReportSchema>;
