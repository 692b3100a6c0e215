import * as tf from '@tensorflow/tfjs-core';
import { type DType, fill, type Value } from '../../ir/graph.ts';
import { attr, type KernelCall, kernel, type TraceKernel } from '../kernel.ts';

/** A kernel of one operand that ONNX has under the given name. */
const unary = (name: string, op: string, dtype?: DType) =>
  kernel(name, ({ b, input }) => b.map(op, [input('x')], {}, dtype));

const cast = (call: KernelCall, x: Value, dtype: DType): Value =>
  x.dtype === dtype ? x : call.b.map('Cast', [x], { to: dtype }, dtype);

export const elementwiseKernels: readonly TraceKernel[] = [
  unary(tf.Neg, 'Neg'),
  unary(tf.Abs, 'Abs'),
  unary(tf.Exp, 'Exp'),
  unary(tf.Log, 'Log'),
  unary(tf.Sqrt, 'Sqrt'),
  unary(tf.Reciprocal, 'Reciprocal'),
  unary(tf.Sin, 'Sin'),
  unary(tf.Cos, 'Cos'),
  unary(tf.Tanh, 'Tanh'),
  unary(tf.Sigmoid, 'Sigmoid'),
  unary(tf.Softplus, 'Softplus'),
  unary(tf.Relu, 'Relu'),
  unary(tf.Erf, 'Erf'),
  unary(tf.Sign, 'Sign'),
  unary(tf.Floor, 'Floor'),
  unary(tf.Ceil, 'Ceil'),
  unary(tf.Round, 'Round'),
  unary(tf.LogicalNot, 'Not'),
  kernel(tf.Log1p, ({ b, input }) => b.map('Log', [b.map('Add', [input('x'), fill(1)])])),
  kernel(tf.Rsqrt, ({ b, input }) => b.map('Reciprocal', [b.map('Sqrt', [input('x')])])),
  kernel(tf.Square, ({ b, input }) => b.map('Mul', [input('x'), input('x')])),
  kernel(tf.Step, (call) => {
    const positive = cast(call, call.b.map('Greater', [call.input('x'), fill(0)], {}, 'bool'), 'float32');
    const alpha = attr<number>(call, 'alpha') ?? 0;
    if (alpha === 0) return positive;
    return call.b.map('Add', [call.b.map('Mul', [positive, fill(1 - alpha)]), fill(alpha)]);
  }),
  kernel(tf.ClipByValue, (call) =>
    call.b.map('Clip', [call.input('x')], {
      min: attr<number>(call, 'clipValueMin'),
      max: attr<number>(call, 'clipValueMax'),
    }),
  ),
  kernel(tf.Softmax, (call) => {
    const logits = call.input('logits');
    const dim = attr<number>(call, 'dim');
    return call.b.map('Softmax', [logits], { axis: dim < 0 ? dim + logits.shape.length : dim });
  }),
  kernel(tf.Cast, (call) => cast(call, call.input('x'), attr<DType>(call, 'dtype'))),
  kernel(tf.Identity, ({ input }) => input('x')),
  kernel(tf.ZerosLike, ({ input }) => fill(0, input('x').shape, input('x').dtype)),
  kernel(tf.OnesLike, ({ input }) => fill(1, input('x').shape, input('x').dtype)),
  kernel(tf.Fill, (call) =>
    fill(attr<number>(call, 'value'), attr<number[]>(call, 'shape'), attr<DType>(call, 'dtype') ?? 'float32'),
  ),
];
