import { z } from 'zod';

/** How readers answer: one slice, "real or synthetic?"; or two slices, "which of the two is synthetic?". */
export const studyKindSchema = z.enum(['yes-no', 'forced-choice']);
export type StudyKind = z.infer<typeof studyKindSchema>;

export type Truth = 'real' | 'synthetic';

/** Initials or a number, never a name. */
export const readerCodeSchema = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,12}$/, 'A reader code has 1 to 12 letters, digits or dashes.');

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** A case as a reader gets it. Which image is synthetic is not in it. */
export const publicCaseSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{4,16}$/),
  /** Places in the file of images: one, or left and right. */
  images: z.array(z.number().int().nonnegative()).min(1).max(2),
});
export type PublicCase = z.infer<typeof publicCaseSchema>;

/** All that a reader's machine is told of a study. */
export const publicStudySchema = z.strictObject({
  format: z.literal('gantry-study'),
  version: z.literal(1),
  name: z.string().min(1).max(80),
  kind: studyKindSchema,
  createdAt: z.string().max(40),
  /** Edge of every image in pixels; each is size x size unsigned 16-bit values, little-endian. */
  size: z.number().int().min(8).max(2048),
  images: z.number().int().positive().max(20_000),
  imagesSha256: digest,
  /** Read first, with the answer shown afterwards; not counted. */
  training: z.array(publicCaseSchema.extend({ answer: z.enum(['real', 'synthetic', 'left', 'right']) })),
  cases: z.array(publicCaseSchema).min(1).max(10_000),
  orderSeed: z.number().int().nonnegative(),
  /** SHA-256 of the answers' key with a secret: the truth can be shown later to be that of the start. */
  keyCommitment: digest,
});
export type PublicStudy = z.infer<typeof publicStudySchema>;

/** The truth of one case. */
export const caseKeySchema = z.strictObject({
  id: z.string(),
  /** Yes-no: what it is. Forced choice: the side of the synthetic one. */
  answer: z.enum(['real', 'synthetic', 'left', 'right']),
  /** Value of the label that the study is balanced over; "all" without one. */
  subgroup: z.string(),
  /** Where the images come from, in their order: "run-0001 seed 7 slice 12", "slice 431". */
  sources: z.array(z.string()),
});
export type CaseKey = z.infer<typeof caseKeySchema>;

export const studyKeySchema = z.strictObject({
  /** Random, hexadecimal; keeps the commitment from being guessed. */
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  cases: z.array(caseKeySchema),
  training: z.array(caseKeySchema),
  /** Name of the label of the subgroups; null without. */
  label: z.string().nullable(),
  /** Accuracies within this of one half count as guessing. */
  margin: z.number().gt(0).lt(0.5),
  run: z.string(),
  dataset: z.string(),
  /** Images that the judged network had seen; older studies do not say. */
  imagesSeen: z.number().int().nonnegative().optional(),
  /** Sentences on how cases were drawn, for the report. */
  notes: z.array(z.string()),
});
export type StudyKey = z.infer<typeof studyKeySchema>;

export const answerSchema = z.strictObject({
  caseId: z.string().max(16),
  choice: z.enum(['real', 'synthetic', 'left', 'right']),
  /** 1: a guess, 5: certain. */
  confidence: z.number().int().min(1).max(5),
  /** From the image on the screen to the answer. */
  elapsedMs: z.number().int().nonnegative().max(86_400_000),
});
export type Answer = z.infer<typeof answerSchema>;
