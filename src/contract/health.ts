import { oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, studioErrorSchema, timestampSchema } from './app.ts';

const count = z.number().int().nonnegative();
const call = oc.errors({ STUDIO: { message: 'The studio refused the call.', data: studioErrorSchema } });

/** Rules by which slices are excluded; `gantry slices --help` says what each finds. */
const sliceRuleSchema = z.enum([
  'duplicates',
  'near-duplicates',
  'leaks',
  'outliers',
  'outlier-series',
  'empty',
  'other-modalities',
  'other-planes',
  'other-contrasts',
  'other-matrices',
  'other-spacings',
]);

const findingSchema = z.object({
  /** Stable word, "mixed-planes". */
  code: z.string(),
  severity: z.enum(['problem', 'warning', 'note']),
  message: z.string(),
  advice: z.string(),
  /** The rule that sets aside what was found, and how many slices that would be. */
  rule: sliceRuleSchema.nullable(),
  excludes: count,
  /** Slices that it is about: their number, and the first thousand. */
  count,
  slices: z.array(idSchema).max(1000),
});

const healthSchema = z.object({
  healthy: z.boolean(),
  figures: z.object({
    slices: count,
    empty: count,
    excluded: count,
    series: count,
    trainSubjects: count,
    heldOutSubjects: count,
    trainSlices: count,
    heldOutSlices: count,
  }),
  /** How the slices in use are spread over modalities, planes, sequences, matrices, …; commonest first. */
  spreads: z.array(
    z.object({
      property: z.string(),
      values: z.array(z.object({ value: z.string(), slices: count, subjects: count })),
    }),
  ),
  /** Worst first. */
  findings: z.array(findingSchema),
});
export type Health = z.infer<typeof healthSchema>;

/** Either slices by id, or a rule. */
const chosenSlices = z.union([
  z.strictObject({ datasetId: idSchema, slices: z.array(idSchema).min(1).max(100_000) }),
  z.strictObject({ datasetId: idSchema, rule: sliceRuleSchema }),
]);

/** `changeId` is null when there was nothing to change. */
const changedSchema = z.object({ changeId: idSchema.nullable(), slices: count });

const sliceChangeSchema = z.object({
  id: idSchema,
  at: timestampSchema,
  /** "by hand", or a rule. */
  rule: z.string(),
  state: z.enum(['used', 'excluded']),
  slices: count,
  undoneAt: timestampSchema.nullable(),
});
export type RecordedSliceChange = z.infer<typeof sliceChangeSchema>;

/** A dataset's health, and slices set aside and brought back; every change is recorded and can be undone. */
export const healthCalls = {
  /** Reads every slice in use: takes a second for a few thousand. */
  check: call
    .input(
      z.strictObject({
        datasetId: idSchema,
        preset: z.string().max(40).optional(),
        size: z.number().int().positive().optional(),
      }),
    )
    .output(healthSchema),
  exclude: call.input(chosenSlices).output(changedSchema),
  /** With a rule: what that rule set aside. */
  restore: call.input(chosenSlices).output(changedSchema),
  /** Oldest first. */
  changes: call.input(z.strictObject({ datasetId: idSchema })).output(z.array(sliceChangeSchema)),
  undo: call.input(z.strictObject({ datasetId: idSchema, changeId: idSchema })).output(changedSchema),
};
