import { labelValues, prepareCache, readCache } from '../../dataset/index.ts';
import { pngStoredMax, quantise } from '../../exporting/intensity.ts';
import { drawIndices, type Images, nearest, Products, pixelGradientFeatures } from '../../metrics/index.ts';
import type { Candidate } from '../../study/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { loadModel } from '../generate/model.ts';
import { rejectedSlices } from '../review/sets.ts';

export interface CandidateRequest {
  readonly run: string;
  /** Images of each kind that the study needs. */
  readonly each: number;
  readonly label: string | null;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number): void;
}

export interface CandidateSet {
  readonly candidates: readonly Candidate[];
  readonly size: number;
  readonly dataset: string;
  /** Images that the run's network had seen. */
  readonly imagesSeen: number;
  /** Sentences on how they were drawn. */
  readonly notes: readonly string[];
  /** Raw 16-bit values of a candidate. */
  pixels(index: number): Uint8Array;
}

const all = 'all';
const unknown = 'not stated';
const batch = 16;
/** With subgroups, so many times more slices are drawn, so that rare ones have enough. */
const spare = 4;
const mostReal = 4000;

/**
 * Real and synthetic slices that a study may show, drawn by chance. Both take the same way: values of -1 to +1
 * at the run's size, quantised by the export's own rule, so that nothing but the picture differs.
 *
 * @throws NOT_FOUND, NO_INPUT without a checkpoint, DATASET_TOO_SMALL, NOT_FINITE, CANCELLED
 */
export async function findCandidates(ws: Workspace, request: CandidateRequest): Promise<CandidateSet> {
  const { run, each, label, seed, signal } = request;
  const wanted = label === null ? each : each * spare;
  const notes: string[] = [];
  const model = await loadModel(ws, run);
  try {
    const { size, dataset } = model.run;
    const real = await realImages(ws, dataset, size, Math.min(mostReal, wanted), seed, signal, notes);
    const rejected = rejectedSlices(ws, run, model.images, seed);
    const indices: number[] = [];
    for (let i = 0; indices.length < wanted; i++) if (!rejected.has(i)) indices.push(i);
    const made = new Float32Array(indices.length * size * size);
    const last = indices.at(-1) ?? -1;
    let taken = 0;
    for (let first = 0; first <= last; first += batch) {
      signal?.throwIfAborted();
      const some = await model.sampler.generate(seed, first, Math.min(batch, last + 1 - first));
      for (let i = first; i < first + batch && i <= last; i++) {
        if (rejected.has(i)) continue;
        made.set(
          some.subarray((i - first) * size * size, (i - first + 1) * size * size),
          taken * size * size,
        );
        taken++;
      }
      request.onProgress?.(taken, indices.length);
    }
    const synthetic: Images = { count: indices.length, size, values: made };
    notes.push(
      `Synthetic slices were drawn by chance from ${run} after ${model.images.toLocaleString('en')} images (its moving average, seed ${seed}, no truncation); none was picked by hand.`,
      `Real and synthetic slices went through the same resampling to ${size} × ${size} pixels, the same window and the same 16-bit export.`,
    );
    if (rejected.size > 0) {
      notes.push(
        `${rejected.size} synthetic slices that a reader had rejected were left out, so the rest looks better than the model is.`,
      );
    }
    const labels = await subgroupsOf(ws, dataset, label, real, synthetic, signal);
    if (label !== null) {
      notes.push(
        `Subgroups by ${label}; the subgroup of a synthetic slice is that of the real slice it is nearest to.`,
      );
    }
    const part = (images: Images, i: number) =>
      images.values.subarray(i * size * size, (i + 1) * size * size);
    return {
      candidates: [
        ...real.sliceIds.map(
          (id, i): Candidate => ({ truth: 'real', subgroup: labels.real[i]!, source: `real slice ${id}` }),
        ),
        ...indices.map(
          (slice, i): Candidate => ({
            truth: 'synthetic',
            subgroup: labels.synthetic[i]!,
            source: `${run} seed ${seed} slice ${slice}`,
          }),
        ),
      ],
      size,
      dataset,
      imagesSeen: model.images,
      notes,
      pixels: (index) => {
        const values =
          index < real.images.count ? part(real.images, index) : part(synthetic, index - real.images.count);
        const stored = quantise(values.slice(), pngStoredMax);
        return new Uint8Array(stored.buffer);
      },
    };
  } finally {
    await model.sampler.dispose();
  }
}

interface RealImages {
  readonly images: Images;
  readonly sliceIds: readonly number[];
}

async function realImages(
  ws: Workspace,
  dataset: string,
  size: number,
  wanted: number,
  seed: number,
  signal: AbortSignal | undefined,
  notes: string[],
): Promise<RealImages> {
  const heldOut = ws.slices(dataset, { state: 'used', side: 'heldOut', limit: 1 }).length > 0;
  const side = heldOut ? 'heldOut' : 'train';
  notes.push(
    heldOut
      ? 'Real slices are of people who were held out of the training.'
      : 'Nobody was held out: real slices are of people that the model was trained on, which makes a study easier to pass.',
  );
  const cache = await prepareCache(ws, dataset, { size, side, signal });
  const chosen = drawIndices(cache.count, wanted, seed, 'study-real');
  return {
    images: { count: chosen.length, size, values: readCache(cache, chosen) },
    sliceIds: chosen.map((i) => cache.sliceIds[i]!),
  };
}

async function subgroupsOf(
  ws: Workspace,
  dataset: string,
  label: string | null,
  real: RealImages,
  synthetic: Images,
  signal: AbortSignal | undefined,
): Promise<{ real: string[]; synthetic: string[] }> {
  if (label === null) {
    return {
      real: real.sliceIds.map(() => all),
      synthetic: Array.from({ length: synthetic.count }, () => all),
    };
  }
  const { bySlice } = labelValues(ws, dataset, [label]);
  const ofReal = real.sliceIds.map((id) => String(bySlice.get(id)?.[0] ?? unknown));
  const a = pixelGradientFeatures(synthetic);
  const b = pixelGradientFeatures(real.images);
  const products = await Products.create(a.columns);
  try {
    const { index } = await nearest(products, a, b, { signal });
    return { real: ofReal, synthetic: Array.from(index, (i) => ofReal[i]!) };
  } finally {
    await products.dispose();
  }
}
