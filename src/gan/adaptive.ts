import type { Augmentation } from './augmentation.ts';

/** Steps between two corrections, as in the paper. */
const STEPS = 4;

/**
 * Adaptive augmentation (Karras et al. 2020, section 4): every four steps the probability moves by the sign of
 * r_t - target, r_t = mean sign of D(real), so that it can run from 0 to 1 in `images` images.
 * @param signReal r_t of the newest steps, newest last @returns the probability for the next step
 */
export function adaptByScore(
  p: number,
  { target, images, limit }: NonNullable<Augmentation['adaptive']>,
  signReal: readonly number[],
  step: number,
  batch: number,
): number {
  if (step % STEPS !== 0 || signReal.length < STEPS) return p;
  const last = signReal.slice(-STEPS);
  const r = last.reduce((a, b) => a + b, 0) / STEPS;
  return Math.min(limit, Math.max(0, p + (Math.sign(r - target) * STEPS * batch) / images));
}

/** Mean logits of training, held-out and generated images. */
export interface HeldOutScores {
  readonly train: number;
  readonly heldOut: number;
  readonly fake: number;
}

/**
 * The paper's r_v: 0 when the discriminator judges held-out images as it does those it was trained on, 1 when it
 * takes them for generated ones. Offsets of the logits cancel, so it serves relativistic losses too.
 */
export function overfittingOf({ train, heldOut, fake }: HeldOutScores): number {
  const reach = train - fake;
  return reach > 1e-6 ? (train - heldOut) / reach : 0;
}

/** Above 0.5 the probability rises, below 0.3 it falls, by the images since the last look. */
export function adaptByHeldOut(
  p: number,
  { images, limit }: NonNullable<Augmentation['adaptive']>,
  r: number,
  imagesSince: number,
): number {
  const sign = r > 0.5 ? 1 : r < 0.3 ? -1 : 0;
  return Math.min(limit, Math.max(0, p + (sign * imagesSince) / images));
}
