import type * as tf from '@tensorflow/tfjs-core';
import type { ParamSpecs, Params } from '../layers/params.ts';

/** Maps latents [n, latent] to images [n, 1, size, size], about [-1, 1]. No batch statistics: each alone. */
export interface Generator {
  readonly latent: number;
  readonly specs: ParamSpecs;
  apply(params: Params, z: tf.Tensor): tf.Tensor;
  /** Start values that are taken from training images [count, 1, size, size], where a network has such. */
  readonly fit?: ((images: Float32Array, count: number) => Record<string, Float32Array>) | undefined;
}

/** Maps images [n, 1, size, size] to logits [n]; higher means more real. */
export interface Discriminator {
  readonly specs: ParamSpecs;
  apply(params: Params, images: tf.Tensor): tf.Tensor;
}
