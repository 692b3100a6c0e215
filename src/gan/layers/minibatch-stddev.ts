import * as tf from '@tensorflow/tfjs-core';

/**
 * Minibatch standard deviation (Karras et al. 2018): the mean over features of the deviation within a group of
 * samples, as one value a group, so that a discriminator sees a batch without variety.
 * Groups are neighbours in the batch. @param x [n, c, h, w] @returns [n, 1, 1, 1]
 */
export function minibatchStddev(x: tf.Tensor, groupSize: number): tf.Tensor {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const size = n % groupSize === 0 ? groupSize : n;
  const groups = n / size;
  const grouped = tf.reshape(x, [groups, size, c * h * w]);
  const centred = tf.sub(grouped, tf.mean(grouped, 1, true));
  const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), 1), 1e-8));
  const perGroup = tf.reshape(tf.mean(deviation, 1), [groups, 1]);
  return tf.reshape(tf.mul(perGroup, tf.ones([groups, size])), [n, 1, 1, 1]);
}
