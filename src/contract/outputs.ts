import { z } from 'zod';
import { idSchema } from './app.ts';

const count = z.number().int().nonnegative();

/** What can be chosen for slices of a run. */
export const generateChoicesSchema = z.object({
  /** Images that the newest checkpoint has seen; null: there is none yet. */
  checkpointImages: count.nullable(),
  /** The shell lets the user choose a folder; otherwise the slices are downloaded as an archive. */
  canPick: z.boolean(),
  /** Classes that a conditional run can be asked for, by label. */
  labels: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  /** A checkpoint was measured, so that there is a best one. */
  hasBest: z.boolean(),
  /** Series of the dataset whose units the values can be given in. */
  units: z.array(z.object({ series: z.string(), unit: z.string().nullable() })),
});
export type GenerateChoices = z.infer<typeof generateChoicesSchema>;

export const generateRequestSchema = z.strictObject({
  runId: idSchema,
  /** Slices and their manifest, or a study package: with labels, report, model card and hashes. */
  content: z.enum(['slices', 'package']).default('slices'),
  /** A package's report shows real training slices beside the synthetic ones. */
  withReal: z.boolean().default(false),
  count: z.number().int().min(1).max(1_000_000),
  seed: z.number().int().min(0).max(0xffffffff),
  format: z.enum(['dicom', 'png', 'nifti']),
  checkpoint: z.enum(['newest', 'best']).default('newest'),
  /** Values by label of a conditional run; what is left out comes as in the training data. */
  labels: z.union([z.literal('balanced'), z.record(z.string().max(80), z.string().max(80))]).optional(),
  /** Variety for likeness to the average: 1 all of the variety, 0 the average; not of a package. */
  truncation: z.number().min(0).max(1).default(1),
  /** Label of a series whose units the values are given in. */
  intensityFrom: z.string().max(80).optional(),
  /** Near-copies of training slices are left out and counted, unless they are asked for. */
  keepNearCopies: z.boolean().default(false),
  target: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('download') }),
    z.strictObject({ type: z.literal('picked'), pickId: idSchema }),
  ]),
});
export type GenerateRequest = z.infer<typeof generateRequestSchema>;
