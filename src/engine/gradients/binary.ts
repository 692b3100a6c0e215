import * as tf from '@tensorflow/tfjs-core';
import { define } from './define.ts';
import { reduceTo } from './reduce-to.ts';

type Slope = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const binary = (kernel: string, da: Slope, db: Slope) =>
  define(kernel, { inputs: ['a', 'b'] }, (dy, [a, b]) => ({
    a: () => reduceTo(da(dy, a!, b!), a!.shape),
    b: () => reduceTo(db(dy, a!, b!), b!.shape),
  }));

const asFloat = (t: tf.Tensor) => tf.cast(t, 'float32');

/** Comparisons are flat wherever they are differentiable; the zeros let tf.where of a comparison have gradients. */
const comparison = (kernel: string) =>
  define(kernel, { inputs: ['a', 'b'] }, (_dy, [a, b]) => ({
    a: () => tf.zeros(a!.shape),
    b: () => tf.zeros(b!.shape),
  }));

export const binaryGradients: readonly tf.GradConfig[] = [
  binary(
    tf.Add,
    (dy) => dy,
    (dy) => dy,
  ),
  binary(
    tf.Sub,
    (dy) => dy,
    (dy) => tf.neg(dy),
  ),
  binary(
    tf.Multiply,
    (dy, _a, b) => tf.mul(dy, b),
    (dy, a) => tf.mul(dy, a),
  ),
  binary(
    tf.RealDiv,
    (dy, _a, b) => tf.div(dy, b),
    (dy, a, b) => tf.neg(tf.div(tf.mul(dy, tf.div(a, b)), b)),
  ),
  binary(
    tf.Pow,
    (dy, a, b) => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
    // log(0) has no use here: 0^b is flat in b for b > 0.
    (dy, a, b) => tf.mul(dy, tf.mul(tf.pow(a, b), tf.where(tf.greater(a, 0), tf.log(a), tf.zerosLike(a)))),
  ),
  binary(
    tf.Maximum,
    (dy, a, b) => tf.mul(dy, asFloat(tf.greaterEqual(a, b))),
    (dy, a, b) => tf.mul(dy, asFloat(tf.less(a, b))),
  ),
  binary(
    tf.Minimum,
    (dy, a, b) => tf.mul(dy, asFloat(tf.lessEqual(a, b))),
    (dy, a, b) => tf.mul(dy, asFloat(tf.greater(a, b))),
  ),
  binary(
    tf.SquaredDifference,
    (dy, a, b) => tf.mul(dy, tf.mul(tf.sub(a, b), 2)),
    (dy, a, b) => tf.mul(dy, tf.mul(tf.sub(b, a), 2)),
  ),
  define(tf.AddN, { allInputs: true }, (dy, saved) =>
    Object.fromEntries(saved.map((_, i) => [String(i), () => tf.clone(dy)])),
  ),
  define(tf.Select, { inputs: ['condition'] }, (dy, [condition]) => ({
    condition: () => tf.zeros(condition!.shape),
    t: () => tf.mul(dy, asFloat(condition!)),
    e: () => tf.mul(dy, asFloat(tf.logicalNot(condition!))),
  })),
  ...[tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual, tf.Equal, tf.NotEqual].map(comparison),
  comparison(tf.LogicalAnd),
  comparison(tf.LogicalOr),
  define(tf.LogicalNot, {}, (dy) => ({ x: () => tf.zeros(dy.shape) })),
];
