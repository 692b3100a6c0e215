import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../base/random.ts';
import type { Shapes, Tensors } from '../engine/index.ts';
import type { RunConfig } from './config.ts';
import type { Growth } from './growth.ts';
import type { Params } from './layers/params.ts';
import type { Generator } from './networks/types.ts';
import type { PathLength } from './path-length-settings.ts';

/**
 * Path length regularisation (Karras et al. 2020, section 3.2): a step of fixed length in the space of styles w is to
 * change the image by a fixed amount, wherever it is taken and in whichever direction. For noise y of unit variance
 * the length is |J^T y| with J = dG/dw, and the penalty (|J^T y| - a)² with a running mean a of all lengths so far.
 *
 * As in the paper w is one vector for all levels, y is divided by the side of the image, and half of a batch is taken.
 * Other than there, the mean is corrected for its start as Adam's moments are: a run of a few thousand steps would
 * else spend its first half on making paths short.
 */

/** State of the running mean: the uncorrected mean, and the sum of the weights in it, which it is divided by. */
const MEAN = 'paths/mean';
const WEIGHT = 'paths/weight';

/** Whether a tensor of a run's state belongs to the running mean, which starts at zero. */
export const isPathMemory = (name: string): boolean => name === MEAN || name === WEIGHT;

/** The settings; null for a run without, and for generators without styles. */
export const pathLengthOf = ({ generator }: Pick<RunConfig, 'generator'>): PathLength | null =>
  generator.family === 'stylegan2' ? generator.pathLength : null;

export const pathMemory = (config: RunConfig): Shapes =>
  pathLengthOf(config) === null ? {} : { [MEAN]: [1], [WEIGHT]: [1] };

/** Input that a step with the penalty has for it. */
export const pathInputs = ({ batch }: RunConfig, { size }: Growth): Shapes => ({
  pathNoise: [batch, 1, size, size],
});

/** That input, drawn from (seed, step). */
export const drawPathNoise = ({ seed, batch }: RunConfig, { size }: Growth, step: number): Float32Array =>
  new Random(seed, 'paths', step).fillNormal(new Float32Array(batch * size * size));

/**
 * Length of J^T y for the first half of a batch: [n / 2], with gradients for the synthesis and for the mapping.
 * @param inputs z [n, latent], pathNoise [n, 1, size, size], of a conditional run labels, while fading alpha
 */
export function pathLengths(generator: Generator, g: Params, inputs: Tensors): tf.Tensor {
  const { style } = generator;
  if (style === null) throw new Error('this generator has no styles');
  const half = Math.max(1, Math.floor(inputs.z!.shape[0]! / 2));
  const first = (x: tf.Tensor) => tf.slice(x, 0, half);
  const { labels, alpha } = inputs;
  const noise = first(inputs.pathNoise!);
  const w = style.map(g, first(inputs.z!), labels && first(labels));
  const along = tf.grad((styles: tf.Tensor) =>
    tf.mul(tf.sum(tf.mul(style.synthesise(g, styles, alpha), noise)), 1 / noise.shape[2]!),
  );
  return tf.sqrt(tf.add(tf.sum(tf.square(along(w)), 1), 1e-12));
}

/** Mean of (length - a)²; nothing in the first step with it, which has no mean yet. @param lengths [n] */
export function pathPenalty(lengths: tf.Tensor, state: Tensors): tf.Scalar {
  const weight = state[WEIGHT]!;
  const known = tf.cast(tf.greater(weight, 0), 'float32');
  const mean = tf.div(state[MEAN]!, tf.maximum(weight, 1e-6));
  return tf.mean(tf.mul(tf.square(tf.sub(lengths, mean)), known)) as tf.Scalar;
}

/** The running mean with the lengths of one more step in it. @param length mean over the batch, any shape of one */
export function nextPathMemory(state: Tensors, length: tf.Tensor, { decay }: PathLength): Tensors {
  const toward = (old: tf.Tensor, target: tf.Tensor) => tf.add(old, tf.mul(tf.sub(target, old), decay));
  return {
    [MEAN]: toward(state[MEAN]!, tf.reshape(length, [1])),
    [WEIGHT]: toward(state[WEIGHT]!, tf.ones([1])),
  };
}
