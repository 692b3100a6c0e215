import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../../../src/base/random.ts';
import { sizeOf } from '../../../src/engine/types.ts';

export type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

export function randomArray(random: Random, shape: readonly number[]): Float32Array {
  return random.fillNormal(new Float32Array(sizeOf(shape)));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Compares the directional derivative that `gradient` claims with central differences of `value`:
 * both get the inputs as arrays. Returns the relative error.
 */
function directional(
  inputs: Float32Array[],
  directions: Float32Array[],
  value: (inputs: Float32Array[]) => number,
  gradient: (inputs: Float32Array[]) => Float32Array[],
  epsilon: number,
): number {
  const moved = (sign: number) =>
    inputs.map((x, i) => x.map((v, j) => v + sign * epsilon * directions[i]![j]!));
  const up = moved(1);
  const down = moved(-1);
  const numeric = (value(up) - value(down)) / (2 * epsilon);
  const claimed = gradient(inputs).reduce((sum, g, i) => sum + dot(g, directions[i]!), 0);
  const norm = Math.sqrt(gradient(inputs).reduce((sum, g) => sum + dot(g, g), 0));
  const length = Math.sqrt(directions.reduce((sum, d) => sum + dot(d, d), 0));
  return Math.abs(numeric - claimed) / Math.max(Math.abs(claimed), 0.05 * norm * length, 1e-12);
}

/**
 * Relative errors of an op's first and second derivatives against central differences, in random directions:
 * first of <op(x), r>, then of <grad(x), u> for a random u.
 */
export function derivativeErrors(
  op: Op,
  shapes: readonly (readonly number[])[],
  options: { seed?: number; epsilon?: number; transform?: (x: number) => number } = {},
): { first: number; second: number } {
  const { seed = 1, epsilon = 1e-2, transform = (x) => x } = options;
  const random = new Random(seed, 'finite-differences');
  const arrays = shapes.map((shape) => randomArray(random, shape).map(transform));
  const directions = shapes.map((shape) => randomArray(random, shape));
  const tensors = (xs: Float32Array[]) => xs.map((x, i) => tf.tensor(x, [...shapes[i]!], 'float32'));
  const weights = tf.tidy(() => {
    const y = op(...tensors(arrays));
    return { shape: y.shape, data: randomArray(random, y.shape) };
  });
  const across = shapes.map((shape) => randomArray(random, shape));

  const loss = (...xs: tf.Tensor[]) =>
    tf.sum(tf.mul(op(...xs), tf.tensor(weights.data, weights.shape))) as tf.Scalar;
  const value = (xs: Float32Array[]) =>
    tf.tidy(() => dot(op(...tensors(xs)).dataSync() as Float32Array, weights.data));
  const gradient = (xs: Float32Array[]) =>
    tf.tidy(() =>
      tf
        .grads(loss)(tensors(xs))
        .map((g) => g.dataSync() as Float32Array),
    );

  const slope = (...xs: tf.Tensor[]) =>
    tf
      .grads(loss)(xs)
      .map((g, i) => tf.sum(tf.mul(g, tf.tensor(across[i]!, g.shape))))
      .reduce((a, b) => tf.add(a, b)) as tf.Scalar;
  const slopeValue = (xs: Float32Array[]) => gradient(xs).reduce((sum, g, i) => sum + dot(g, across[i]!), 0);
  const slopeGradient = (xs: Float32Array[]) =>
    tf.tidy(() =>
      tf
        .grads(slope)(tensors(xs))
        .map((g) => g.dataSync() as Float32Array),
    );

  return {
    first: directional(arrays, directions, value, gradient, epsilon),
    second: directional(arrays, directions, slopeValue, slopeGradient, epsilon),
  };
}
