import * as tf from '@tensorflow/tfjs-core';
import { convEager, convInputGradEager } from './conv-eager.ts';
import { convGeometry } from './conv-geometry.ts';
import { differentiable } from './differentiable.ts';
import { isTracing, native } from './native.ts';

/**
 * Doubling and halving with the binomial filter [1, 3, 3, 1] / 8 in both directions (Zhang 2019, "Making
 * convolutional networks shift-invariant again"; Karras et al. 2020). The kernel sums to 1 on the way down and to
 * 4 on the way up, so constants stay constant inside the image; beyond the border there are zeros.
 * down = the depthwise 4x4 convolution of stride 2, pad 1; up = 4 * its adjoint.
 */
const FIR = [1, 3, 3, 1].flatMap((a) => [1, 3, 3, 1].map((b) => (a * b) / 64));

function asOneChannel(x: tf.Tensor): tf.Tensor {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return tf.reshape(x, [n * c, 1, h, w]);
}

/** [n, c, h, w] -> [n, c, 2h, 2w] */
export function upsampleFir2(x: tf.Tensor): tf.Tensor {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const forward = () => {
    if (isTracing()) return native('GantryUpsampleFir2', { x });
    const g = convGeometry([n * c, 1, 2 * h, 2 * w], [1, 1, 4, 4], { stride: 2, pad: 1 });
    const filter = tf.tensor(
      FIR.map((v) => 4 * v),
      [1, 1, 4, 4],
    );
    return tf.reshape(convInputGradEager(asOneChannel(x), filter, g), [n, c, 2 * h, 2 * w]);
  };
  return differentiable(
    [x],
    () => ({ value: forward() }),
    (dy) => [tf.mul(downsampleFir2(dy), 4)],
  );
}

/** [n, c, h, w] -> [n, c, h/2, w/2], h and w even */
export function downsampleFir2(x: tf.Tensor): tf.Tensor {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const forward = () => {
    if (isTracing()) return native('GantryDownsampleFir2', { x });
    const g = convGeometry([n * c, 1, h, w], [1, 1, 4, 4], { stride: 2, pad: 1 });
    return tf.reshape(convEager(asOneChannel(x), tf.tensor(FIR, [1, 1, 4, 4]), g), [n, c, h / 2, w / 2]);
  };
  return differentiable(
    [x],
    () => ({ value: forward() }),
    (dy) => [tf.mul(upsampleFir2(dy), 0.25)],
  );
}
