import { chooseImages, chooseRows, drawIndices, type Images, type Matrix } from './arrays.ts';
import { CopyMatcher, copyThreshold } from './copying/matcher.ts';
import { kernelDistance } from './distances/kid.ts';
import { pixelGradientFeatures } from './features/pixel-gradient.ts';
import { randomNetworkFeatures, randomNetworkSeeds } from './features/random-network.ts';
import { type Standard, standardise, standardOf } from './features/standardise.ts';
import { Products } from './products.ts';
import { reachOf } from './subgroups.ts';

/** Real slices that distances are told against, that copies are looked for among, and that set the copy threshold. */
const mostReference = 1000;
const mostSearched = 2000;
const mostCalibrating = 250;
const kidReplicates = 20;

/** Names are stable: they are stored with checkpoints. */
export interface LightFigures {
  /** Kernel distance on a fixed random network, and on pixels and gradients; 0 for equal sets. */
  readonly kidRand: number;
  readonly kidPix: number;
  /** Share of as many real slices as there are synthetic ones that have a synthetic one near by (k = 5). */
  readonly coverage: number;
  /** Share of synthetic slices that lie as near to a training slice as a copy; about 0.01 by chance. */
  readonly nearCopies?: number;
}

export interface LightEvaluator {
  /** Figures of synthetic slices of the reference's size. @throws CANCELLED */
  measure(synthetic: Images, signal?: AbortSignal): Promise<LightFigures>;
  dispose(): Promise<void>;
}

export interface LightOptions {
  /** Training slices; of many, some are drawn. */
  readonly real: Images;
  /** Subject of every slice. Without it, or with one subject only, near-copies are not told. */
  readonly subjects?: ArrayLike<number> | undefined;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

interface Space {
  readonly features: (images: Images, signal?: AbortSignal) => Promise<Matrix> | Matrix;
  readonly standard: Standard;
  readonly real: Matrix;
  readonly products: Products;
}

async function spaceOf(
  real: Images,
  features: Space['features'],
  signal: AbortSignal | undefined,
): Promise<Space> {
  const raw = await features(real, signal);
  const standard = standardOf(raw);
  return {
    features,
    standard,
    real: standardise(raw, standard),
    products: await Products.create(raw.columns),
  };
}

async function copyFinder({ real, subjects, seed, signal }: LightOptions) {
  if (subjects === undefined || new Set(Array.from(subjects)).size < 2) return undefined;
  const searched = drawIndices(real.count, mostSearched, seed, 'light-searched');
  const of = searched.map((i) => subjects[i]!);
  const images = chooseImages(real, searched);
  const matcher = await CopyMatcher.create(images, of);
  const some = drawIndices(images.count, mostCalibrating, seed, 'light-calibration');
  const others = await matcher.match(chooseImages(images, some), {
    subjects: some.map((i) => of[i]!),
    signal,
  });
  return { matcher, threshold: copyThreshold(others) };
}

/**
 * A small evaluation for use while a network trains: what hangs on the real slices is made once, and a few hundred
 * synthetic ones are measured in about a second. Coarser than the whole evaluation, and to be compared only along
 * one run: neither the floor nor the bad sets stand beside it.
 * @throws CANCELLED
 */
export async function createLightEvaluator(options: LightOptions): Promise<LightEvaluator> {
  const { real, seed, signal } = options;
  const reference = chooseImages(real, drawIndices(real.count, mostReference, seed, 'light-reference'));
  const rand = await spaceOf(
    reference,
    (images, stop) => randomNetworkFeatures(images, randomNetworkSeeds[0], { signal: stop }),
    signal,
  );
  const pix = await spaceOf(reference, pixelGradientFeatures, signal);
  const copies = await copyFinder(options);
  return {
    async measure(synthetic, stop) {
      const kid = async (space: Space, fake: Matrix) =>
        (
          await kernelDistance(space.products, space.real, fake, {
            seed,
            replicates: kidReplicates,
            signal: stop,
          })
        ).value;
      const inSpace = async (space: Space) =>
        standardise(await space.features(synthetic, stop), space.standard);
      const fakePix = await inSpace(pix);
      const some = drawIndices(pix.real.rows, synthetic.count, seed, 'light-coverage');
      const { covered } = await reachOf(pix.products, chooseRows(pix.real, some), fakePix, { signal: stop });
      const figures = {
        kidRand: await kid(rand, await inSpace(rand)),
        kidPix: await kid(pix, fakePix),
        coverage: covered.reduce((sum, one) => sum + one, 0) / covered.length,
      };
      if (copies === undefined) return figures;
      const found = await copies.matcher.match(synthetic, { signal: stop });
      const near = found.filter(({ distance }) => distance < copies.threshold).length;
      return { ...figures, nearCopies: near / synthetic.count };
    },
    async dispose() {
      await Promise.all([rand.products.dispose(), pix.products.dispose(), copies?.matcher.dispose()]);
    },
  };
}
