import { GantryError } from '../../base/errors.ts';
import { type ExportResult, exportSlices, type SyntheticSlice } from '../../exporting/index.ts';
import { checkTruncation, type LabelRequest, labelsOfSlice, namesOfSlice } from '../../gan/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { rejectedSlices } from '../review/sets.ts';
import { type CopyGuard, guardOf } from './copyGuard.ts';
import { loadModel, type Model, type OpenedGenerator } from './model.ts';
import { type CopyCheck, intensityOf, provenanceOf } from './provenance.ts';

export type { LabelRequest } from '../../gan/index.ts';

export interface Generation {
  readonly run: string;
  readonly count: number;
  readonly seed: number;
  readonly format: 'dicom' | 'png' | 'nifti';
  readonly outDir: string;
  /** Label of a series of the run's dataset whose units the values are given in. */
  readonly intensityFrom?: string | undefined;
  /** Export near-copies of training slices too; default: they are left out and counted. */
  readonly keepNearCopies?: boolean | undefined;
  /** What a conditional run is asked for; default: labels as in its training data. */
  readonly labels?: LabelRequest | undefined;
  /** 0 (the mean slice) to 1 (none, the default). */
  readonly truncation?: number | undefined;
  /** `newest`, `best` (by the run's own figures) or images seen; default `newest`. */
  readonly checkpoint?: string | undefined;
}

export interface GenerationResult extends ExportResult {
  readonly copies: CopyCheck;
}

export interface GenerateOptions {
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number): void;
}

/** Slices made and checked at a time; each is the same whatever this is. */
const batch = 16;
const checkedAtOnce = 256;

/** Slices of a seed, as they are made; near-copies are left out when there is a guard, which is told of each. */
async function* slices(
  model: Model,
  { seed, count, labels = 'as-data', truncation }: Generation,
  guard: CopyGuard | undefined,
  onLeftOut: () => void,
  signal?: AbortSignal,
): AsyncGenerator<SyntheticSlice> {
  const { size } = model.run;
  const { conditions } = model.config;
  const pixels = size * size;
  const labelled = (index: number) => {
    const names = namesOfSlice(conditions, labels, seed, index);
    return names === undefined ? {} : { labels: names };
  };
  const atOnce = guard === undefined ? batch : checkedAtOnce;
  for (let first = 0; first < count; first += atOnce) {
    signal?.throwIfAborted();
    const many = Math.min(atOnce, count - first);
    const values = new Float32Array(many * pixels);
    for (let made = 0; made < many; made += batch) {
      signal?.throwIfAborted();
      const some = Math.min(batch, many - made);
      values.set(await model.sampler.generate(seed, first + made, some, labels, truncation), made * pixels);
    }
    const isCopy = (await guard?.check({ count: many, size, values }, signal)) ?? [];
    for (let i = 0; i < many; i++) {
      if (isCopy[i]) onLeftOut();
      else {
        const index = first + i;
        yield { index, seed, size, pixels: values.slice(i * pixels, (i + 1) * pixels), ...labelled(index) };
      }
    }
  }
}

/** Leaves out what a reader rejected. */
async function* unrejected(
  made: AsyncGenerator<SyntheticSlice>,
  rejected: ReadonlySet<number>,
): AsyncGenerator<SyntheticSlice> {
  for await (const slice of made) if (!rejected.has(slice.index)) yield slice;
}

/** @throws BAD_CONFIG for labels of a run that has none, or that it does not know */
export function checkLabels({ config, run }: OpenedGenerator, labels: LabelRequest | undefined): void {
  if (labels === undefined) return;
  if (config.conditions === null) {
    throw new GantryError('BAD_CONFIG', `${run.id} was not trained with labels.`, {
      action: 'Train one with: gantry train --condition NAME',
    });
  }
  labelsOfSlice(config.conditions, labels, 0, 0);
}

/**
 * Generates slices 0 .. count-1 of a seed from a run's newest checkpoint and exports them, marked. Near-copies of
 * training slices are left out unless they are to be kept.
 * @throws what loading, generating and exporting throw, NO_INPUT when every slice is a near-copy; nothing
 * half-written is left
 */
export async function generateSlices(
  ws: Workspace,
  generation: Generation,
  options: GenerateOptions = {},
): Promise<GenerationResult> {
  const { signal } = options;
  const { intensityFrom, count } = generation;
  const model = await loadModel(ws, generation.run, generation.checkpoint);
  checkLabels(model, generation.labels);
  checkTruncation(generation.truncation ?? 1, model.config.generator.family);
  let guard: CopyGuard | undefined;
  try {
    const opened = await guardOf(ws, model.run, generation.keepNearCopies === true, signal);
    if (typeof opened !== 'string') guard = opened;
    const copies = {
      leftOut: 0,
      searched: guard?.searched ?? 0,
      unchecked: typeof opened === 'string' ? opened : null,
    };
    // Verdicts are about the slices that a seed gives without labels or a truncation asked for.
    const rejected =
      generation.labels === undefined && (generation.truncation ?? 1) === 1
        ? rejectedSlices(ws, model.run.id, model.images, generation.seed, count)
        : new Set<number>();
    let written = 0;
    const tell = () => options.onProgress?.(written + copies.leftOut, count);
    const leaveOut = () => {
      copies.leftOut++;
      if (copies.leftOut < count) return tell();
      throw new GantryError('NO_INPUT', `All ${count} slices are near-copies of training slices.`, {
        action: 'Do not share slices of this run. Train longer on more subjects, or with augmentation.',
      });
    };
    const result = await exportSlices({
      slices: unrejected(slices(model, generation, guard, leaveOut, signal), rejected),
      format: generation.format,
      outDir: generation.outDir,
      provenance: provenanceOf(ws, model, generation.truncation, copies, rejected.size),
      intensityFrom:
        intensityFrom === undefined ? undefined : intensityOf(ws, model.run.dataset, intensityFrom),
      onProgress: (done) => {
        written = done;
        tell();
      },
      signal,
    });
    return { ...result, copies };
  } finally {
    await guard?.dispose();
    await model.sampler.dispose();
  }
}
