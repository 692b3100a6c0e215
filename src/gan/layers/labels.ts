import * as tf from '@tensorflow/tfjs-core';
import { conv } from './basic.ts';
import { type Layer, param, type Scaling } from './params.ts';

/**
 * Sum of one learned vector a label: [n, columns] -> [n, outputs]. Of each label's columns about one is on, so the
 * number of labels, not of columns, is what scales the start.
 */
export function labelEmbedding(name: string, columns: number, outputs: number, gain = 1): Layer {
  const spec = { shape: [columns, outputs], mean: 0, std: gain, lrScale: gain };
  return {
    specs: { [`${name}.w`]: spec },
    apply: (p, labels) => tf.matMul(labels as tf.Tensor2D, param(p, `${name}.w`) as tf.Tensor2D),
  };
}

/**
 * Projection discriminator (Miyato and Koyama 2018): how well the features of an image agree with its label,
 * <phi(x), E y> / sqrt(width), to be added to the logit. phi is a convolution over the whole last map.
 * @returns a layer (features [n, inputs, side, side], labels [n, columns]) -> [n]
 */
export function labelProjection(
  columns: number,
  inputs: number,
  side: number,
  options: { readonly width: number; readonly scaling: Scaling },
): Layer<readonly [tf.Tensor, tf.Tensor]> {
  const { width, scaling } = options;
  const features = conv('label.features', inputs, width, side, { scaling });
  const embedding = labelEmbedding('label.embedding', columns, width);
  return {
    specs: { ...features.specs, ...embedding.specs },
    apply: (p, x, labels) => {
      const agreement = tf.mul(tf.reshape(features.apply(p, x), [-1, width]), embedding.apply(p, labels));
      return tf.mul(tf.sum(agreement, 1), 1 / Math.sqrt(width));
    },
  };
}
