import { GantryError } from '../../base/errors.ts';
import { appVersion } from '../../base/runtime.ts';
import {
  type ExportResult,
  exportSlices,
  type Provenance,
  type SyntheticSlice,
} from '../../exporting/index.ts';
import type { SeriesRecord, Workspace } from '../../workspace/index.ts';
import { loadModel, type Model } from './model.ts';

export interface Generation {
  readonly run: string;
  readonly count: number;
  readonly seed: number;
  readonly format: 'dicom' | 'png' | 'nifti';
  readonly outDir: string;
  /** Label of a series of the run's dataset whose units the values are given in. */
  readonly intensityFrom?: string | undefined;
}

export interface GenerateOptions {
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number): void;
}

/** Slices made at a time; each is the same whatever this is. */
const batch = 16;

async function* slices(
  model: Model,
  { seed, count }: Generation,
  signal?: AbortSignal,
): AsyncGenerator<SyntheticSlice> {
  const { size } = model.run;
  const pixels = size * size;
  for (let first = 0; first < count; first += batch) {
    signal?.throwIfAborted();
    const many = Math.min(batch, count - first);
    const values = await model.sampler.generate(seed, first, many);
    for (let i = 0; i < many; i++) {
      yield { index: first + i, seed, size, pixels: values.slice(i * pixels, (i + 1) * pixels) };
    }
  }
}

/** What all series of the dataset agree on, or undefined. */
function agreed<T>(
  series: readonly SeriesRecord[],
  value: (s: SeriesRecord) => T | undefined,
): T | undefined {
  const values = new Set(series.map(value));
  return values.size === 1 ? [...values][0] : undefined;
}

function provenance(ws: Workspace, model: Model): Provenance {
  const { run } = model;
  const series = ws.hasDataset(run.dataset) ? ws.series(run.dataset) : [];
  const modality = agreed(series, (s) => s.attributes.modality);
  const bodyPart = agreed(series, (s) => s.attributes.bodyPart);
  return {
    appVersion,
    runId: run.id,
    runKey: `${run.datasetHash} ${run.seed} ${run.createdAt}`,
    modelSha256: model.sha256,
    preset: run.preset,
    images: model.images,
    ...(modality === undefined ? {} : { modality }),
    ...(bodyPart === undefined ? {} : { bodyPart }),
    figures: {
      dataset: run.dataset,
      datasetHash: run.datasetHash,
      size: run.size,
      trainingSeed: run.seed,
      trainingSeconds: Math.round(run.seconds),
      device: run.device,
    },
  };
}

function intensityOf(ws: Workspace, dataset: string, label: string) {
  const series = ws.series(dataset).find((s) => s.label === label);
  if (series?.window == null) {
    throw new GantryError('NOT_FOUND', `The dataset "${dataset}" has no series "${label}".`, {
      action: 'Series are listed by: gantry datasets --workspace W --json',
    });
  }
  // The window is in real values already, so the series' own rescale is in it; those of MONOCHROME1 were negated.
  const { low, high } = series.window;
  const inverted = ws.slices(dataset, { series: series.id }).some((slice) => slice.inverted);
  return { slope: inverted ? -1 : 1, intercept: 0, low, high, unit: series.attributes.rescaleUnit ?? 'US' };
}

/**
 * Generates slices 0 .. count-1 of a seed from a run's newest checkpoint and exports them, marked.
 * @throws what loading, generating and exporting throw; nothing half-written is left
 */
export async function generateSlices(
  ws: Workspace,
  generation: Generation,
  options: GenerateOptions = {},
): Promise<ExportResult> {
  const model = await loadModel(ws, generation.run);
  try {
    const { intensityFrom } = generation;
    return await exportSlices({
      slices: slices(model, generation, options.signal),
      format: generation.format,
      outDir: generation.outDir,
      provenance: provenance(ws, model),
      intensityFrom:
        intensityFrom === undefined ? undefined : intensityOf(ws, model.run.dataset, intensityFrom),
      onProgress: (done) => options.onProgress?.(done, generation.count),
      signal: options.signal,
    });
  } finally {
    await model.sampler.dispose();
  }
}
