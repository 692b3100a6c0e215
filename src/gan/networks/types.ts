import type * as tf from '@tensorflow/tfjs-core';
import type { ParamSpecs, Params } from '../layers/params.ts';

/** Maps latents [n, latent] to images [n, 1, size, size], about [-1, 1]. No batch statistics: each alone. */
export interface Generator {
  readonly latent: number;
  readonly specs: ParamSpecs;
  apply(params: Params, z: tf.Tensor): tf.Tensor;
}

/** Maps images [n, 1, size, size] to logits [n]; higher means more real. */
export interface Discriminator {
  readonly specs: ParamSpecs;
  apply(params: Params, images: tf.Tensor): tf.Tensor;
}
