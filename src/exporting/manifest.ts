import { z } from 'zod';
import { exportRescale, type IntensityFrom } from './intensity.ts';
import { application, marking, type Provenance } from './marking.ts';

export const manifestName = 'manifest.json';

const exportFormat = z.enum(['dicom', 'png', 'nifti']);
export type ExportFormat = z.infer<typeof exportFormat>;

/** What `manifest.json` of an export holds. Paths are relative to the folder that holds the manifest. */
export const manifestSchema = z.object({
  kind: z.literal('gantry-export'),
  version: z.literal(1),
  marking: z.string(),
  synthetic: z.literal(true),
  format: exportFormat,
  /** DICOM only: the storage class chosen. */
  dicomKind: z.enum(['secondary-capture', 'mr']).optional(),
  createdAt: z.string(),
  application: z.object({ name: z.string(), version: z.string() }),
  run: z.object({
    id: z.string(),
    preset: z.string(),
    images: z.number().optional(),
    figures: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  }),
  model: z.object({ sha256: z.string() }),
  size: z.number(),
  count: z.number(),
  /** The seed, when all slices have the same; each slice has its own below. */
  seed: z.number().nullable(),
  slices: z.array(
    z.object({
      index: z.number(),
      seed: z.number(),
      file: z.string(),
      /** What the generator was asked for. */
      labels: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      /** How a frame of a sequence in the latent space was made; left out for a plain slice of its seed. */
      origin: z.object({ kind: z.string(), text: z.string() }).optional(),
    }),
  ),
  intensity: z.object({
    generatedLow: z.number(),
    generatedHigh: z.number(),
    storedMin: z.number(),
    storedMax: z.number(),
    rescaleSlope: z.number(),
    rescaleIntercept: z.number(),
    unit: z.string(),
    explanation: z.string(),
  }),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
});

export type ExportManifest = z.infer<typeof manifestSchema>;

export interface ManifestContent {
  readonly format: ExportFormat;
  readonly dicomKind?: 'secondary-capture' | 'mr' | undefined;
  readonly createdAt: Date;
  readonly provenance: Provenance;
  readonly size: number;
  readonly storedMax: number;
  readonly intensityFrom: IntensityFrom | undefined;
  readonly slices: ExportManifest['slices'];
  readonly files: ExportManifest['files'];
}

export function buildManifest(content: ManifestContent): ExportManifest {
  const { provenance, slices, storedMax } = content;
  const rescale = exportRescale(content.intensityFrom, storedMax);
  const seeds = new Set(slices.map((slice) => slice.seed));
  const { images, figures } = provenance;
  return {
    kind: 'gantry-export',
    version: 1,
    marking,
    synthetic: true,
    format: content.format,
    ...(content.dicomKind === undefined ? {} : { dicomKind: content.dicomKind }),
    createdAt: content.createdAt.toISOString(),
    application: { name: application, version: provenance.appVersion },
    run: {
      id: provenance.runId,
      preset: provenance.preset,
      ...(images === undefined ? {} : { images }),
      ...(figures === undefined ? {} : { figures }),
    },
    model: { sha256: provenance.modelSha256 },
    size: content.size,
    count: slices.length,
    seed: seeds.size === 1 ? slices[0]!.seed : null,
    slices,
    intensity: {
      generatedLow: -1,
      generatedHigh: 1,
      storedMin: 0,
      storedMax,
      rescaleSlope: rescale.slope,
      rescaleIntercept: rescale.intercept,
      unit: rescale.unit,
      explanation:
        'Generated values are clamped to [-1, 1] and stored as floor((value + 1) / 2 * storedMax + 0.5); ' +
        'stored * rescaleSlope + rescaleIntercept is in the unit named here.',
    },
    files: content.files,
  };
}
