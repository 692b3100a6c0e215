import type * as tf from '@tensorflow/tfjs-core';
import type { ParamSpecs, Params } from '../layers/params.ts';

/**
 * Maps latents [n, latent] to images [n, 1, size, size], about [-1, 1]. No batch statistics: each alone. A
 * conditional network is given encoded labels [n, labelColumns] too, one that fades in a resolution its share
 * alpha [] (see growth.ts).
 */
export interface Generator {
  readonly latent: number;
  readonly specs: ParamSpecs;
  apply(params: Params, z: tf.Tensor, labels?: tf.Tensor, alpha?: tf.Tensor): tf.Tensor;
}

/**
 * Maps images [n, 1, size, size] (and labels, and alpha) to logits [n]; higher means more real (and more as
 * labelled).
 */
export interface Discriminator {
  readonly specs: ParamSpecs;
  apply(params: Params, images: tf.Tensor, labels?: tf.Tensor, alpha?: tf.Tensor): tf.Tensor;
}
