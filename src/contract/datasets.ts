import { z } from 'zod';
import { idSchema, timestampSchema } from './app.ts';

const count = z.number().int().nonnegative();

export const datasetSummarySchema = z.object({
  id: idSchema,
  name: z.string(),
  createdAt: timestampSchema,
  /** Slices in use; those set aside are counted apart. */
  slices: count,
  setAside: count,
  series: count,
  subjects: count,
  trainSubjects: count,
  heldOutSubjects: count,
  modalities: z.array(z.string()),
  planes: z.array(z.string()),
  /** Stable codes of things a user should know. */
  notices: z.array(z.string()),
  /** A few slices that show what the dataset holds, from the middle of its series. */
  cover: z.array(idSchema).max(4),
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;

export const seriesSummarySchema = z.object({
  id: idSchema,
  /** Label of the series and of its subject, stable within the dataset; no identity. */
  label: z.string(),
  subject: z.string(),
  /** Side of the subject in the split; null before the split is drawn. */
  side: z.enum(['train', 'heldOut']).nullable(),
  kind: z.string(),
  modality: z.string().nullable(),
  sequence: z.string().nullable(),
  plane: z.string().nullable(),
  rows: count,
  columns: count,
  /** Distance between rows, then between columns, in millimetres. */
  pixelSpacingMm: z.tuple([z.number(), z.number()]).nullable(),
  slices: count,
  setAside: count,
  /** A slice from the middle of the series, for its thumbnail. */
  middle: idSchema.nullable(),
});
export type SeriesSummary = z.infer<typeof seriesSummarySchema>;

export const datasetDetailSchema = datasetSummarySchema.extend({ seriesList: z.array(seriesSummarySchema) });
export type DatasetDetail = z.infer<typeof datasetDetailSchema>;

export const sliceItemSchema = z.object({
  id: idSchema,
  seriesId: idSchema,
  /** 0-based position along the series, ordered by geometry. */
  index: count,
  /** In use, set aside at import because there is nothing in it, or excluded by the user. */
  state: z.enum(['used', 'empty', 'excluded']),
  /** Why it is not in use, as a stable word. */
  reason: z.string().nullable(),
});
export type SliceItem = z.infer<typeof sliceItemSchema>;

export const slicePageSchema = z.object({ total: count, items: z.array(sliceItemSchema) });
export type SlicePage = z.infer<typeof slicePageSchema>;

/** A label that training slices have, for conditional training, with how many have each value. */
export const labelChoiceSchema = z.object({
  name: z.string(),
  kind: z.enum(['class', 'continuous']),
  /** Of a class label, the most frequent first. */
  values: z.array(z.object({ value: z.string(), slices: count, subjects: count })),
  /** Of a continuous one. */
  range: z.object({ low: z.number(), high: z.number() }).nullable(),
  /** Training slices without it. */
  missing: count,
});
export type LabelChoice = z.infer<typeof labelChoiceSchema>;
