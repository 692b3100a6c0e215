import { GantryError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { labelValues, prepareCache, readCache, subjectsOf } from '../../dataset/index.ts';
import { type ConditionValues, type RunConfig, rootMeanSquare } from '../../gan/index.ts';
import type { SplitSide, Workspace } from '../../workspace/index.ts';
import { conditionValuesOf } from '../train/conditions.ts';

/** A real slice that is projected. */
export interface Target {
  readonly slice: number;
  /** Side of the split: `train`: the generator has seen it. */
  readonly side: SplitSide;
  /** float32 [size, size], -1 .. +1. */
  readonly pixels: Float32Array;
  /** Its labels as the run knows them; null for a run without. */
  readonly conditions: ConditionValues | null;
  /** The training slice that it is likest, of another subject; null where there is none. */
  readonly nearest: {
    readonly slice: number;
    /** Root mean squared difference to the target, of values from -1 to +1. */
    readonly rmse: number;
    readonly pixels: Float32Array;
  } | null;
}

/** Training slices that are read at a time. */
const perPart = 512;

/** @throws NO_INPUT without the dataset or without held-out slices to draw from, NOT_FOUND for a slice not in use */
export async function openTarget(
  ws: Workspace,
  dataset: string,
  config: RunConfig,
  wanted: { readonly slice?: number | undefined; readonly seed: number },
  signal?: AbortSignal,
): Promise<Target> {
  if (!ws.hasDataset(dataset)) {
    throw new GantryError('NO_INPUT', 'The real slices of this run are not here, so none can be projected.');
  }
  const { slice, side } = choose(ws, dataset, wanted);
  const { size, conditions } = config;
  const own = await prepareCache(ws, dataset, { size, side, signal });
  const pixels = readCache(own, [own.sliceIds.indexOf(slice)]);
  const names = conditions?.labels.map(({ name }) => name) ?? [];
  const row = conditions === null ? [] : (labelValues(ws, dataset, names).bySlice.get(slice) ?? []);
  return {
    slice,
    side,
    pixels,
    conditions: conditions === null ? null : conditionValuesOf(conditions.labels, row),
    nearest: await nearestTraining(ws, dataset, { slice, pixels, size }, signal),
  };
}

function choose(
  ws: Workspace,
  dataset: string,
  { slice, seed }: { readonly slice?: number | undefined; readonly seed: number },
): { slice: number; side: SplitSide } {
  const heldOut = ws.slices(dataset, { state: 'used', side: 'heldOut' }).map(({ id }) => id);
  if (slice === undefined) {
    if (heldOut.length === 0) {
      throw new GantryError('NO_INPUT', `The dataset "${dataset}" holds no subject out of the training.`, {
        action: 'Name a slice with --slice (ids: gantry slices); it is then one that was trained on.',
      });
    }
    return { slice: heldOut[new Random(seed, 'projection-target').int(heldOut.length)]!, side: 'heldOut' };
  }
  if (heldOut.includes(slice)) return { slice, side: 'heldOut' };
  if (ws.slices(dataset, { state: 'used', side: 'train' }).some(({ id }) => id === slice)) {
    return { slice, side: 'train' };
  }
  throw new GantryError('NOT_FOUND', `Slice ${slice} is none of "${dataset}" that is in use.`, {
    action: 'Ids are listed by: gantry slices --workspace W --dataset NAME --state used',
  });
}

/** By root mean squared difference, over all training slices of other subjects. */
async function nearestTraining(
  ws: Workspace,
  dataset: string,
  target: { readonly slice: number; readonly pixels: Float32Array; readonly size: number },
  signal?: AbortSignal,
): Promise<Target['nearest']> {
  const { size } = target;
  const cache = await prepareCache(ws, dataset, { size, side: 'train', signal });
  const [own, ...subjects] = subjectsOf(ws, dataset, [target.slice, ...cache.sliceIds]);
  const others = subjects.flatMap((subject, i) => (subject === own ? [] : [i]));
  let best: Target['nearest'] = null;
  for (let first = 0; first < others.length; first += perPart) {
    signal?.throwIfAborted();
    const part = others.slice(first, first + perPart);
    const values = readCache(cache, part);
    part.forEach((place, i) => {
      const pixels = values.subarray(i * size * size, (i + 1) * size * size);
      const rmse = rootMeanSquare(pixels, target.pixels);
      if (best === null || rmse < best.rmse) {
        best = { slice: cache.sliceIds[place]!, rmse, pixels: pixels.slice() };
      }
    });
    await new Promise(setImmediate);
  }
  return best;
}
