/**
 * How much images differ from each other, from coarse images of at most 16 x 16 mean-pooled pixels (fewer where a
 * run has not grown so far), so that noise does not pass for variety.
 */
export interface Variety {
  /** Root of the mean variance of a pixel over the images. */
  readonly deviation: number;
  /** Effective number of independent directions, (tr G)² / tr G² of the centred Gram matrix; 1 .. n - 1. */
  readonly directions: number;
}

const COARSE = 16;

function coarse(images: Float32Array, index: number, size: number, side: number): Float64Array {
  const step = size / side;
  const out = new Float64Array(side * side);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const value = images[index * size * size + y * size + x]!;
      out[Math.floor(y / step) * side + Math.floor(x / step)]! += value / (step * step);
    }
  }
  return out;
}

/**
 * @param images float32 [n, size, size], n at least 2, size a power of two
 * @param most pixels of a side of the coarse images, at most 16
 */
export function varietyOf(images: Float32Array, size: number, most = COARSE): Variety {
  const n = images.length / (size * size);
  const side = Math.min(COARSE, most, size);
  const rows = Array.from({ length: n }, (_, i) => coarse(images, i, size, side));
  const length = rows[0]!.length;
  const mean = new Float64Array(length);
  for (const row of rows) for (let j = 0; j < length; j++) mean[j]! += row[j]! / n;
  for (const row of rows) for (let j = 0; j < length; j++) row[j]! -= mean[j]!;
  let trace = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      const [a, b] = [rows[i]!, rows[k]!];
      let product = 0;
      for (let j = 0; j < length; j++) product += a[j]! * b[j]!;
      squares += (i === k ? 1 : 2) * product ** 2;
      if (i === k) trace += product;
    }
  }
  return {
    deviation: Math.sqrt(trace / (n * length)),
    directions: squares > 0 ? trace ** 2 / squares : 0,
  };
}

/** Less variety than this share of the real slices' is a collapse (research/methods.md, section B). */
const LEAST_DEVIATION = 0.3;
const LEAST_DIRECTIONS = 0.5;

export interface Collapse {
  readonly kind: 'mode-collapse' | 'dead-latent';
  readonly text: string;
}

/**
 * Compares generated with real images. An early generator has little variety yet, so that alone is no alarm in the
 * first half of a run; a loss of half of what it had is.
 * @param best largest relative variety so far, see `relativeVariety`
 */
export function collapseOf(fake: Variety, real: Variety, best: number, progress: number): Collapse | null {
  const now = relativeVariety(fake, real);
  if (progress < 0.5 && now > 0.5 * best) return null;
  const share = (x: number) => `${Math.round(100 * x)} %`;
  const deviation = fake.deviation / real.deviation;
  if (deviation < LEAST_DEVIATION) {
    return {
      kind: 'dead-latent',
      text: `The generated slices hardly differ from each other (${share(deviation)} of the real slices' deviation).`,
    };
  }
  const directions = fake.directions / real.directions;
  if (directions < LEAST_DIRECTIONS) {
    return {
      kind: 'mode-collapse',
      text: `The generated slices are of few kinds (${share(directions)} of the real slices' variety).`,
    };
  }
  return null;
}

/** The smaller of both measures as a share of the real images' own. */
export function relativeVariety(fake: Variety, real: Variety): number {
  return Math.min(fake.deviation / real.deviation, fake.directions / real.directions);
}
