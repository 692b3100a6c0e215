import * as tf from '@tensorflow/tfjs-core';
import { dense } from '../layers/basic.ts';
import { type Layer, type ParamSpecs, param } from '../layers/params.ts';
import { principalComponents } from '../principal-components.ts';

/** Images that the start is taken from at most. */
export const FIT_IMAGES = 512;

export interface LinearStart extends Layer<readonly [tf.Tensor, tf.Tensor]> {
  /** @param images [count, 1, 2 side, 2 side] @returns start values of this layer's parameters */
  fit(images: Float32Array, count: number): Record<string, Float32Array>;
}

/**
 * A path from the latents to a picture of half the size by one matrix, z + r(w) -> [n, 1, side, side], where r is
 * learned and starts at zero. Its start is the probabilistic principal component analysis of the training images
 * (Tipping and Bishop 1999): mean plus components by deviation. So the generator begins as the Gaussian that fits
 * the data best, blurred ghosts of the right shape, and the convolutions learn what a Gaussian cannot say. On a
 * CPU's few thousand steps this saves the many that find the outline of a head.
 */
export function linearStart(name: string, latent: number, style: number, side: number): LinearStart {
  const pixels = side * side;
  const correction = dense(`${name}.correction`, style, latent, { scaling: 'equalised' });
  const [wName, bName] = [`${name}.w`, `${name}.b`];
  const specs: ParamSpecs = {
    ...correction.specs,
    [`${name}.correction.w`]: { ...correction.specs[`${name}.correction.w`]!, std: 0 },
    // Components are of the order of 0.1 a pixel; their rate is scaled so that a step is small beside that.
    [wName]: { shape: [latent, pixels], mean: 0, std: 0, lrScale: 0.1 },
    [bName]: { shape: [pixels], mean: 0, std: 0, lrScale: 0.1 },
  };
  return {
    specs,
    apply(p, z, w) {
      const coordinates = tf.add(z, correction.apply(p, w)) as tf.Tensor2D;
      const image = tf.add(tf.matMul(coordinates, param(p, wName) as tf.Tensor2D), param(p, bName));
      return tf.reshape(image, [-1, 1, side, side]);
    },
    fit(images, count) {
      const rows = Array.from({ length: count }, (_, i) => halved(images.subarray(i * 4 * pixels), side));
      const { mean, components } = principalComponents(rows, Math.min(latent, count - 1));
      const w = new Float32Array(latent * pixels);
      components.forEach((component, k) => {
        w.set(component, k * pixels);
      });
      return { [wName]: w, [bName]: Float32Array.from(mean) };
    },
  };
}

/** Means over 2x2 pixels of the first image in `image`. */
function halved(image: Float32Array, side: number): Float64Array {
  const row = new Float64Array(side * side);
  const width = 2 * side;
  for (let i = 0; i < row.length; i++) {
    const at = 2 * Math.floor(i / side) * width + 2 * (i % side);
    row[i] = (image[at]! + image[at + 1]! + image[at + width]! + image[at + width + 1]!) / 4;
  }
  return row;
}
