import * as tf from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';
import { isTracing, native } from './native.ts';

/**
 * Leaky ReLU times a gain: gain * max(x, alpha x). Its slope mask is computed once in the forward pass and is a
 * constant for differentiation (its own gradient is zero almost everywhere and is not back-propagated).
 * @param alpha slope for x <= 0, 0 <= alpha < 1
 */
export function leakyRelu(x: tf.Tensor, alpha = 0.2, gain = 1): tf.Tensor {
  return differentiable(
    [x],
    () => {
      if (isTracing()) {
        const value = native('GantryLeakyRelu', { x }, { alpha, gain });
        return { value, saved: [native('GantryLeakyReluMask', { x: value }, { alpha, gain })] };
      }
      const mask = tf.add(tf.mul(tf.step(x), gain * (1 - alpha)), gain * alpha);
      return { value: tf.mul(x, mask), saved: [mask] };
    },
    (dy, [mask]) => [tf.mul(dy, mask!)],
  );
}
