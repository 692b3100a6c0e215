import * as tf from '@tensorflow/tfjs-core';
import { attr, define } from './define.ts';

type Slope = (dy: tf.Tensor, t: tf.Tensor) => tf.Tensor;

/** Gradient of an elementwise kernel from its input. */
const ofInput = (kernel: string, slope: Slope) =>
  define(kernel, { inputs: ['x'] }, (dy, [x]) => ({ x: () => slope(dy, x!) }));

/**
 * Gradient of an elementwise kernel from its output, computed again from the input: tfjs tapes the copy of a
 * saved output before the kernel that made it, which cuts gradients of gradients off (its own tanh has none).
 * Traced, common subexpressions make the second computation free.
 */
const ofOutput = (kernel: string, again: (x: tf.Tensor) => tf.Tensor, slope: Slope) =>
  define(kernel, { inputs: ['x'] }, (dy, [x]) => ({ x: () => slope(dy, again(x!)) }));

const flat = (kernel: string) => define(kernel, {}, (dy) => ({ x: () => tf.zerosLike(dy) }));

export const elementwiseGradients: readonly tf.GradConfig[] = [
  define(tf.Neg, {}, (dy) => ({ x: () => tf.neg(dy) })),
  define(tf.Identity, {}, (dy) => ({ x: () => tf.clone(dy) })),
  define(tf.Cast, {}, (dy) => ({ x: () => tf.cast(dy, 'float32') })),
  ofInput(tf.Abs, (dy, x) => tf.mul(dy, tf.sign(x))),
  ofInput(tf.Log, (dy, x) => tf.div(dy, x)),
  ofInput(tf.Log1p, (dy, x) => tf.div(dy, tf.add(x, 1))),
  ofInput(tf.Square, (dy, x) => tf.mul(dy, tf.mul(x, 2))),
  ofInput(tf.Softplus, (dy, x) => tf.mul(dy, tf.sigmoid(x))),
  ofInput(tf.Relu, (dy, x) => tf.mul(dy, tf.step(x))),
  ofInput(tf.Sin, (dy, x) => tf.mul(dy, tf.cos(x))),
  ofInput(tf.Cos, (dy, x) => tf.neg(tf.mul(dy, tf.sin(x)))),
  ofInput(tf.Erf, (dy, x) => tf.mul(dy, tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x)))))),
  ofOutput(tf.Exp, tf.exp, (dy, y) => tf.mul(dy, y)),
  ofOutput(tf.Sqrt, tf.sqrt, (dy, y) => tf.div(tf.mul(dy, 0.5), y)),
  ofOutput(tf.Rsqrt, tf.rsqrt, (dy, y) => tf.mul(tf.mul(dy, -0.5), tf.mul(y, tf.square(y)))),
  ofOutput(tf.Tanh, tf.tanh, (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
  ofOutput(tf.Sigmoid, tf.sigmoid, (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  ofOutput(tf.Reciprocal, tf.reciprocal, (dy, y) => tf.neg(tf.mul(dy, tf.square(y)))),
  define(tf.ClipByValue, { inputs: ['x'] }, (dy, [x], attrs) => ({
    x: () => {
      const low = attr<number>(attrs, 'clipValueMin');
      const high = attr<number>(attrs, 'clipValueMax');
      const inside = tf.logicalAnd(tf.greaterEqual(x!, low), tf.lessEqual(x!, high));
      return tf.mul(dy, tf.cast(inside, 'float32'));
    },
  })),
  define(tf.Softmax, { inputs: ['logits'] }, (dy, [logits]) => ({
    logits: () => {
      const y = tf.softmax(logits!);
      const weighted = tf.mul(dy, y);
      return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y));
    },
  })),
  ...[tf.Sign, tf.Step, tf.Floor, tf.Ceil, tf.Round, tf.ZerosLike, tf.OnesLike].map(flat),
];
