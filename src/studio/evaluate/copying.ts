import {
  assign,
  authenticity,
  CopyMatcher,
  cellsOf,
  chooseImages,
  chooseRows,
  copyThreshold,
  dataCopying,
  drawIndices,
  type Images,
  type Match,
  type Matrix,
  membership,
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
  readonly name: string;
  readonly products: Products;
  readonly train: Matrix;
  readonly heldOut: Matrix | undefined;
  readonly synthetic: Matrix;
}

function shareOf(hits: number, total: number): Measured {
  const [low, high] = wilson(hits, total);
  return { value: hits / total, low, high };
}

/** Slices of a side whose distance to the synthetic ones is told. */
const mostInferred = 2000;

/** Near-copies by the calibrated match, membership inference, and two statistics in the last of the spaces. */
export async function judgeCopying(
  { train, heldOut, synthetic, seed }: CopyInput,
  spaces: readonly CopyFeatures[],
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
      ...(await statistics(spaces.at(-1)!, seed, signal)),
      membership: await infer({ train, heldOut, synthetic, seed }, spaces, signal),
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

/** Membership inference in every space: are training slices nearer to the synthetic ones than held-out slices are? */
async function infer(
  { train, heldOut, seed }: CopyInput,
  spaces: readonly CopyFeatures[],
  signal?: AbortSignal,
): Promise<Copying['membership']> {
  if (heldOut === undefined) return [];
  const inside = drawIndices(train.images.count, mostInferred, seed, 'membership-train');
  const outside = drawIndices(heldOut.images.count, mostInferred, seed, 'membership-others');
  const found: Copying['membership'][number][] = [];
  for (const { name, products, train: members, heldOut: others, synthetic } of spaces) {
    if (others === undefined) continue;
    const reached = async (rows: Matrix, chosen: readonly number[], subjects: readonly number[]) => ({
      distance: (await nearest(products, chooseRows(rows, chosen), synthetic, { signal })).distance,
      subjects: chosen.map((i) => subjects[i]!),
    });
    const told = membership(
      await reached(members, inside, train.subjects),
      await reached(others, outside, heldOut.subjects),
      seed,
    );
    if (told !== undefined) found.push({ space: name, ...told });
  }
  return found;
}
