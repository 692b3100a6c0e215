import * as tf from '@tensorflow/tfjs-core';
import { conv2d, convTranspose2d } from '../../engine/index.ts';

/**
 * The orthonormal Haar transform of one-channel images, as fixed convolutions: [n, 1, 2h, 2w] <-> [n, 4, h, w]
 * with bands mean, horizontal, vertical, diagonal. Generating and judging in this basis (Gal et al. 2021, SWAGAN)
 * lets a network work at half the resolution without losing the finest detail, which is what makes 64 px
 * affordable on a CPU.
 */
// biome-ignore format: four 2x2 filters, one a line
const BANDS = [
  1, 1, 1, 1,
  1, -1, 1, -1,
  1, 1, -1, -1,
  1, -1, -1, 1,
].map((v) => v / 2);

const filters = () => tf.tensor(BANDS, [4, 1, 2, 2]);

export function haar(x: tf.Tensor): tf.Tensor {
  return conv2d(x, filters(), { stride: 2 });
}

export function inverseHaar(y: tf.Tensor): tf.Tensor {
  return convTranspose2d(y, filters(), { stride: 2, pad: 0 });
}
