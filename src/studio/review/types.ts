import { z } from 'zod';

/** What is known of a generated slice under review. */
export const reviewSliceSchema = z.object({
  slice: z.number().int().nonnegative(),
  /** The training slice that it is likest, after flips and shifts. */
  nearest: z.number().int().nullable(),
  /** To that one: 0 is a copy. */
  distance: z.number().nullable(),
  nearCopy: z.boolean(),
  /** About 1 for a slice as far from the others as real ones are; much more is broken anatomy. */
  plausibility: z.number(),
  /** Of the training slices' clusters, 1 the largest; sets of earlier versions have none. */
  cluster: z.number().int().positive().nullable().default(null),
  /** What it was asked to show, or what the training slice it is likest shows. */
  label: z.string().nullable().default(null),
  /** Place on the map of feature space. */
  x: z.number(),
  y: z.number(),
});
export type ReviewSlice = z.infer<typeof reviewSliceSchema>;

export const realPointSchema = z.object({ slice: z.number().int(), x: z.number(), y: z.number() });
export type RealPoint = z.infer<typeof realPointSchema>;

/** The file beside a set's pixels. */
export const reviewFileSchema = z.object({
  slices: z.array(reviewSliceSchema),
  real: z.array(realPointSchema),
});
