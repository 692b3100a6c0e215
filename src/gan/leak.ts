import { Random } from '../base/random.ts';
import { type Augmentation, drawWarp, type Warp } from './augmentation.ts';

/**
 * Leak test: has the generator learned the augmentation instead of the plain slices? Place, size, stretch and
 * brightness of the generated slices are compared with those of the real ones and with those of the real ones
 * augmented as in training. Of each figure the quantiles are taken; where generated ones lie between real (0) and
 * augmented (1) is the projection of their difference on that between the two, with a bootstrap over the slices.
 */
export const leakFigures = ['down', 'across', 'size', 'stretch', 'brightness'] as const;
export type LeakFigure = (typeof leakFigures)[number];

export interface LeakMeasure {
  readonly figure: LeakFigure;
  /** 0 = spread as real slices are, 1 = as augmented ones. */
  readonly toward: number;
  /** Fifth percentile of it. */
  readonly low: number;
  /** Nearer to augmented than to real slices beyond chance, and not far from both, which is another fault. */
  readonly leaks: boolean;
}

export interface LeakVerdict {
  /** Those that this augmentation moves enough to be told. */
  readonly measures: readonly LeakMeasure[];
  readonly leaks: boolean;
}

/**
 * One figure may lie there because other people's slices do: the bootstrap is over slices, which are no independent
 * people. So one must be clear, or two agree. Judgement, tried on real slices (docs/benchmarks.md).
 */
const CLEAR = 0.7;

/**
 * Distance from augmented slices, in steps from real to augmented, up to which a figure counts as theirs: slices of a
 * run that has hardly begun lie anywhere.
 */
const NEAR = 0.6;

/** Signal below this is air, of 0 to 2. */
const AIR = 0.2;
const QUANTILES = 64;
const BOOTSTRAPS = 200;
/** Augmentation that moves the quantiles by less than this share of their spread cannot be told. */
const LEAST_EFFECT = 0.05;
/** Rounds of augmented reals: their quantiles are to be smoother than those that are compared with them. */
const ROUNDS = 4;

type Figures = Readonly<Record<LeakFigure, Float64Array>>;

/**
 * Place (shares of the side), size and stretch (log2) of the signal's centre and deviations, mean signal (log2) of
 * every image that has any. @param images [n, size, size] in -1..1
 */
export function figuresOf(images: Float32Array, size: number): Figures {
  const pixels = size * size;
  const rows: Record<LeakFigure, number[]> = { down: [], across: [], size: [], stretch: [], brightness: [] };
  for (let at = 0; at < images.length; at += pixels) {
    let [mass, count, y1, x1, y2, x2] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < pixels; i++) {
      const signal = Math.min(2, images[at + i]! + 1);
      if (signal < AIR) continue;
      const [y, x] = [Math.floor(i / size) / size, (i % size) / size];
      mass += signal;
      count++;
      y1 += signal * y;
      x1 += signal * x;
      y2 += signal * y * y;
      x2 += signal * x * x;
    }
    if (count < 4) continue;
    const [down, across] = [y1 / mass, x1 / mass];
    const [high, wide] = [y2 / mass - down ** 2, x2 / mass - across ** 2].map((v) => Math.max(v, 1e-6));
    rows.down.push(down);
    rows.across.push(across);
    rows.size.push(Math.log2(high! * wide!) / 4);
    rows.stretch.push(Math.log2(high! / wide!) / 4);
    rows.brightness.push(Math.log2(mass / count));
  }
  const { down, across, size: extent, stretch, brightness } = rows;
  return {
    down: Float64Array.from(down),
    across: Float64Array.from(across),
    size: Float64Array.from(extent),
    stretch: Float64Array.from(stretch),
    brightness: Float64Array.from(brightness),
  };
}

/** Images as the discriminator would see them (augmentation.ts), computed without a graph. */
export function warped(images: Float32Array, size: number, warp: Warp): Float32Array {
  const pixels = size * size;
  const out = new Float32Array(images.length);
  for (let n = 0; n < images.length / pixels; n++) {
    const at = (y: number, x: number) =>
      y < 0 || x < 0 || y >= size || x >= size ? 0 : images[n * pixels + y * size + x]! + 1;
    const [gain, bias] = [warp.gain[n]!, warp.bias[n]!];
    for (let i = 0; i < pixels; i++) {
      const y = Math.floor(i / size) * warp.scaleY[n]! + warp.offsetY[n]!;
      const x = (i % size) * warp.scaleX[n]! + warp.offsetX[n]!;
      const [top, left] = [Math.floor(y), Math.floor(x)];
      const [fy, fx] = [y - top, x - left];
      const upper = at(top, left) * (1 - fx) + at(top, left + 1) * fx;
      const lower = at(top + 1, left) * (1 - fx) + at(top + 1, left + 1) * fx;
      out[n * pixels + i] = gain * (upper * (1 - fy) + lower * fy) - 1 + bias;
    }
  }
  return out;
}

