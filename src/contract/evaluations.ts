import { z } from 'zod';
import { cardTextLimits } from '../base/cardTexts.ts';
import { idSchema, timestampSchema } from './app.ts';

const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);

export const evaluationRequestSchema = z.strictObject({
  runId: idSchema,
  /** Slices to generate and judge. */
  count: z.number().int().min(1).max(20_000),
  seed: z.number().int().min(0).max(0xffffffff),
});
export type EvaluationRequest = z.infer<typeof evaluationRequestSchema>;

export const evaluationSummarySchema = z.object({
  /** Unique within its run. */
  id: idSchema,
  createdAt: timestampSchema,
  /** Images that the judged network had seen. */
  images: count,
  slices: count,
  seed: count,
  /** null: could not be told. */
  nearCopies: count.nullable(),
});
export type EvaluationSummary = z.infer<typeof evaluationSummarySchema>;

const measuredSchema = z.object({
  value: z.number(),
  /** 95 % interval, where there is one. */
  low: z.number().optional(),
  high: z.number().optional(),
});

const figureSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Feature space; empty for figures of pixels. */
  space: z.string(),
  /** How a good set shows. */
  good: z.enum(['low', 'high', 'near']),
  target: z.number().optional(),
  meaning: z.string(),
  note: z.string().optional(),
  /** By set: synthetic, floor (real slices of other people), and the plainly bad ones. */
  sets: z.partialRecord(z.enum(['synthetic', 'floor', 'blurred', 'noisy', 'repeated']), measuredSchema),
});

const subgroupSchema = z.object({
  by: z.string(),
  group: z.string(),
  real: count,
  subjects: count,
  synthetic: count,
  coverage: measuredSchema,
  floorCoverage: z.number().nullable(),
  realShare: share,
  syntheticShare: share,
  kid: measuredSchema.nullable(),
  floorKid: z.number().nullable(),
  msSsimGap: z.number().nullable(),
  dataCopying: z.number().nullable(),
  nearCopies: count,
  warnings: z.array(z.string()).optional(),
});

const copyingSchema = z.object({
  judged: count,
  trainSearched: count,
  threshold: z.number(),
  /** Place in the synthetic set, and the slice of the dataset that it is like. */
  nearCopies: z.array(z.object({ slice: count, name: z.string(), twin: count, distance: z.number() })),
  share: measuredSchema,
  falseAlarms: measuredSchema.extend({ of: count }).nullable(),
  dataCopying: z.number().nullable(),
  authenticity: z.object({ synthetic: z.number(), floor: z.number().nullable() }),
  membership: z.array(z.object({ space: z.string(), attack: measuredSchema, control: measuredSchema })),
});

const utilitySchema = z.object({
  label: z.string(),
  classes: z.array(z.string()),
  labelsFrom: z.string(),
  chance: share,
  real: measuredSchema,
  synthetic: measuredSchema,
  both: measuredSchema,
  gain: measuredSchema,
});

/** What the makers of a run say of it in its model card; empty where they say nothing. */
export const cardTextsSchema = z.strictObject({
  intendedUse: z.string().max(cardTextLimits.intendedUse),
  forbiddenUse: z.string().max(cardTextLimits.forbiddenUse),
  contact: z.string().max(cardTextLimits.contact),
  notes: z.string().max(cardTextLimits.notes),
});

const intervalSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** A finished reader study of the run; unfinished ones are named in `limits`. */
const readerStudySchema = z.object({
  id: count,
  name: z.string(),
  kind: z.enum(['yes-no', 'forced-choice']),
  cases: count,
  readers: count,
  accuracy: intervalSchema,
  sensitivity: intervalSchema.nullable(),
  specificity: intervalSchema.nullable(),
  area: intervalSchema.nullable(),
  margin: z.number(),
  equivalenceP: z.number(),
  differenceP: z.number(),
  conclusion: z.enum(['equivalent', 'different', 'different-but-within', 'inconclusive']),
});

/** What an evaluation found; the report page (see `evaluationUrl`) draws the same numbers with pictures. */
export const evaluationDetailSchema = evaluationSummarySchema.extend({
  dataset: z.object({ name: z.string(), trainSubjects: count, heldOutSubjects: count }),
  /** Slices a set that the figures compare; 0: too few to compare. */
  compared: count,
  /** Plain sentences, the most important first. */
  findings: z.array(z.string()),
  /** What could not be told, and why. */
  limits: z.array(z.string()),
  figures: z.array(figureSchema),
  copying: copyingSchema.nullable(),
  /** Share of slices farther from all real ones than one in a hundred real slices is. */
  implausible: z.number().nullable(),
  subgroups: z.array(subgroupSchema),
  utility: utilitySchema.nullable(),
  /** Reports of earlier versions have none. */
  readerStudies: z.array(readerStudySchema).default([]),
});
export type EvaluationDetail = z.infer<typeof evaluationDetailSchema>;
