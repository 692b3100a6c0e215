import { prepareCache, readCache, subjectsOf } from '../../dataset/index.ts';
import { pngStoredMax, quantise } from '../../exporting/intensity.ts';
import {
  CopyMatcher,
  chooseImages,
  copyThreshold,
  drawIndices,
  type Images,
  type Matrix,
  nearestDistances,
  Products,
  pixelGradientFeatures,
  standardise,
  standardOf,
} from '../../metrics/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { loadModel } from '../generate/model.ts';
import { clustersOf, labelsFor } from './groups.ts';
import { principalPlane } from './principal.ts';
import type { RealPoint, ReviewSlice } from './types.ts';

export interface ReviewRequest {
  readonly run: string;
  readonly count: number;
  readonly seed: number;
}

export interface BuiltReview {
  readonly checkpoint: number;
  readonly size: number;
  /** Distance below which a slice counts as a near-copy; null where it could not be calibrated. */
  readonly copyThreshold: number | null;
  readonly slices: readonly ReviewSlice[];
  readonly real: readonly RealPoint[];
  /** count x size x size unsigned 16-bit values. */
  readonly pixels: Uint8Array;
}

export interface BuildOptions {
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number): void;
}

const batch = 16;
const mostTrain = 3000;
const mostCalibrating = 500;
const mostPoints = 1000;

/**
 * Generates slices for review and finds for each its nearest real slice, whether it is a near-copy, how
 * plausible it is, and where it lies on a map with the real ones.
 * @throws NOT_FOUND, NO_INPUT without a checkpoint, DATASET_TOO_SMALL, CANCELLED
 */
export async function buildReview(
  ws: Workspace,
  request: ReviewRequest,
  options: BuildOptions = {},
): Promise<BuiltReview> {
  const { signal } = options;
  const { count, seed } = request;
  const model = await loadModel(ws, request.run);
  try {
    const { size, dataset } = model.run;
    const pixelsOf = size * size;
    const values = new Float32Array(count * pixelsOf);
    const total = count * 2;
    for (let first = 0; first < count; first += batch) {
      signal?.throwIfAborted();
      const many = Math.min(batch, count - first);
      values.set(await model.sampler.generate(seed, first, many), first * pixelsOf);
      options.onProgress?.(first + many, total);
    }
    const stored = quantise(values, pngStoredMax);
    // What is judged is what an export would write.
    const synthetic: Images = { count, size, values: Float32Array.from(stored, (v) => v / 32767.5 - 1) };
    const train = await trainImages(ws, dataset, size, seed, signal);
    const matched = await matchCopies(train, synthetic, seed, signal, (share) =>
      options.onProgress?.(Math.round(count + share * count), total),
    );
    const placed = await place(train, synthetic, seed, signal);
    const nearest = matched.matches.map(({ index }) => (index < 0 ? null : train.sliceIds[index]!));
    const labels = labelsFor(ws, { dataset, config: model.config, seed }, nearest);
    return {
      checkpoint: model.images,
      size,
      copyThreshold: matched.threshold,
      slices: matched.matches.map(({ distance }, slice) => ({
        slice,
        nearest: nearest[slice]!,
        distance: Number.isFinite(distance) ? distance : null,
        nearCopy: matched.threshold !== null && distance < matched.threshold,
        plausibility: placed.plausibility[slice]!,
        cluster: placed.clusters[slice]!,
        label: labels[slice]!,
        x: placed.synthetic[2 * slice]!,
        y: placed.synthetic[2 * slice + 1]!,
      })),
      real: placed.shown.map((i) => ({
        slice: train.sliceIds[i]!,
        x: placed.real[2 * i]!,
        y: placed.real[2 * i + 1]!,
      })),
      pixels: new Uint8Array(stored.buffer),
    };
  } finally {
    await model.sampler.dispose();
  }
}

interface TrainImages {
  readonly images: Images;
  readonly sliceIds: readonly number[];
  readonly subjects: readonly number[];
}

async function trainImages(
  ws: Workspace,
  dataset: string,
  size: number,
  seed: number,
  signal: AbortSignal | undefined,
): Promise<TrainImages> {
  const cache = await prepareCache(ws, dataset, { size, side: 'train', signal });
  const chosen = drawIndices(cache.count, mostTrain, seed, 'review-real');
  const sliceIds = chosen.map((i) => cache.sliceIds[i]!);
  return {
    images: { count: chosen.length, size, values: readCache(cache, chosen) },
    sliceIds,
    subjects: subjectsOf(ws, dataset, sliceIds),
  };
}

/** The best match of every slice, and the threshold below which only 1 % of other people's slices would lie. */
async function matchCopies(
  train: TrainImages,
  synthetic: Images,
  seed: number,
  signal: AbortSignal | undefined,
  onProgress: (share: number) => void,
) {
  const matcher = await CopyMatcher.create(train.images, train.subjects);
  try {
    const matches = await matcher.match(synthetic, {
      signal,
      onProgress: (done) => onProgress(done / synthetic.count),
    });
    if (new Set(train.subjects).size < 2) return { matches, threshold: null };
    const calibrating = drawIndices(train.images.count, mostCalibrating, seed, 'copy-calibration');
    const others = await matcher.match(chooseImages(train.images, calibrating), {
      subjects: calibrating.map((i) => train.subjects[i]!),
      signal,
    });
    return { matches, threshold: copyThreshold(others) };
  } finally {
    await matcher.dispose();
  }
}

/** Distance to the fifth nearest training slice over that of a typical training slice, and places on the map. */
async function place(train: TrainImages, synthetic: Images, seed: number, signal: AbortSignal | undefined) {
  const plain = pixelGradientFeatures(train.images);
  const standard = standardOf(plain);
  const real = standardise(plain, standard);
  const made = standardise(pixelGradientFeatures(synthetic), standard);
  const products = await Products.create(real.columns);
  try {
    const nth = (row: Float32Array | Float64Array, k: number, rows: number) =>
      Array.from({ length: rows }, (_, i) => row[i * k + k - 1]!);
    const k = Math.min(5, train.images.count - 1);
    const own = Math.min(train.images.count, mostPoints);
    const shown = drawIndices(train.images.count, own, seed, 'review-map');
    const typical = await nearestDistances(products, rowsOf(real, shown), real, k + 1, { signal });
    const reference = nth(typical.distances, k + 1, shown.length).sort((a, b) => a - b);
    const middle = reference[Math.floor(reference.length / 2)] || 1;
    const found = await nearestDistances(products, made, real, k, { signal });
    const plane = principalPlane(real);
    return {
      plausibility: nth(found.distances, k, synthetic.count).map((distance) => distance / middle),
      clusters: clustersOf(real, made, seed),
      synthetic: plane(made),
      real: plane(real),
      shown,
    };
  } finally {
    await products.dispose();
  }
}

function rowsOf(matrix: Matrix, rows: readonly number[]): Matrix {
  const { columns } = matrix;
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    values.set(matrix.values.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { rows: rows.length, columns, values };
}
