import {
  channelMeans,
  compareSpectra,
  frechetDistance,
  greyHistogram,
  histogramDistance,
  type Images,
  kernelDistance,
  type Matrix,
  Products,
  pairSimilarity,
  prdc,
  radialSpectrum,
  type Standard,
  slicedWasserstein,
  standardise,
  standardOf,
} from '../../metrics/index.ts';
import {
  type FeatureSpace,
  type Features,
  handMadeSpace,
  inSpace,
  ownSpaces,
  placeSpace,
  textureSpace,
} from './features.ts';
import type { Figure, Measured } from './report.ts';

/** Slices with their features; `groups` (subjects, 0-based) where slices of one subject are alike. */
export interface Judged {
  readonly images: Images;
  readonly features: Features;
  readonly groups?: Int32Array | undefined;
}

type Described = Omit<Figure, 'sets' | 'id'>;
export type Figures = Map<string, { readonly figure: Described; readonly measured: Measured }>;

/** Features up to which a Fréchet distance of a user's network is told: its covariance is then quickly taken apart. */
const mostFrechet = 256;
const neighbourMeanings = {
  precision: 'share of the slices that lie where real slices do: fidelity',
  recall: 'share of the real slices that lie where slices of the set do: variety',
  density: 'how thickly real slices stand around those of the set: fidelity; about 1 for real ones',
  coverage: 'share of the real slices that have one of the set near by: variety',
} as const;

/** What the pixels of the reference are like. */
interface Pixels {
  readonly similarity: number;
  readonly histogram: Float64Array;
  readonly spectrum: Float64Array;
}

/** Measures sets against one set of reference slices; what hangs on the reference alone is computed once. */
export class Judge {
  private readonly reference: Judged;
  private readonly seed: number;
  private readonly spaces: readonly FeatureSpace[];
  private readonly products: ReadonlyMap<string, Products>;
  private readonly standards = new Map<string, Standard>();
  private pixels: Pixels | undefined;

  private constructor(
    reference: Judged,
    seed: number,
    spaces: readonly FeatureSpace[],
    products: ReadonlyMap<string, Products>,
  ) {
    this.reference = reference;
    this.seed = seed;
    this.spaces = spaces;
    this.products = products;
  }

  static async create(
    reference: Judged,
    seed: number,
    spaces: readonly FeatureSpace[] = ownSpaces,
  ): Promise<Judge> {
    const products = new Map<string, Products>();
    for (const { name } of spaces) {
      products.set(name, await Products.create(inSpace(reference.features, name).columns));
    }
    return new Judge(reference, seed, spaces, products);
  }

  /** Calls of `onStep` in one `measure`. */
  get steps(): number {
    return this.spaces.length + this.neighbourSpaces().length + 2;
  }

  /** Spaces that precision, recall, density and coverage are told in: two of ours, and the user's. */
  private neighbourSpaces(): readonly FeatureSpace[] {
    return this.spaces.filter(
      ({ name }) =>
        name === textureSpace || name === placeSpace || !ownSpaces.some((own) => own.name === name),
    );
  }

  /** Features of a space in units of the reference's deviations. */
  standardised(features: Features, space: string): Matrix {
    let standard = this.standards.get(space);
    if (standard === undefined) {
      standard = standardOf(inSpace(this.reference.features, space));
      this.standards.set(space, standard);
    }
    return standardise(inSpace(features, space), standard);
  }

  private referencePixels(): Pixels {
    const { images, groups } = this.reference;
    this.pixels ??= {
      similarity: pairSimilarity(images, { seed: this.seed, groups, pairs: similarityPairs }),
      histogram: greyHistogram(images),
      spectrum: radialSpectrum(images),
    };
    return this.pixels;
  }

  get spectrum(): Float64Array {
    return this.referencePixels().spectrum;
  }

  productsOf(space: string): Products {
    return this.products.get(space)!;
  }

