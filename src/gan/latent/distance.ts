import * as tf from '@tensorflow/tfjs-core';
import { avgPool2 } from '../../engine/index.ts';

/** Smallest side of the pyramid, pixels. */
const COARSEST = 8;

/**
 * How far images are from a target at every scale: mean squared difference at full size, at half, at a quarter ...
 * down to 8 pixels (means of 2 x 2), averaged over the scales. Coarse scales say where things are long before the
 * fine ones overlap, so that a search does not stop at the first alignment of edges.
 * @param images [n, 1, s, s] @param target [1, 1, s, s] @returns [n]
 */
export function pyramidDistance(images: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const scales: tf.Tensor[] = [];
  let [a, b] = [images, target];
  for (;;) {
    scales.push(tf.mean(tf.square(tf.sub(a, b)), [1, 2, 3]));
    const side = a.shape[2]!;
    if (side / 2 < COARSEST || side % 2 === 1) break;
    [a, b] = [avgPool2(a), avgPool2(b)];
  }
  return tf.div(
    scales.reduce((sum, one) => tf.add(sum, one)),
    scales.length,
  );
}

/** Root of the mean squared difference of two images, in their own values. */
export function rootMeanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum / a.length);
}
