import * as tf from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';
import { isTracing, native } from './native.ts';

/** Nearest-neighbour doubling and the mean over 2x2 blocks: adjoint up to the factor 4, so in one file. */
export function upsample2Nearest(x: tf.Tensor): tf.Tensor {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return differentiable(
    [x],
    () => ({
      value: isTracing()
        ? native('GantryUpsample2', { x })
        : tf.reshape(tf.tile(tf.reshape(x, [n, c, h, 1, w, 1]), [1, 1, 1, 2, 1, 2]), [n, c, 2 * h, 2 * w]),
    }),
    (dy) => [tf.mul(avgPool2(dy), 4)],
  );
}

/** Mean over 2x2 blocks: [n, c, h, w] -> [n, c, h/2, w/2], h and w even. */
export function avgPool2(x: tf.Tensor): tf.Tensor {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return differentiable(
    [x],
    () => ({
      value: isTracing()
        ? native('GantryAvgPool2', { x })
        : tf.mean(tf.reshape(x, [n, c, h / 2, 2, w / 2, 2]), [3, 5]),
    }),
    (dy) => [tf.mul(upsample2Nearest(dy), 0.25)],
  );
}
