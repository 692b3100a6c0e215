import { z } from 'zod';
import { flag, hex, jsonColumn, optionalInteger, optionalReal } from './columns.ts';
import { runStateSchema } from './runState.ts';

/** The records of a workspace as they are read from its database: parsed, never cast. */

export const splitSideSchema = z.enum(['train', 'heldOut']);
export type SplitSide = z.infer<typeof splitSideSchema>;

export const sliceStateSchema = z.enum(['used', 'empty', 'excluded']);
export type SliceState = z.infer<typeof sliceStateSchema>;

const vec3 = z.tuple([z.number(), z.number(), z.number()]);
const cosines = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]);

/** What all slices of a series share, in patient coordinates (DICOM LPS, mm). */
export const seriesGeometrySchema = z.object({
  orientation: cosines.optional(),
  /** Between rows, then between columns. */
  pixelSpacingMm: z.tuple([z.number(), z.number()]).optional(),
  sliceThicknessMm: z.number().optional(),
  /** Unit normal of the slices: row cross column. */
  normal: vec3.optional(),
});
export type SeriesGeometry = z.infer<typeof seriesGeometrySchema>;

/** Categories only (see imaging's SliceAttributes). */
export const seriesAttributesSchema = z.object({
  modality: z.string().optional(),
  sequence: z.string().optional(),
  bodyPart: z.string().optional(),
  laterality: z.enum(['L', 'R', 'B', 'U']).optional(),
  sex: z.enum(['F', 'M', 'O']).optional(),
  ageBand: z.string().optional(),
  manufacturer: z.string().optional(),
  model: z.string().optional(),
  fieldStrengthT: z.number().optional(),
  echoTimeMs: z.number().optional(),
  rescaleUnit: z.string().optional(),
  transferSyntax: z.string().optional(),
  /** On a calendar of the subject's own; distances between its studies are right, the day is not. */
  studyDay: z.number().int().optional(),
  /** Texts that a user chose to keep, by their DICOM keywords. */
  texts: z.record(z.string(), z.string()).optional(),
});
export type SeriesAttributes = z.infer<typeof seriesAttributesSchema>;

export const planeSchema = z.enum(['axial', 'coronal', 'sagittal', 'oblique']);

/** What a dataset keeps of persons and scanners (see studio/import/privacy.ts). */
export const privacySchema = z.object({
  /** Sex, age band, manufacturer, model, field strength. */
  categories: z.boolean().default(true),
  dates: z.enum(['removed', 'offsets']).default('removed'),
  /** DICOM keywords of texts, sorted. */
  texts: z.array(z.string()).default([]),
});
export type Privacy = z.infer<typeof privacySchema>;

export const datasetRowSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  subject_from: z.string(),
  split_seed: z.number().int(),
  held_out_fraction: optionalReal,
  notices: jsonColumn(z.array(z.string())),
  privacy: jsonColumn(privacySchema),
});

/** A dataset with its figures. */
export interface DatasetRecord {
  readonly id: number;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** "identity" (DICOM patient, BIDS label, NIfTI file), "folder", or "pattern" and the keyed hash of it. */
  readonly subjectFrom: string;
  readonly splitSeed: number;
  /** null: the default rule (all to train below five subjects, a fifth held out from there). */
  readonly heldOutFraction: number | null;
  /** Slices in use for training and testing; `total` counts the empty and excluded ones too. */
  readonly slices: number;
  readonly empty: number;
  readonly excluded: number;
  readonly total: number;
  readonly series: number;
  readonly subjects: number;
  readonly trainSubjects: number;
  readonly heldOutSubjects: number;
  readonly trainSlices: number;
  readonly heldOutSlices: number;
  readonly modalities: readonly string[];
  readonly planes: readonly string[];
  /** Stable codes of things a user should know. */
  readonly notices: readonly string[];
  /** What is kept of persons and scanners. */
  readonly privacy: Privacy;
  /** An import was cut off before its last stage; the next import, or the next use, completes it. */
  readonly unfinished: boolean;
}

export const subjectRowSchema = z.object({
  id: z.number().int(),
  label: z.string(),
  side: splitSideSchema.nullable(),
  attributes: jsonColumn(seriesAttributesSchema),
});
export type SubjectRecord = z.infer<typeof subjectRowSchema>;

