import type * as tf from '@tensorflow/tfjs-core';
import { Random } from '../../../src/base/random.ts';
import {
  type Arrays,
  createEagerRunner,
  createRunner,
  type RunnerOptions,
  type RunnerSpec,
} from '../../../src/engine/index.ts';
import { randomArray } from './finite-differences.ts';

/** Relative error of `actual` in the Euclidean norm. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    norm += expected[i]! ** 2;
  }
  const error = Math.sqrt(difference) / (Math.sqrt(norm) || 1);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** The spec of one function of unnamed operands. */
export function functionSpec(
  fn: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  shapes: readonly (readonly number[])[],
): RunnerSpec {
  return {
    state: {},
    programs: {
      main: {
        inputs: Object.fromEntries(shapes.map((shape, i) => [`x${i}`, shape])),
        fn: (_state, inputs) => {
          const result = fn(...shapes.map((_, i) => inputs[`x${i}`]!));
          const list = Array.isArray(result) ? result : [result];
          return { outputs: Object.fromEntries(list.map((t, i) => [`y${i}`, t])) };
        },
      },
    },
  };
}

/** Runs a function eagerly and traced on the same random inputs; returns the largest relative error. */
export async function tracedAgainstEager(
  fn: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  shapes: readonly (readonly number[])[],
  options: { transform?: (x: number) => number; runner?: Partial<RunnerOptions> } = {},
): Promise<number> {
  const random = new Random(7, 'traced-against-eager');
  const inputs: Arrays = {};
  shapes.forEach((shape, i) => {
    inputs[`x${i}`] = randomArray(random, shape).map(options.transform ?? ((x) => x));
  });
  const spec = functionSpec(fn, shapes);
  const eager = await createEagerRunner(spec);
  const expected = await eager.run('main', inputs);
  await eager.dispose();
  const traced = await createRunner(spec, { device: 'cpu', threads: 1, ...options.runner });
  const actual = await traced.run('main', inputs);
  await traced.dispose();
  return Math.max(...Object.keys(expected).map((key) => relativeError(actual[key]!, expected[key]!)));
}
