import * as tf from '@tensorflow/tfjs-core';

export interface Forward {
  readonly value: tf.Tensor;
  /** What the gradient needs. Inputs saved here stay differentiable, so gradients of gradients work. */
  readonly saved?: readonly tf.Tensor[];
}

/**
 * tf.customGrad with plain types: runs `forward` untaped and records `backward`, which gets dy and the saved
 * tensors and returns one gradient per input, made of differentiable ops.
 */
export function differentiable(
  inputs: readonly tf.Tensor[],
  forward: () => Forward,
  backward: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[],
): tf.Tensor {
  const op = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = args[args.length - 1] as tf.GradSaveFunc;
    const { value, saved } = forward();
    save([...(saved ?? [])]);
    return { value, gradFunc: backward };
  });
  return op(...inputs);
}
