import {
  assign,
  authenticity,
  CopyMatcher,
  cellsOf,
  chooseImages,
  copyThreshold,
  dataCopying,
  drawIndices,
  type Images,
  type Match,
  type Matrix,
  nearest,
  nearestDistances,
  type Products,
  wilson,
} from '../../metrics/index.ts';
import type { RealSet } from './real.ts';
import type { Copying, Measured } from './report.ts';

/** Training slices that set the threshold, and held-out slices that check it, at most. */
const mostCalibrating = 1000;

export interface CopyInput {
  readonly train: RealSet;
  readonly heldOut: RealSet | undefined;
  readonly synthetic: { readonly images: Images; readonly names: readonly string[] };
  readonly seed: number;
}

/** Standardised features of the same slices, in the space of `products`. */
export interface CopyFeatures {
  readonly products: Products;
  readonly train: Matrix;
  readonly heldOut: Matrix | undefined;
  readonly synthetic: Matrix;
}

function shareOf(hits: number, total: number): Measured {
  const [low, high] = wilson(hits, total);
  return { value: hits / total, low, high };
}

/** Near-copies by the calibrated match, and the two statistics of the feature space. */
export async function judgeCopying(
  { train, heldOut, synthetic, seed }: CopyInput,
  features: CopyFeatures,
  signal?: AbortSignal,
  onProgress?: (share: number) => void,
): Promise<Copying> {
  const matcher = await CopyMatcher.create(train.images, train.subjects);
  try {
    const calibrating = drawIndices(train.images.count, mostCalibrating, seed, 'copy-calibration');
    const checking =
      heldOut === undefined ? [] : drawIndices(heldOut.images.count, mostCalibrating, seed, 'copy-check');
    const all = calibrating.length + checking.length + synthetic.images.count;
    let before = 0;
    const match = async (images: Images, subjects?: readonly number[]): Promise<Match[]> => {
      const found = await matcher.match(images, {
        subjects,
        signal,
        onProgress: (done) => onProgress?.((before + done) / all),
      });
      before += images.count;
      return found;
    };
    const others = await match(
      chooseImages(train.images, calibrating),
      calibrating.map((i) => train.subjects[i]!),
    );
    const threshold = copyThreshold(others);
    const checked = heldOut === undefined ? [] : await match(chooseImages(heldOut.images, checking));
    const found = await match(synthetic.images);
    const nearCopies = found
      .map((m, slice) => ({ ...m, slice }))
      .filter(({ distance }) => distance < threshold)
      .sort((a, b) => a.distance - b.distance)
      .map(({ slice, index, distance, flip, dx, dy }) => ({
        slice,
        name: synthetic.names[slice]!,
        twin: train.sliceIds[index]!,
        distance,
        flip,
        dx,
        dy,
      }));
    const alarms = checked.filter(({ distance }) => distance < threshold).length;
    return {
      threshold,
      calibratedOn: calibrating.length,
      trainSearched: train.images.count,
      judged: synthetic.images.count,
      nearCopies,
      share: shareOf(nearCopies.length, synthetic.images.count),
      falseAlarms: checked.length === 0 ? null : { ...shareOf(alarms, checked.length), of: checked.length },
      ...(await statistics(features, seed, signal)),
    };
  } finally {
    await matcher.dispose();
  }
}

async function statistics(
  { products, train, heldOut, synthetic }: CopyFeatures,
  seed: number,
  signal?: AbortSignal,
): Promise<Pick<Copying, 'dataCopying' | 'authenticity'>> {
  const options = { signal };
  const own = (await nearestDistances(products, train, train, 1, options)).distances;
  const fromSynthetic = await nearest(products, synthetic, train, options);
  const fromHeldOut = heldOut === undefined ? undefined : await nearest(products, heldOut, train, options);
  let copied: number | null = null;
  if (heldOut !== undefined && fromHeldOut !== undefined) {
    const many = Math.max(1, Math.min(20, Math.floor(Math.min(synthetic.rows, heldOut.rows) / 30)));
    const { centres } = cellsOf(train, many, seed);
    copied =
      dataCopying(
        { distance: fromSynthetic.distance, cells: assign(synthetic, centres) },
        { distance: fromHeldOut.distance, cells: assign(heldOut, centres) },
        centres.rows,
      ) ?? null;
  }
  return {
    dataCopying: copied,
    authenticity: {
      synthetic: authenticity(fromSynthetic, own),
      floor: fromHeldOut === undefined ? null : authenticity(fromHeldOut, own),
    },
  };
}
