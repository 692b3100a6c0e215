import * as tf from '@tensorflow/tfjs-core';
import { attr, define } from './define.ts';

export const shapeGradients: readonly tf.GradConfig[] = [
  define(tf.Reshape, { inputs: ['x'] }, (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) })),
  define(tf.ExpandDims, { inputs: ['input'] }, (dy, [x]) => ({ input: () => tf.reshape(dy, x!.shape) })),
  define(tf.Transpose, {}, (dy, _saved, attrs) => ({
    x: () => {
      const perm = attr<number[]>(attrs, 'perm');
      return tf.transpose(
        dy,
        perm.map((_, i) => perm.indexOf(i)),
      );
    },
  })),
  define(tf.Concat, { allInputs: true }, (dy, saved, attrs) => {
    const axis = tf.util.parseAxisParam(attr<number>(attrs, 'axis'), saved[0]!.shape)[0]!;
    const parts = tf.split(
      dy,
      saved.map((t) => t.shape[axis]!),
      axis,
    );
    return Object.fromEntries(parts.map((part, i) => [String(i), () => part]));
  }),
  define(tf.SplitV, {}, (dy, _saved, attrs) => ({
    x: () => tf.concat(dy as unknown as tf.Tensor[], attr<number>(attrs, 'axis')),
  })),
  define(tf.Pack, { allInputs: true }, (dy, saved, attrs) => {
    const parts = tf.unstack(dy, attr<number>(attrs, 'axis'));
    return Object.fromEntries(saved.map((_, i) => [String(i), () => parts[i]!]));
  }),
  define(tf.Unpack, {}, (dy, _saved, attrs) => ({
    value: () => tf.stack(dy as unknown as tf.Tensor[], attr<number>(attrs, 'axis')),
  })),
  define(tf.Slice, { inputs: ['x'] }, (dy, [x], attrs) => ({
    x: () => {
      const start = attr<number | number[]>(attrs, 'begin');
      const [begin] = tf.slice_util.parseSliceParams(x!, start, [...dy.shape]) as [number[], number[]];
      return tf.pad(
        dy,
        x!.shape.map((d, i): [number, number] => [begin[i]!, d - begin[i]! - dy.shape[i]!]),
      );
    },
  })),
  define(tf.PadV2, { inputs: ['x'] }, (dy, [x], attrs) => ({
    x: () =>
      tf.slice(
        dy,
        attr<[number, number][]>(attrs, 'paddings').map((p) => p[0]),
        x!.shape,
      ),
  })),
  define(tf.Tile, { inputs: ['x'] }, (dy, [x], attrs) => ({
    x: () => {
      const reps = attr<number[]>(attrs, 'reps');
      // Repeated axes are split into [repetition, axis]; others stay whole, to keep the rank small.
      const shape = x!.shape.flatMap((d, i) => (reps[i] === 1 ? [d] : [reps[i]!, d]));
      const repeated: number[] = [];
      let at = 0;
      for (const r of reps) {
        if (r !== 1) repeated.push(at++);
        at++;
      }
      return tf.reshape(tf.sum(tf.reshape(dy, shape), repeated), x!.shape);
    },
  })),
  define(tf.Reverse, {}, (dy, _saved, attrs) => ({ x: () => tf.reverse(dy, attr<number[]>(attrs, 'dims')) })),
];
