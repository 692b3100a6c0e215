import * as tf from '@tensorflow/tfjs-core';
import { type ConvOptions, conv2d, convTranspose2d, leakyRelu } from '../../engine/index.ts';
import { constant, type Layer, param, type Scaling, weight } from './params.ts';

export interface DenseOptions {
  readonly scaling: Scaling;
  readonly gain?: number;
  readonly bias?: number | null;
  /** StyleGAN's mapping network learns slower than the rest. */
  readonly lrMultiplier?: number;
}

/** Fully connected: [n, inputs] -> [n, outputs]. */
export function dense(name: string, inputs: number, outputs: number, options: DenseOptions): Layer {
  const { scaling, gain = 1, bias = 0, lrMultiplier = 1 } = options;
  const w = weight([inputs, outputs], inputs, scaling, gain, lrMultiplier);
  return {
    specs:
      bias === null
        ? { [`${name}.w`]: w }
        : { [`${name}.w`]: w, [`${name}.b`]: constant([outputs], bias, lrMultiplier) },
    apply: (p, x) => {
      const y = tf.matMul(x as tf.Tensor2D, param(p, `${name}.w`) as tf.Tensor2D);
      return bias === null ? y : tf.add(y, param(p, `${name}.b`));
    },
  };
}

export interface ConvLayerOptions extends ConvOptions {
  readonly scaling: Scaling;
  readonly gain?: number;
  readonly bias?: boolean;
  /** Replaces the start deviation (0 for R3GAN's last convolution of a block). */
  readonly std?: number;
}

/** Convolution [n, inputs, h, w] -> [n, outputs, h', w'], filters OIHW, bias [1, outputs, 1, 1]. */
export function conv(
  name: string,
  inputs: number,
  outputs: number,
  size: number,
  options: ConvLayerOptions,
): Layer {
  const { scaling, gain = 1, bias = true, std, ...geometry } = options;
  const perGroup = inputs / (geometry.groups ?? 1);
  const w = weight([outputs, perGroup, size, size], perGroup * size * size, scaling, gain);
  return {
    specs: {
      [`${name}.w`]: std === undefined ? w : { ...w, std },
      ...(bias ? { [`${name}.b`]: constant([1, outputs, 1, 1]) } : {}),
    },
    apply: (p, x) => {
      const y = conv2d(x, param(p, `${name}.w`), geometry);
      return bias ? tf.add(y, param(p, `${name}.b`)) : y;
    },
  };
}

/** Doubles the size by a 4x4 transposed convolution of stride 2: every output sees 2x2 inputs. */
export function convUp(
  name: string,
  inputs: number,
  outputs: number,
  options: { readonly scaling: Scaling; readonly gain?: number; readonly bias?: boolean },
): Layer {
  const { scaling, gain = 1, bias = true } = options;
  return {
    specs: {
      [`${name}.w`]: weight([inputs, outputs, 4, 4], inputs * 4, scaling, gain),
      ...(bias ? { [`${name}.b`]: constant([1, outputs, 1, 1]) } : {}),
    },
    apply: (p, x) => {
      const y = convTranspose2d(x, param(p, `${name}.w`), { stride: 2, pad: 1 });
      return bias ? tf.add(y, param(p, `${name}.b`)) : y;
    },
  };
}

/** Leaky ReLU of slope 0.2, scaled so that unit variance stays about unit variance (gain sqrt 2). */
export const lrelu = (x: tf.Tensor): tf.Tensor => leakyRelu(x, 0.2, Math.SQRT2);

/** Scales every position's (or row's) feature vector to unit mean square over axis 1 (Karras et al. 2018). */
export function pixelNorm(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), 1e-8)));
}

/** Merges the declarations of several layers. */
export function collect(layers: readonly { readonly specs: Layer['specs'] }[]): Layer['specs'] {
  return Object.assign({}, ...layers.map((layer) => layer.specs)) as Layer['specs'];
}
