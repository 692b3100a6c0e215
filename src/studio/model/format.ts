import { z } from 'zod';
import { GantryError } from '../../base/errors.ts';

/**
 * A model file: a ZIP archive whose one folder holds
 *
 *     gantry-model.json     what is in it (the schema below), with size and SHA-256 of every other file
 *     weights.safetensors   float32 tensors: ema/ (the generator that makes slices), g/ and d/ (for fine-tuning)
 *     card.md               what the model is and was made from, for people
 *     evaluation.md         model card of the newest evaluation, where there is one
 *
 * No slices, no name of a dataset, a file or a reader study, no note, no subject and no date of a scan are in it.
 */
export const modelVersion = 1;
export const modelKind = 'gantry-model';
export const manifestFile = 'gantry-model.json';
export const weightsFile = 'weights.safetensors';
export const cardFile = 'card.md';
export const evaluationFile = 'evaluation.md';

/** Most bytes of the texts. */
export const mostTextBytes = 4 * 2 ** 20;

const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const modelManifestSchema = z.object({
  kind: z.literal(modelKind),
  version: z.literal(modelVersion),
  createdAt: z.string().max(40),
  application: z.string().max(80),
  model: z.object({
    preset: z.string().max(80),
    size: z.number().int().min(8).max(4096),
    seed: count,
    /** Images seen, steps and training seconds. */
    images: count,
    steps: count,
    seconds: z.number().nonnegative(),
    device: z.string().max(40),
    /** SHA-256 of the weights of the checkpoint that it was taken from, as files made from it name it. */
    checkpointSha256: sha256,
    /** Hash of the training slices, equal wherever the same slices were imported. */
    datasetHash: sha256,
    /** Checked by the gan layer. */
    config: z.json(),
  }),
  data: z.object({
    modalities: z.array(z.string().max(40)).max(50),
    planes: z.array(z.string().max(40)).max(50),
    trainSlices: count,
    trainSubjects: count,
  }),
  files: z
    .array(
      z.object({
        path: z.enum([weightsFile, cardFile, evaluationFile]),
        bytes: count,
        sha256,
      }),
    )
    .max(3),
});
export type ModelManifest = z.infer<typeof modelManifestSchema>;

export function badModel(message: string, action?: string, cause?: unknown): GantryError {
  return new GantryError('BAD_MODEL', message, { ...(action === undefined ? {} : { action }), cause });
}

/** Tensors that make a model: both generators and the discriminator, no moments of the optimiser. */
export const isModelTensor = (name: string) => /^(ema|g|d)\//.test(name);
