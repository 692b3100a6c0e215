import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { avgPool2, upsample2Nearest } from '../engine/index.ts';

/**
 * Progressive growing (Karras et al. 2018, PGGAN): a run starts at a low resolution and doubles it until it makes
 * its own size. The new layers of a doubling fade in linearly over a number of images and then settle. All lengths
 * are images, so that the path of a run depends on no clock and resume is exact.
 */
export const progressiveSchema = z.strictObject({
  /** Resolution that the run begins with, pixels: a power of two, at least 8. */
  start: z
    .number()
    .int()
    .min(8)
    .refine((side) => Number.isInteger(Math.log2(side)), 'must be a power of two')
    .default(8),
  /** Images over which the layers of a doubling fade in. */
  fadeImages: z.number().int().positive().default(4000),
  /** Images at a resolution, after its fade, before the next doubling. The last resolution lasts to the end. */
  stableImages: z.number().int().positive().default(4000),
});
export type Progressive = z.infer<typeof progressiveSchema>;

/** How far the networks of a run have grown. Every growth is a network, and so a compiled step, of its own. */
export interface Growth {
  /** Resolution that they work at, pixels. */
  readonly size: number;
  /** The branch of half the resolution is still blended in. */
  readonly fading: boolean;
}

/** A growth with the share of the new layers: 0 at the start of a fade, 1 after it. */
export interface Phase extends Growth {
  readonly alpha: number;
}

export const fullyGrown = (size: number): Phase => ({ size, fading: false, alpha: 1 });

/**
 * Where a run stands after `images` images.
 * @param size of the run's images, pixels @param progressive null = not progressive, fully grown from the start
 */
export function phaseAt(size: number, progressive: Progressive | null, images: number): Phase {
  if (progressive === null) return fullyGrown(size);
  const { start, fadeImages, stableImages } = progressive;
  const since = images - stableImages;
  if (since < 0) return { size: start, fading: false, alpha: 1 };
  const doublings = Math.floor(since / (fadeImages + stableImages)) + 1;
  const now = start * 2 ** doublings;
  if (now > size) return fullyGrown(size);
  const into = since - (doublings - 1) * (fadeImages + stableImages);
  return into < fadeImages
    ? { size: now, fading: true, alpha: into / fadeImages }
    : { size: now, fading: false, alpha: 1 };
}

export const sameGrowth = (a: Growth, b: Growth): boolean => a.size === b.size && a.fading === b.fading;

/**
 * Name of a layer next to the image. At the run's own size it bears its plain name, so that a grown network is the
 * same, by names and shapes, as one that never grew.
 */
export const borderName = (plain: string, growing: string, size: number, full: number): string =>
  size === full ? plain : `${growing}${size}`;

/** (1 - alpha) · small, doubled by copying pixels, + alpha · large. @param small [n, c, s, s], large [n, c, 2s, 2s] */
export function blendImages(small: tf.Tensor, large: tf.Tensor, alpha: tf.Tensor): tf.Tensor {
  return blend(upsample2Nearest(small), large, alpha);
}

/** from + alpha · (to - from), alpha [] */
export function blend(from: tf.Tensor, to: tf.Tensor, alpha: tf.Tensor): tf.Tensor {
  return tf.add(from, tf.mul(tf.sub(to, from), alpha));
}

/**
 * Images of the run's size as a phase shows them: means over the pixels that become one; while a resolution fades
 * in, blended with what half of it shows, so that the discriminator cannot tell by sharpness alone.
 * @param images [n, 1, full, full] @param alpha [], needed while fading @returns [n, 1, size, size]
 */
export function shownAt(images: tf.Tensor, growth: Growth, alpha?: tf.Tensor): tf.Tensor {
  let shown = images;
  while (shown.shape[2]! > growth.size) shown = avgPool2(shown);
  return growth.fading && alpha ? blendImages(avgPool2(shown), shown, alpha) : shown;
}

/** Images of a phase at the run's size, by copying pixels: nothing is made up that the network did not make. */
export function enlarged(images: tf.Tensor, full: number): tf.Tensor {
  let large = images;
  while (large.shape[2]! < full) large = upsample2Nearest(large);
  return large;
}
