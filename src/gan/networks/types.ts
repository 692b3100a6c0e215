import type * as tf from '@tensorflow/tfjs-core';
import type { ParamSpecs, Params } from '../layers/params.ts';

/**
 * Maps latents [n, latent] to images [n, 1, size, size], about [-1, 1]. No batch statistics: each alone. A
 * conditional network is given encoded labels [n, labelColumns] too, one that fades in a resolution its share
 * alpha [] (see growth.ts).
 */
export interface Generator {
  /** The two halves of a style-based generator; null for others. */
  readonly style: StyleHalves | null;
  readonly latent: number;
  readonly specs: ParamSpecs;
  apply(params: Params, z: tf.Tensor, labels?: tf.Tensor, alpha?: tf.Tensor): tf.Tensor;
}

/** apply = synthesise after map: latents become styles w [n, width], and those images. */
export interface StyleHalves {
  readonly width: number;
  /** Resolutions of the trunk, from 4 pixels on; each may have a style of its own. */
  readonly levels: number;
  map(params: Params, z: tf.Tensor, labels?: tf.Tensor): tf.Tensor;
  /** @param w the style of all levels, or one for each */
  synthesise(params: Params, w: tf.Tensor | readonly tf.Tensor[], alpha?: tf.Tensor): tf.Tensor;
}

/**
 * Maps images [n, 1, size, size] (and labels, and alpha) to logits [n]; higher means more real (and more as
 * labelled).
 */
export interface Discriminator {
  readonly specs: ParamSpecs;
  apply(params: Params, images: tf.Tensor, labels?: tf.Tensor, alpha?: tf.Tensor): tf.Tensor;
}
