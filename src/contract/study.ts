import { oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, studioErrorSchema, timestampSchema } from './app.ts';

/** Calls of the reader study and of curation. */

const call = oc.errors({ STUDIO: { message: 'The studio refused the call.', data: studioErrorSchema } });
const count = z.number().int().nonnegative();
const none = z.object({});
const choice = z.enum(['real', 'synthetic', 'left', 'right']);
const kind = z.enum(['yes-no', 'forced-choice']);
const readerCode = z.string().regex(/^[A-Za-z0-9-]{1,12}$/);

const studySummarySchema = z.object({
  id: idSchema,
  name: z.string(),
  kind,
  createdAt: timestampSchema,
  cases: count,
  training: count,
  size: count,
  /** The truth is here, and so are results. */
  isOwn: z.boolean(),
  readers: z.array(z.object({ reader: z.string(), done: count, total: count })),
});
export type StudySummary = z.infer<typeof studySummarySchema>;

const studyRequestSchema = z.strictObject({
  name: z.string().min(1).max(80),
  runId: idSchema,
  kind,
  cases: z.number().int().min(4).max(5000),
  training: z.number().int().min(0).max(100),
  label: z.string().max(80).nullable(),
  margin: z.number().min(0.01).max(0.3),
  seed: z.number().int().min(0).max(0xffffffff),
});
export type StudyRequest = z.infer<typeof studyRequestSchema>;

const readingSchema = z.object({
  kind,
  name: z.string(),
  done: count,
  total: count,
  training: count,
  size: count,
  open: z.object({ caseId: z.string(), images: z.array(count), training: z.boolean() }).nullable(),
  code: z.string().nullable(),
});
export type ReadingState = z.infer<typeof readingSchema>;

/** JSON has no NaN: a figure that cannot be told is null. */
const figure = z.number().nullable();
const estimateSchema = z.object({ value: figure, low: figure, high: figure });
export type StudyEstimate = z.infer<typeof estimateSchema>;
const figuresSchema = z.object({
  name: z.string(),
  answers: count,
  accuracy: estimateSchema,
  sensitivity: estimateSchema.nullable(),
  specificity: estimateSchema.nullable(),
  area: estimateSchema.nullable(),
  medianMs: figure,
});
export type StudyFigures = z.infer<typeof figuresSchema>;

const resultsSchema = z.object({
  name: z.string(),
  kind,
  pooled: figuresSchema,
  /** Those who have finished; only they are counted. */
  readers: z.array(figuresSchema),
  unfinished: z.array(z.object({ reader: z.string(), done: count, total: count })),
  subgroups: z.array(figuresSchema),
  label: z.string().nullable(),
  effectiveAnswers: figure,
  equivalence: z.object({
    margin: z.number(),
    p: z.number(),
    differenceP: z.number(),
    conclusion: z.enum(['equivalent', 'different', 'different-but-within', 'inconclusive']),
  }),
  agreement: estimateSchema.extend({ cases: count }).nullable(),
  curve: z.array(z.object({ falsePositive: z.number(), truePositive: z.number() })),
  /** Synthetic cases with their images, most convincing first. */
  cases: z.array(
    z.object({
      image: count,
      subgroup: z.string(),
      source: z.string(),
      right: count,
      answers: count,
      score: figure,
    }),
  ),
  notes: z.array(z.string()),
});
export type StudyResultsView = z.infer<typeof resultsSchema>;

const aimSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('detect'), accuracy: z.number().gt(0.5).lt(1) }),
  z.strictObject({ kind: z.literal('equivalence'), margin: z.number().min(0.01).max(0.3) }),
  z.strictObject({ kind: z.literal('estimate'), halfWidth: z.number().min(0.01).max(0.3) }),
]);
export type StudyAimInput = z.infer<typeof aimSchema>;

const studyId = z.strictObject({ studyId: idSchema });

export const studyCalls = {
  list: call.output(z.array(studySummarySchema)),
  /** How many cases show what is wanted. */
  advice: call
    .input(z.strictObject({ aim: aimSchema, readers: z.number().int().min(1).max(50) }))
    .output(z.object({ answers: count, cases: count })),
  /** Labels that a run's dataset can be balanced over. */
  labels: call.input(z.strictObject({ runId: idSchema })).output(z.array(z.string())),
  create: call.input(studyRequestSchema).output(z.object({ jobId: idSchema })),
  remove: call.input(studyId).output(none),
  /** Where a reader stands: the case that is open, or the code at the end. Never the truth. */
  reading: call.input(z.strictObject({ studyId: idSchema, reader: readerCode })).output(readingSchema),
  /** Gives the answer to the open case; it stands. The truth comes back for training cases only. */
  answer: call
    .input(
      z.strictObject({
        studyId: idSchema,
        reader: readerCode,
        caseId: z.string().max(16),
        choice,
        confidence: z.number().int().min(1).max(5),
        elapsedMs: z.number().int().nonnegative().max(86_400_000),
      }),
    )
    .output(z.object({ reading: readingSchema, truth: choice.nullable() })),
  results: call.input(studyId).output(resultsSchema),
  /** Takes in a study's file or a reader's answers that were sent as an upload. */
  take: call.input(z.strictObject({ uploadId: idSchema })).output(
    z.object({
      what: z.enum(['study', 'answers']),
      studyId: idSchema,
      reader: z.string().nullable(),
      added: count,
      code: z.string().nullable(),
    }),
  ),
};

const verdict = z.enum(['accept', 'reject', 'mark', 'none']);
export type Verdict = z.infer<typeof verdict>;

const setSummarySchema = z.object({
  id: idSchema,
  runId: idSchema,
  datasetId: idSchema.nullable(),
  seed: count,
  /** Images that the checkpoint had seen. */
  checkpoint: count,
  slices: count,
  size: count,
  createdAt: timestampSchema,
  judged: count,
  rejected: count,
});
export type ReviewSetSummary = z.infer<typeof setSummarySchema>;

const reviewSliceSchema = z.object({
  slice: count,
  nearest: idSchema.nullable(),
  distance: z.number().nullable(),
  nearCopy: z.boolean(),
  plausibility: z.number(),
  cluster: count.nullable(),
  label: z.string().nullable(),
  x: z.number(),
  y: z.number(),
  verdict,
  reason: z.string().nullable(),
  note: z.string().nullable(),
  reader: z.string().nullable(),
  at: timestampSchema.nullable(),
});
export type ReviewSliceView = z.infer<typeof reviewSliceSchema>;

const setDetailSchema = setSummarySchema.extend({
  copyThreshold: z.number().nullable(),
  items: z.array(reviewSliceSchema),
  real: z.array(z.object({ sliceId: idSchema, x: z.number(), y: z.number() })),
});
export type ReviewSetDetail = z.infer<typeof setDetailSchema>;

export const reviewCalls = {
  list: call.output(z.array(setSummarySchema)),
  create: call
    .input(
      z.strictObject({
        runId: idSchema,
        count: z.number().int().min(1).max(2000),
        seed: z.number().int().min(0).max(0xffffffff),
      }),
    )
    .output(z.object({ jobId: idSchema })),
  remove: call.input(z.strictObject({ setId: idSchema })).output(none),
  get: call.input(z.strictObject({ setId: idSchema })).output(setDetailSchema),
  judge: call
    .input(
      z.strictObject({
        setId: idSchema,
        slice: count,
        verdict,
        reason: z.string().max(80).nullable(),
        note: z.string().max(1000).nullable(),
        reader: readerCode,
      }),
    )
    .output(none),
};
