import { Random } from '../../base/random.ts';
import { prepareCache, readCache } from '../../dataset/index.ts';
import { contactSheet } from '../../exporting/index.ts';
import { type Workspace, writeFileAtomic } from '../../workspace/index.ts';
import { loadModel } from './model.ts';

export interface SheetRequest {
  readonly run: string;
  readonly file: string;
  /** Slices on each side, at most. */
  readonly count: number;
  readonly seed: number;
}

/** Cuts [n, pixels] into n arrays. */
function rows(values: Float32Array, pixels: number): Float32Array[] {
  return Array.from({ length: values.length / pixels }, (_, i) =>
    values.subarray(i * pixels, (i + 1) * pixels),
  );
}

/** `count` different indices of 0 .. n-1, in random order. */
function choose(n: number, count: number, seed: number): number[] {
  return [...new Random(seed, 'sheet').permutation(n).subarray(0, count)];
}

/** The dataset says of itself that it was not acquired (the phantom). */
export function isSynthetic(ws: Workspace, dataset: string): boolean {
  return ws.series(dataset).some(({ notices }) => notices.includes('synthetic-data'));
}

/** Draws real beside synthetic slices in one window, or synthetic ones alone where no real ones are here. */
export async function makeSheet(
  ws: Workspace,
  request: SheetRequest,
  signal?: AbortSignal,
): Promise<{ file: string; real: number; synthetic: number }> {
  const model = await loadModel(ws, request.run);
  try {
    const { run } = model;
    const pixels = run.size * run.size;
    // Of a run that was imported, or whose dataset was deleted, there are no real slices to show.
    const cache = ws.hasDataset(run.dataset)
      ? await prepareCache(ws, run.dataset, { size: run.size, side: 'train', signal })
      : null;
    const real =
      cache === null
        ? null
        : rows(readCache(cache, choose(cache.count, request.count, request.seed)), pixels);
    const synthetic = rows(await model.sampler.generate(request.seed, 0, request.count), pixels);
    signal?.throwIfAborted();
    const png = contactSheet({
      real,
      synthetic,
      size: run.size,
      most: request.count,
      // Training data that say of themselves that they are synthetic (the phantom) are not called real.
      ...(cache !== null && isSynthetic(ws, run.dataset) ? { realName: 'TRAINING DATA (NOT REAL)' } : {}),
      caption: [
        `${run.id}, preset ${run.preset}, ${run.size} px, ${model.images} images seen, seed ${request.seed}`,
        cache === null
          ? 'The real slices are not here. Not chosen: the first of the seed.'
          : `Dataset ${run.dataset}: ${cache.count} training slices. Not chosen: the first of the seed.`,
      ],
    });
    writeFileAtomic(request.file, png);
    return { file: request.file, real: real?.length ?? 0, synthetic: synthetic.length };
  } finally {
    await model.sampler.dispose();
  }
}