export const seriesRowSchema = z
  .object({
    id: z.number().int(),
    subject: z.number().int(),
    label: z.string(),
    kind: z.string(),
    plane: planeSchema.nullable(),
    rows: z.number().int(),
    columns: z.number().int(),
    geometry: jsonColumn(seriesGeometrySchema),
    attributes: jsonColumn(seriesAttributesSchema),
    notices: jsonColumn(z.array(z.string())),
    window_low: optionalReal,
    window_high: optionalReal,
    window_rule: z.string().nullable(),
    content_hash: hex.nullable(),
  })
  .transform(({ window_low, window_high, window_rule, content_hash, ...rest }) => ({
    ...rest,
    /** Real values (rescaled, MONOCHROME1 negated) that become -1 and +1. */
    window: window_low === null || window_high === null ? null : { low: window_low, high: window_high },
    windowRule: window_rule,
    contentHash: content_hash,
  }));
export type SeriesRecord = z.infer<typeof seriesRowSchema>;

export const sliceRowSchema = z
  .object({
    id: z.number().int(),
    series: z.number().int(),
    content_hash: hex,
    shard: z.number().int(),
    offset: z.number().int(),
    rows: z.number().int(),
    columns: z.number().int(),
    signed: flag,
    bits_stored: z.number().int(),
    slope: z.number(),
    intercept: z.number(),
    inverted: flag,
    padding: optionalInteger,
    position_mm: optionalReal,
    instance: optionalInteger,
    ord: z.number().int(),
    foreground: optionalReal,
    state: sliceStateSchema,
    reason: z.string().nullable(),
    chosen: flag,
    labels: jsonColumn(z.record(z.string(), z.string())).nullable(),
  })
  .transform(({ content_hash, bits_stored, position_mm, ord, ...rest }) => ({
    ...rest,
    contentHash: content_hash,
    bitsStored: bits_stored,
    /** Along the series' normal. */
    positionMm: position_mm,
    /** 0-based place in the series, by geometry. */
    order: ord,
  }));
export type SliceRecord = z.infer<typeof sliceRowSchema>;

export const runRowSchema = z
  .object({
    id: z.number().int(),
    dataset: z.string(),
    dataset_hash: z.string(),
    preset: z.string(),
    size: z.number().int(),
    seed: z.number().int(),
    config: jsonColumn(z.json()),
    device: z.string(),
    state: jsonColumn(runStateSchema),
    images: z.number().int(),
    total_images: optionalInteger,
    minutes: optionalReal,
    seconds: z.number(),
    note: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform(({ id, dataset_hash, total_images, created_at, updated_at, ...rest }) => ({
    ...rest,
    /** "run-0001" */
    id: runName(id),
    datasetHash: dataset_hash,
    totalImages: total_images,
    createdAt: created_at,
    updatedAt: updated_at,
  }));
export type RunRecord = z.infer<typeof runRowSchema>;

export const metricsRowSchema = z
  .object({
    step: z.number().int(),
    images: z.number().int(),
    loss_d: optionalReal,
    loss_g: optionalReal,
    score_real: optionalReal,
    score_fake: optionalReal,
    extra: jsonColumn(z.record(z.string(), z.number().nullable())).nullable(),
    seconds: z.number(),
  })
  .transform((row) => ({
    step: row.step,
    images: row.images,
    // SQLite keeps NaN as NULL; a run that diverged must show it.
    lossD: row.loss_d ?? Number.NaN,
    lossG: row.loss_g ?? Number.NaN,
    scoreReal: row.score_real ?? Number.NaN,
    scoreFake: row.score_fake ?? Number.NaN,
    extra: Object.fromEntries(
      Object.entries(row.extra ?? {}).map(([name, value]) => [name, value ?? Number.NaN]),
    ),
    seconds: row.seconds,
  }));
/** One logged training step. `seconds`: training time of the run so far. */
export type RunMetrics = z.infer<typeof metricsRowSchema>;

export const eventRowSchema = z.object({
  id: z.number().int(),
  at: z.string(),
  kind: z.string(),
  text: z.string(),
  images: z.number().int(),
});
export type RunEventRecord = z.infer<typeof eventRowSchema>;

export const checkpointRowSchema = z
  .object({
    name: z.string(),
    images: z.number().int(),
    sha256: z.string(),
    created_at: z.string(),
    figures: jsonColumn(z.record(z.string(), z.number())),
  })
  .transform(({ created_at, ...rest }) => ({ ...rest, createdAt: created_at }));
/** A checkpoint folder `runs/<run>/checkpoints/<name>`; `figures` are measures taken of it later. */
export type CheckpointRecord = z.infer<typeof checkpointRowSchema>;

/** "run-0001" of row 1. */
export function runName(id: number): string {
  return `run-${String(id).padStart(4, '0')}`;
}

/** Row of "run-0001", or undefined for any other text. */
export function runRow(name: string): number | undefined {
  const match = /^run-(\d{4,12})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}