function quantiles(values: Float64Array): Float64Array {
  const sorted = Float64Array.from(values).sort();
  return Float64Array.from({ length: QUANTILES }, (_, i) => {
    const at = ((i + 0.5) / QUANTILES) * sorted.length - 0.5;
    const [low, high] = [Math.max(0, Math.floor(at)), Math.min(sorted.length - 1, Math.ceil(at))];
    return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - Math.floor(at));
  });
}

const minus = (a: Float64Array, b: Float64Array) => a.map((x, i) => x - b[i]!);
const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const length = (a: Float64Array) => Math.sqrt(dot(a, a));

function drawn(values: Float64Array, random: Random): Float64Array {
  return values.map(() => values[Math.min(values.length - 1, Math.floor(random.uniform() * values.length))]!);
}

export interface LeakOptions {
  /** Generated and real slices, [n, size, size] in -1..1: at least a hundred of each. */
  readonly generated: Float32Array;
  readonly real: Float32Array;
  readonly size: number;
  readonly augmentation: Augmentation;
  /** Probability of augmentation that the run ended with. */
  readonly probability: number;
  readonly seed: number;
}

export function leakTest(options: LeakOptions): LeakVerdict {
  const { generated, real, size, augmentation, probability, seed } = options;
  const count = real.length / (size * size);
  const [ofFake, ofReal] = [figuresOf(generated, size), figuresOf(real, size)];
  const augmented = Array.from({ length: ROUNDS }, (_, round) => {
    const random = new Random(seed, 'leak/augment', round);
    return figuresOf(warped(real, size, drawWarp(augmentation, probability, count, size, random)), size);
  });
  const measures = leakFigures.flatMap((figure): LeakMeasure[] => {
    const fake = ofFake[figure];
    if (fake.length < 16 || ofReal[figure].length < 16) return [];
    const plain = quantiles(ofReal[figure]);
    const moved = quantiles(Float64Array.from(augmented.flatMap((f) => [...f[figure]])));
    const effect = minus(moved, plain);
    const centre = plain.reduce((a, b) => a + b, 0) / QUANTILES;
    const spread = length(plain.map((q) => q - centre));
    if (length(effect) < LEAST_EFFECT * spread) return [];
    const towardOf = (q: Float64Array) => dot(minus(q, plain), effect) / dot(effect, effect);
    const random = new Random(seed, `leak/${figure}`);
    const all = Float64Array.from({ length: BOOTSTRAPS }, () =>
      towardOf(quantiles(drawn(fake, random))),
    ).sort();
    const found = quantiles(fake);
    const low = all[Math.floor(0.05 * BOOTSTRAPS)]!;
    const near = length(minus(found, moved)) < NEAR * length(effect);
    return [{ figure, toward: towardOf(found), low, leaks: low > 0.5 && near }];
  });
  const leaking = measures.filter((m) => m.leaks);
  return { measures, leaks: leaking.length > 1 || leaking.some((m) => m.low > CLEAR) };
}

const words: Readonly<Record<LeakFigure, string>> = {
  down: 'place from top to bottom',
  across: 'place from side to side',
  size: 'size',
  stretch: 'stretch',
  brightness: 'brightness',
};

const listed = (figures: readonly LeakMeasure[]) => figures.map(({ figure }) => words[figure]).join(', ');

/** The verdict in plain words. @param probability of augmentation, 0..1 */
export function leakText({ measures, leaks }: LeakVerdict, probability: number): string {
  const share = `${Math.round(100 * probability)} %`;
  if (leaks) {
    return `Leak test: in ${listed(measures.filter((m) => m.leaks))} the generated slices are spread as augmented slices are, not as the real ones. The augmentation (probability ${share}) has reached the images. Train anew with a lower one, --set augmentation.probability=${Number((probability / 2).toFixed(2))}, and check the slices for shifted or cut anatomy until then.`;
  }
  return measures.length === 0
    ? `Leak test: the augmentation (probability ${share}) changes these slices too little to be told in the generated ones.`
    : `Leak test: no sign of the augmentation (probability ${share}) in the generated slices; compared were ${listed(measures)}.`;
}
