import { z } from 'zod';

const bytes = z.number().nonnegative();

/**
 * What a training will take, before it begins. Every figure comes with what it rests on; a factor of 1.5 says that
 * the truth most likely lies between two thirds and one and a half of the figure.
 */
export const predictionSchema = z.object({
  device: z.string(),
  batch: z.number().int().positive(),
  /** Training slices that the run would see. */
  slices: z.number().int().nonnegative(),
  /** Trainable values. */
  parameters: z.object({
    generator: z.number().int().nonnegative(),
    discriminator: z.number().int().nonnegative(),
  }),
  time: z.object({
    /** runs: earlier runs here with the same networks and device; self-test: the device's kept test; none: not known. */
    basis: z.enum(['runs', 'self-test', 'none']),
    imagesPerSecond: z.number().positive().nullable(),
    /** Which of the two below was asked for; the other one follows from the rate. */
    given: z.enum(['images', 'minutes']),
    factor: z.number().min(1).nullable(),
    /** Length of the run: as asked for, or what the minutes will give; null while the rate is not known. */
    images: z.number().int().positive().nullable(),
    seconds: z.number().positive().nullable(),
  }),
  memory: z.object({
    /** runs: of earlier runs here; graph: from the step's traced operations. */
    basis: z.enum(['runs', 'graph']),
    bytes,
    factor: z.number().min(1),
    /** Main memory of this machine; null on a device with memory of its own, whose size is not known. */
    totalBytes: bytes.nullable(),
  }),
  disk: z.object({
    /** One snapshot: its weights file, to the byte. */
    checkpointBytes: bytes,
    /** Snapshots that are kept at the same time, the best one among them. */
    checkpoints: z.number().int().positive(),
    /** Sheets of samples, one a snapshot, at most. */
    samplesBytes: bytes,
    /** Prepared images that are not there yet. */
    cacheBytes: bytes,
    /** All of it at the fullest moment, when a new snapshot is there and the oldest is not yet removed. */
    bytes,
    freeBytes: bytes,
  }),
  warnings: z.array(
    z.object({ code: z.enum(['memory-short', 'disk-short']), message: z.string(), action: z.string() }),
  ),
});
export type Prediction = z.infer<typeof predictionSchema>;
