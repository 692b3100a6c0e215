import { prepareCache, readCache, subjectsOf } from '../../dataset/index.ts';
import { chooseImages, drawIndices, type Images } from '../../metrics/index.ts';
import type { SplitSide, Workspace } from '../../workspace/index.ts';

/** Real slices of one side of the split, with the subject and the number of every slice. */
export interface RealSet {
  readonly images: Images;
  readonly subjects: readonly number[];
  readonly sliceIds: readonly number[];
  /** Slices on this side, of which `images` may be a part. */
  readonly total: number;
}

/** Slices of a side that are read at most; more would not change a figure and fill the memory. */
const mostSlices = { train: 5000, heldOut: 2000 } as const;

export async function readReal(
  ws: Workspace,
  dataset: string,
  side: SplitSide,
  options: { readonly size: number; readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<RealSet> {
  const { size, signal } = options;
  const cache = await prepareCache(ws, dataset, { size, side, signal });
  const chosen = drawIndices(cache.count, mostSlices[side], options.seed, `real-${side}`);
  const sliceIds = chosen.map((i) => cache.sliceIds[i]!);
  return {
    images: { count: chosen.length, size, values: readCache(cache, chosen) },
    subjects: subjectsOf(ws, dataset, sliceIds),
    sliceIds,
    total: cache.count,
  };
}

/** A part of a set. */
export function partOf({ images, subjects, sliceIds, total }: RealSet, indices: readonly number[]): RealSet {
  return {
    images: chooseImages(images, indices),
    subjects: indices.map((i) => subjects[i]!),
    sliceIds: indices.map((i) => sliceIds[i]!),
    total,
  };
}
