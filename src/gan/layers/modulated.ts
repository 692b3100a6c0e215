import * as tf from '@tensorflow/tfjs-core';
import { conv2d, convTranspose2d, upsampleFir2 } from '../../engine/index.ts';
import { dense } from './basic.ts';
import { constant, type Layer, param, weight } from './params.ts';

export interface ModulatedOptions {
  /** Width of the style vector w. */
  readonly style: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Filter side, odd. Ignored by `transposed`, which is always 4. */
  readonly size: number;
  /**
   * Double the resolution: `transposed` by a 4x4 transposed convolution of stride 2, `fir` by the smooth filter
   * [1, 3, 3, 1] after the convolution, which starts without checkerboards and costs less.
   */
  readonly up?: 'transposed' | 'fir' | undefined;
  /** Divide by the expected deviation of the output (off for the layers that make the image). */
  readonly demodulate?: boolean;
}

/**
 * Modulated convolution (Karras et al. 2020, section 2.2): filter w'_oik = s_i w_oik, divided by its norm over
 * i, k. Scaling the input by s and the output by the norm gives the same without a filter per sample:
 * y = conv(s x, w) / sqrt(sum_i s_i^2 sum_k w_oik^2), so a batch stays one convolution.
 */
export function modulated(name: string, options: ModulatedOptions): Layer<readonly [tf.Tensor, tf.Tensor]> {
  const { inputs, outputs, size, up, demodulate = true } = options;
  const transposed = up === 'transposed';
  const affine = dense(`${name}.style`, options.style, inputs, { scaling: 'equalised', bias: 1 });
  const taps = transposed ? 4 : size * size;
  const shape = transposed ? [inputs, outputs, 4, 4] : [outputs, inputs, size, size];
  return {
    specs: {
      ...affine.specs,
      [`${name}.w`]: weight(shape, inputs * taps, 'equalised'),
      [`${name}.b`]: constant([1, outputs, 1, 1]),
    },
    apply: (p, x, styles) => {
      const w = param(p, `${name}.w`);
      const s = affine.apply(p, styles);
      const scaled = tf.mul(x, tf.reshape(s, [-1, inputs, 1, 1]));
      let y = transposed
        ? convTranspose2d(scaled, w, { stride: 2, pad: 1 })
        : conv2d(scaled, w, { pad: (size - 1) / 2 });
      if (demodulate) {
        // An output of the transposed convolution sees a quarter of the 16 taps.
        const energy = transposed
          ? tf.mul(tf.sum(tf.square(w), [2, 3]), 0.25)
          : tf.transpose(tf.sum(tf.square(w), [2, 3]), [1, 0]);
        const variance = tf.matMul(tf.square(s) as tf.Tensor2D, energy as tf.Tensor2D);
        y = tf.mul(y, tf.reshape(tf.rsqrt(tf.add(variance, 1e-8)), [-1, outputs, 1, 1]));
      }
      if (up === 'fir') y = upsampleFir2(y);
      return tf.add(y, param(p, `${name}.b`));
    },
  };
}
