import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { importedDataset } from '../../base/importedDataset.ts';
import { prepareCache, readCache, subjectsOf } from '../../dataset/index.ts';
import {
  CopyMatcher,
  chooseImages,
  copyThreshold,
  drawIndices,
  type Images,
  prepareForCopies,
} from '../../metrics/index.ts';
import { type RunRecord, type Workspace, writeFileAtomic } from '../../workspace/index.ts';

/** Training slices that a copy is looked for among; they stand in memory at 64 pixels or less. */
const mostSearched = 20_000;
const mostCalibrating = 1000;
/** Training slices that are read at a time. */
const perPart = 512;
/** Raise when the same slices would give another threshold. */
const guardVersion = 1;

/** Tells generated slices that lie as near to a training slice as a copy. */
export interface CopyGuard {
  /** Training slices that it searches. */
  readonly searched: number;
  /** One for every slice: true for a near-copy. */
  check(images: Images, signal?: AbortSignal): Promise<boolean[]>;
  dispose(): Promise<void>;
}

/** Why copies cannot be told. */
export type NoGuard =
  | 'the dataset is no longer there'
  | 'the training slices of an imported model are not in this workspace'
  | 'the training slices are of too few subjects to say how near is too near';

/** Why nothing was checked. */
export type Unchecked = NoGuard | 'near-copies were to be kept';

/**
 * With fewer subjects the distance between people is known from a handful of pairs, and slices that merely look like
 * one of them were all called copies (two subjects, 1,280 images seen: three of three).
 */
const fewestSubjects = 10;

const storedSchema = z.object({ version: z.literal(guardVersion), threshold: z.number() });

function stored(file: string): number | undefined {
  try {
    return storedSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).threshold;
  } catch {
    // Not told yet, or of another version.
    return undefined;
  }
}

/**
 * The test of the evaluation for use at every export: near-copies are slices nearer to a training slice than all but
 * one in a hundred training slices are to those of other subjects. The threshold is kept with the workspace's caches.
 * @param alsoReal further real slices of the dataset that may not be copied, such as a held-out one that was projected
 * @throws what preparing the dataset's images throws; CANCELLED
 */
export async function openCopyGuard(
  ws: Workspace,
  dataset: string,
  size: number,
  signal?: AbortSignal,
  alsoReal?: Images,
): Promise<CopyGuard | NoGuard> {
  if (dataset === importedDataset) {
    return 'the training slices of an imported model are not in this workspace';
  }
  if (!ws.hasDataset(dataset)) return 'the dataset is no longer there';
  const cache = await prepareCache(ws, dataset, { size, side: 'train', signal });
  const chosen = drawIndices(cache.count, mostSearched, 1, 'copy-guard');
  const sliceIds = chosen.map((i) => cache.sliceIds[i]!);
  const subjects = subjectsOf(ws, dataset, sliceIds);
  if (new Set(subjects).size < fewestSubjects) {
    return 'the training slices are of too few subjects to say how near is too near';
  }

  let values = new Float32Array(0);
  let side = size;
  for (let first = 0; first < chosen.length; first += perPart) {
    signal?.throwIfAborted();
    const part = chosen.slice(first, first + perPart);
    const prepared = prepareForCopies({ count: part.length, size, values: readCache(cache, part) });
    if (first === 0) {
      side = prepared.size;
      values = new Float32Array(chosen.length * side * side);
    }
    values.set(prepared.values, first * side * side);
    await new Promise(setImmediate);
  }
  const images: Images = { count: chosen.length, size: side, values };
  const matcher = await CopyMatcher.ofPrepared(images, subjects);
  try {
    const file = join(ws.cacheDir, 'copying', `${cache.hash.slice(0, 32)}-${size}.json`);
    let threshold = stored(file);
    if (threshold === undefined) {
      const some = drawIndices(images.count, mostCalibrating, 1, 'copy-calibration');
      const others = await matcher.matchPrepared(chooseImages(images, some), {
        subjects: some.map((i) => subjects[i]!),
        signal,
      });
      threshold = copyThreshold(others);
      writeFileAtomic(file, JSON.stringify({ version: guardVersion, threshold }));
    }
    const limit = threshold;
    const further =
      alsoReal === undefined
        ? null
        : await CopyMatcher.create(
            alsoReal,
            Array.from({ length: alsoReal.count }, () => -1),
          );
    return {
      searched: images.count,
      async check(queries, stop) {
        const nearest = await matcher.match(queries, { signal: stop });
        const others = (await further?.match(queries, { signal: stop })) ?? [];
        return nearest.map(({ distance }, i) => Math.min(distance, others[i]?.distance ?? distance) < limit);
      },
      async dispose() {
        await matcher.dispose();
        await further?.dispose();
      },
    };
  } catch (error) {
    await matcher.dispose();
    throw error;
  }
}

/** The guard of a run's export, or why it has none. @throws what openCopyGuard throws */
export async function guardOf(
  ws: Workspace,
  run: Pick<RunRecord, 'dataset' | 'size'>,
  keepNearCopies: boolean,
  signal?: AbortSignal,
  alsoReal?: Images,
): Promise<CopyGuard | Unchecked> {
  if (keepNearCopies) return 'near-copies were to be kept';
  return openCopyGuard(ws, run.dataset, run.size, signal, alsoReal);
}
