import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Random } from '../base/random.ts';
import { scheduleSchema } from './schedules.ts';

/**
 * Augmentation of what the discriminator sees, for few slices (Karras et al. 2020, ADA; Zhao et al. 2020), cut
 * to what is safe for medical ones: shift, scale, stretch and signal strength. No flip and no rotation by right
 * angles (side and posture carry meaning), no inversion, no cutout, no noise. Each is left out with probability
 * 1 - p, so that the generator learns the plain distribution (p well below 0.8).
 */
export const augmentationSchema = z.strictObject({
  probability: scheduleSchema,
  /** Largest shift, share of the side. */
  translate: z.number().min(0).max(0.5),
  /** Standard deviation of log2 of the scale, both directions alike. */
  scale: z.number().min(0).max(0.5),
  /** Standard deviation of log2 of the stretch: one direction grows, the other shrinks. */
  stretch: z.number().min(0).max(0.5),
  /** Standard deviation of log2 of the factor on the signal above air (-1). 0 for CT. */
  contrast: z.number().min(0).max(1),
  /** Standard deviation of a constant added. 0 for CT. */
  brightness: z.number().min(0).max(1),
  /** Steers the probability by what the discriminator knows by heart, instead of the fixed one. */
  adaptive: z
    .strictObject({
      /** `score`: mean sign of D(real) against `target`; `held-out`: D's judgement of held-out slices. */
      signal: z.enum(['score', 'held-out']),
      target: z.number().min(0).max(1),
      /** Images in which the probability could run from 0 to 1. */
      images: z.number().positive(),
      limit: z.number().min(0).max(0.8),
    })
    .nullable()
    .default(null),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

/** Per-sample numbers, each float32 [n]. Output row i is input row `scaleY` i + `offsetY` (pixels), same for x. */
export const warpFields = ['scaleY', 'offsetY', 'scaleX', 'offsetX', 'gain', 'bias'] as const;
export type Warp = Readonly<Record<(typeof warpFields)[number], Float32Array>>;

export const enabled = (a: Augmentation): boolean => a.probability !== 0 || a.adaptive !== null;

/**
 * Draws the warps of one batch. Every number takes the same count of random words whether it is used or not, so
 * that the draws of one sample never move those of another.
 */
export function drawWarp(options: Augmentation, p: number, n: number, size: number, random: Random): Warp {
  const warp = Object.fromEntries(warpFields.map((f) => [f, new Float32Array(n)])) as Record<
    (typeof warpFields)[number],
    Float32Array
  >;
  const centre = (size - 1) / 2;
  for (let i = 0; i < n; i++) {
    const use = () => (random.uniform() < p ? 1 : 0);
    const moved = use();
    const shiftY = moved * Math.round((2 * random.uniform() - 1) * options.translate * size);
    const shiftX = moved * Math.round((2 * random.uniform() - 1) * options.translate * size);
    const scale = use() * random.normal() * options.scale;
    const stretch = use() * random.normal() * options.stretch;
    const zoomY = 2 ** (scale + stretch);
    const zoomX = 2 ** (scale - stretch);
    warp.scaleY[i] = 1 / zoomY;
    warp.offsetY[i] = centre - (centre + shiftY) / zoomY;
    warp.scaleX[i] = 1 / zoomX;
    warp.offsetX[i] = centre - (centre + shiftX) / zoomX;
    warp.gain[i] = 2 ** (use() * random.normal() * options.contrast);
    warp.bias[i] = use() * random.normal() * options.brightness;
  }
  return warp;
}

/** Bilinear interpolation along one axis as a matrix: R[n, i, j] = max(0, 1 - |scale i + offset - j|). */
function interpolation(scale: tf.Tensor, offset: tf.Tensor, size: number): tf.Tensor {
  const rows = tf.tensor(
    Float32Array.from({ length: size }, (_, i) => i),
    [1, size, 1],
  );
  const columns = tf.tensor(
    Float32Array.from({ length: size }, (_, i) => i),
    [1, 1, size],
  );
  const position = tf.add(tf.mul(rows, scale), offset);
  return tf.relu(tf.sub(1, tf.abs(tf.sub(position, columns))));
}

/**
 * y = gain · Ry (x + 1) Rx^T - 1 + bias: linear in the image, so gradients and penalties pass exactly; what comes
 * from outside is air (-1). @param x [n, 1, size, size] @param warp each [n, 1, 1]
 */
export function applyWarp(x: tf.Tensor, warp: Readonly<Record<string, tf.Tensor>>): tf.Tensor {
  const [n, , size] = x.shape as [number, number, number, number];
  const field = (name: (typeof warpFields)[number]) => warp[name]!;
  const rows = interpolation(field('scaleY'), field('offsetY'), size);
  const columns = tf.mul(interpolation(field('scaleX'), field('offsetX'), size), field('gain'));
  const signal = tf.reshape(tf.add(x, 1), [n, size, size]);
  const moved = tf.matMul(tf.matMul(rows, signal), columns, false, true);
  return tf.reshape(tf.add(moved, tf.sub(field('bias'), 1)), [n, 1, size, size]);
}
