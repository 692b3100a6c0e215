import * as tf from '@tensorflow/tfjs-core';
import type { DType } from '../../ir/graph.ts';
import { kernel, type TraceKernel } from '../kernel.ts';

const binary = (name: string, op: string, dtype?: DType) =>
  kernel(name, ({ b, input }) => b.map(op, [input('a'), input('b')], {}, dtype));

export const binaryKernels: readonly TraceKernel[] = [
  binary(tf.Add, 'Add'),
  binary(tf.Sub, 'Sub'),
  binary(tf.Multiply, 'Mul'),
  binary(tf.RealDiv, 'Div'),
  binary(tf.Pow, 'Pow'),
  binary(tf.Maximum, 'Max'),
  binary(tf.Minimum, 'Min'),
  binary(tf.Greater, 'Greater', 'bool'),
  binary(tf.GreaterEqual, 'GreaterOrEqual', 'bool'),
  binary(tf.Less, 'Less', 'bool'),
  binary(tf.LessEqual, 'LessOrEqual', 'bool'),
  binary(tf.Equal, 'Equal', 'bool'),
  binary(tf.LogicalAnd, 'And', 'bool'),
  binary(tf.LogicalOr, 'Or', 'bool'),
  kernel(tf.NotEqual, ({ b, input }) => b.map('Not', [b.map('Equal', [input('a'), input('b')], {}, 'bool')])),
  kernel(tf.SquaredDifference, ({ b, input }) => {
    const difference = b.map('Sub', [input('a'), input('b')]);
    return b.map('Mul', [difference, difference]);
  }),
  kernel(tf.AddN, ({ b, inputs }) => inputs.reduce((sum, x) => b.map('Add', [sum, x]))),
  kernel(tf.Select, ({ b, input }) =>
    b.map('Where', [input('condition'), input('t'), input('e')], {}, input('t').dtype),
  ),
];
