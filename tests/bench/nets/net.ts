import * as tf from '@tensorflow/tfjs-core';
import type { Arrays, RunnerSpec, Tensors } from '../../../src/engine/index.ts';

/** A network with its training step, to be timed. The program is called `step`. */
export interface Net {
  readonly name: string;
  readonly batch: number;
  readonly spec: RunnerSpec;
  readonly state: Arrays;
  readonly inputs: () => Arrays;
}

/** Loss, gradients and Adam (without bias correction, which is two numbers) for the named parameters. */
export function adamStep(
  state: Tensors,
  keys: readonly string[],
  beta1: number,
  beta2: number,
  loss: (p: Tensors) => tf.Tensor,
): { value: tf.Tensor; next: Tensors } {
  const { value, grads } = tf.valueAndGrads(
    (...values: tf.Tensor[]) =>
      loss({ ...state, ...Object.fromEntries(keys.map((key, i) => [key, values[i]!])) }) as tf.Scalar,
  )(keys.map((key) => state[key]!));
  const next: Tensors = {};
  keys.forEach((key, i) => {
    const gradient = grads[i]!;
    const [m, v] = [state[`m/${key}`]!, state[`v/${key}`]!];
    const v1 = tf.add(v, tf.mul(tf.sub(tf.square(gradient), v), 1 - beta2));
    let direction: tf.Tensor = gradient;
    if (beta1 > 0) {
      direction = tf.add(m, tf.mul(tf.sub(gradient, m), 1 - beta1));
      next[`m/${key}`] = direction;
    }
    next[`v/${key}`] = v1;
    next[key] = tf.sub(state[key]!, tf.mul(tf.div(direction, tf.add(tf.sqrt(v1), 1e-8)), 2e-4));
  });
  return { value, next };
}
