import { z } from 'zod';
import { idSchema } from './app.ts';

const count = z.number().int().nonnegative();

/** One name of a folder or file: never a separator, a dot folder or a NUL. */
export const fileNameSchema = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => !/[/\\\0]/.test(name) && name !== '.' && name !== '..', { message: 'This is no name.' });

/** Folders below one that the host allowed, from the top. */
export const placePathSchema = z.array(fileNameSchema).max(64);

/** Where an import may come from in this shell. Folders of the host are known by an identifier and a name. */
export const importWaysSchema = z.object({
  places: z.array(z.object({ id: idSchema, name: z.string() })),
  /** The shell has a native dialog. */
  canPick: z.boolean(),
  /** The page may send files. */
  canUpload: z.boolean(),
});
export type ImportWays = z.infer<typeof importWaysSchema>;

export const folderListingSchema = z.object({
  /** At most 2,000 folders, by name. */
  folders: z.array(z.string()),
  files: count,
  /** There are more folders than are listed. */
  isCut: z.boolean(),
});
export type FolderListing = z.infer<typeof folderListingSchema>;

/** What a user chose in a native dialog or dropped on the window. The page gets a name, never a path. */
export const pickedSchema = z.object({ pickId: idSchema, name: z.string(), items: count });
export type Picked = z.infer<typeof pickedSchema>;

const pickedSource = z.strictObject({ type: z.literal('picked'), pickId: idSchema });
const uploadSource = z.strictObject({ type: z.literal('upload'), uploadId: idSchema });

export const importSourceSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('place'), placeId: idSchema, path: placePathSchema }),
  pickedSource,
  uploadSource,
]);
export type ImportSource = z.infer<typeof importSourceSchema>;

export const importRequestSchema = z.strictObject({
  /** New, or one to add to. */
  dataset: z.string().min(1).max(64),
  source: importSourceSchema,
  /** How subjects are told apart; left out: as the dataset does, or by identity. */
  subjectFrom: z.string().min(1).max(400).optional(),
  /** Plane that volumes are cut into; left out: as acquired. */
  plane: z.enum(['axial', 'coronal', 'sagittal']).optional(),
  /** Volume of a 4-D file, from 0; all: each is a series. Left out: the first. */
  volume: z.union([z.literal('all'), count.max(999_999)]).optional(),
  /** The user agrees that colour becomes brightness; left out: colour is rejected. */
  colour: z.literal('luminance').optional(),
  /** A table of labels (CSV or TSV): one file. */
  labels: z.discriminatedUnion('type', [pickedSource, uploadSource]).optional(),
  /** Whether sex, age band, maker, model and field strength are kept; left out: as the dataset does, or yes. */
  keepCategories: z.boolean().optional(),
  /** Part of the subjects that is held out, 0 to 0.9. */
  heldOut: z.number().min(0).max(0.9).optional(),
});
export type ImportRequest = z.infer<typeof importRequestSchema>;
