import * as tf from '@tensorflow/tfjs-core';

/** Sums a gradient over the axes along which an operand of `shape` was broadcast. */
export function reduceTo(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const offset = dy.rank - shape.length;
  const axes = dy.shape.flatMap((d, i) => (i < offset || (shape[i - offset] === 1 && d !== 1) ? [i] : []));
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, [...shape]);
}