  /** All figures of a set of as many slices as the reference has. */
  async measure(
    set: Judged,
    signal?: AbortSignal,
    onStep?: () => void,
  ): Promise<{ figures: Figures; spectrum: Float64Array }> {
    const figures: Figures = new Map();
    const put = (id: string, figure: Described, measured: Measured | number) => {
      figures.set(id, { figure, measured: typeof measured === 'number' ? { value: measured } : measured });
    };
    const pair = (space: string) => {
      const known = pairs.get(space);
      if (known !== undefined) return known;
      const made = [
        this.standardised(this.reference.features, space),
        this.standardised(set.features, space),
      ] as const;
      pairs.set(space, made);
      return made;
    };
    const pairs = new Map<string, readonly [Matrix, Matrix]>();
    const noted = (note: string | undefined) => (note === undefined ? {} : { note });
    for (const { name: space, note } of this.spaces) {
      const kid = await kernelDistance(this.productsOf(space), ...pair(space), {
        seed: this.seed,
        groupsA: this.reference.groups,
        groupsB: set.groups,
        signal,
      });
      put(
        `kid.${space}`,
        {
          name: 'Kernel distance (KID)',
          space,
          good: 'low',
          meaning: 'all differences that the features show; 0 for equal sets, unbiased',
          ...noted(note),
        },
        kid,
      );
      onStep?.();
    }
    for (const { name: space, note } of this.spaces) {
      const isTexture = space === textureSpace;
      const own = isTexture || space === handMadeSpace;
      const [real, fake] = pair(space);
      if (!own && (ownSpaces.some((one) => one.name === space) || real.columns > mostFrechet)) continue;
      const small = (m: Matrix) => (isTexture ? channelMeans(m) : m);
      const { value, fewSlices } = frechetDistance(small(real), small(fake));
      const few =
        'Few slices for the number of features: the covariances are shrunk and the figure is shaky.';
      const notes = [...(fewSlices ? [few] : []), ...(note === undefined ? [] : [note])];
      put(
        `frechet.${space}`,
        {
          name: 'Fréchet distance',
          space: isTexture ? `${space}, 64 channel means` : space,
          good: 'low',
          meaning:
            'differences of means and covariances; above 0 even for equal sets, so read it beside the floor',
          ...noted(notes.length === 0 ? undefined : notes.join(' ')),
        },
        value,
      );
    }
    for (const { name: space, note } of this.neighbourSpaces()) {
      const found = await prdc(this.productsOf(space), ...pair(space), 5, signal);
      for (const [name, meaning] of Object.entries(neighbourMeanings)) {
        const key = name as keyof typeof neighbourMeanings;
        put(
          `${name}.${space}`,
          {
            name: `${name[0]!.toUpperCase()}${name.slice(1)} (k = 5)`,
            space,
            good: 'high',
            meaning,
            ...noted(note),
          },
          found[key],
        );
      }
      onStep?.();
    }
    const { images, groups } = set;
    const pixels = { space: '', good: 'low' } as const;
    const reference = this.referencePixels();
    put(
      'ms-ssim-gap',
      {
        ...pixels,
        good: 'near',
        target: 0,
        name: 'MS-SSIM gap',
        meaning:
          'how much likelier slices of the set are each other than real slices of different people; far above 0 is mode collapse',
      },
      pairSimilarity(images, { seed: this.seed, groups, pairs: similarityPairs }) - reference.similarity,
    );
    await new Promise(setImmediate);
    signal?.throwIfAborted();
    onStep?.();
    put(
      'sliced-wasserstein',
      {
        ...pixels,
        name: 'Sliced Wasserstein',
        meaning: 'local structure at every scale, whatever its place',
      },
      slicedWasserstein(this.reference.images, images, this.seed),
    );
    const spectrum = radialSpectrum(images);
    const { distance, highRatio } = compareSpectra(reference.spectrum, spectrum);
    put(
      'spectrum',
      { ...pixels, name: 'Power spectrum', meaning: 'difference of the radial spectra, in powers of ten' },
      distance,
    );
    put(
      'fine-detail',
      {
        ...pixels,
        good: 'near',
        target: 1,
        name: 'Fine detail',
        meaning:
          'power of the upper half of the frequencies over that of real slices: above 1 is grain, below 1 is blur',
      },
      highRatio,
    );
    put(
      'histogram',
      {
        ...pixels,
        name: 'Grey values',
        meaning:
          'distance of the grey histograms as a share of the window: brightness, contrast and windowing',
      },
      histogramDistance(reference.histogram, greyHistogram(images)),
    );
    onStep?.();
    return { figures, spectrum };
  }

  async dispose(): Promise<void> {
    for (const products of this.products.values()) await products.dispose();
  }
}

/** Pairs of slices that are compared for the MS-SSIM gap; its error is then about 0.01. */
const similarityPairs = 250;
