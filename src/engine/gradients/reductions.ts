import * as tf from '@tensorflow/tfjs-core';
import { type Attrs, attr, define } from './define.ts';

/** dy of a reduction with its reduced axes put back as ones, so that it broadcasts against the input. */
function kept(dy: tf.Tensor, shape: readonly number[], attrs: Attrs): tf.Tensor {
  const reduced = new Set(axes(shape, attrs));
  return tf.reshape(
    dy,
    shape.map((d, i) => (reduced.has(i) ? 1 : d)),
  );
}

function axes(shape: readonly number[], attrs: Attrs): number[] {
  const name = attrs.axis === undefined ? 'reductionIndices' : 'axis';
  return tf.util.parseAxisParam(attr<number | number[]>(attrs, name), [...shape]);
}

/**
 * Maximum and minimum: every position that reaches the extreme gets the whole gradient, as in tfjs. The saved
 * output needs no gradient of its own: a comparison is flat.
 */
const extreme = (kernel: string) =>
  define(kernel, { inputs: ['x'], output: true }, (dy, [x, y], attrs) => ({
    x: () => {
      const reached = tf.cast(tf.equal(x!, kept(y!, x!.shape, attrs)), 'float32');
      return tf.mul(kept(dy, x!.shape, attrs), reached);
    },
  }));

export const reductionGradients: readonly tf.GradConfig[] = [
  define(tf.Sum, { inputs: ['x'] }, (dy, [x], attrs) => ({
    x: () => tf.broadcastTo(kept(dy, x!.shape, attrs), x!.shape),
  })),
  define(tf.Mean, { inputs: ['x'] }, (dy, [x], attrs) => ({
    x: () => {
      const count = axes(x!.shape, attrs).reduce((n, i) => n * x!.shape[i]!, 1);
      return tf.broadcastTo(tf.mul(kept(dy, x!.shape, attrs), 1 / count), x!.shape);
    },
  })),
  extreme(tf.Max),
  extreme(tf.Min),
];
