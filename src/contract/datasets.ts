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
  modalities: z.array(z.string()),
  planes: z.array(z.string()),
  /** A few slices that show what the dataset holds, from the middle of its series. */
  cover: z.array(idSchema).max(4),
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;

export const seriesSummarySchema = z.object({
  id: idSchema,
  /** Short label of the subject ("S3"), stable within the dataset; no identity. */
  subject: z.string(),
  modality: z.string().nullable(),
  sequence: z.string().nullable(),
  plane: z.string().nullable(),
  rows: count,
  columns: count,
  bitsStored: count.nullable(),
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
  setAside: z.boolean(),
  /** Why it was set aside, as a stable word ("empty", "noise", "user"). */
  reason: z.string().nullable(),
});
export type SliceItem = z.infer<typeof sliceItemSchema>;

export const slicePageSchema = z.object({ total: count, items: z.array(sliceItemSchema) });
export type SlicePage = z.infer<typeof slicePageSchema>;
