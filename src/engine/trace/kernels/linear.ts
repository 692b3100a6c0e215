import * as tf from '@tensorflow/tfjs-core';
import { GantryError } from '../../../base/errors.ts';
import type { Builder, Value } from '../../ir/graph.ts';
import { broadcast } from '../../ir/graph.ts';
import { transpose } from '../../ir/shapes.ts';
import {
  convGeometry,
  filterShape,
  geometryAttrs,
  inputShape,
  outputShape,
} from '../../ops/conv-geometry.ts';
import { attr, type KernelCall, kernel, type TraceKernel } from '../kernel.ts';

const TO_NCHW = [0, 3, 1, 2];
const TO_NHWC = [0, 2, 3, 1];
const TO_OIHW = [3, 2, 0, 1];
const TO_HWIO = [2, 3, 1, 0];
const pick = (shape: readonly number[], perm: readonly number[]) => perm.map((p) => shape[p]!);

/** Matrix product with optional transposed operands, kept as attributes until lowering. */
export function matMul(b: Builder, x: Value, y: Value, transposeA = false, transposeB = false): Value {
  const xs = x.shape;
  const ys = y.shape;
  const rows = transposeA ? xs.at(-1)! : xs.at(-2)!;
  const columns = transposeB ? ys.at(-2)! : ys.at(-1)!;
  const batch = broadcast(xs.slice(0, -2), ys.slice(0, -2));
  const attrs = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  return b.add('GantryMatMul', [x, y], attrs, [...batch, rows, columns]);
}

/** The geometry of a tfjs NHWC convolution with equal strides and symmetric padding. */
function nhwcGeometry(call: KernelCall, x: readonly number[], filter: readonly number[]) {
  const info = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    attr<[number, number]>(call, 'strides'),
    attr<[number, number]>(call, 'dilations') ?? 1,
    attr<number | 'same' | 'valid'>(call, 'pad'),
  );
  const { top, bottom, left, right } = info.padInfo;
  if (top !== bottom || left !== right || top !== left || info.strideHeight !== info.strideWidth) {
    throw new GantryError(
      'OP_UNSUPPORTED',
      `tf.conv2d with uneven padding [${top}, ${bottom}, ${left}, ${right}] or strides cannot be traced.`,
      { action: "Use the engine's conv2d, with explicit padding." },
    );
  }
  return convGeometry(pick(x, TO_NCHW), pick(filter, TO_OIHW), {
    stride: info.strideHeight,
    pad: top,
    dilation: info.dilationHeight,
  });
}

export const linearKernels: readonly TraceKernel[] = [
  kernel(tf.BatchMatMul, (call) =>
    matMul(
      call.b,
      call.input('a'),
      call.input('b'),
      attr<boolean>(call, 'transposeA'),
      attr<boolean>(call, 'transposeB'),
    ),
  ),
  kernel(tf.Conv2D, (call) => {
    const x = call.input('x');
    const w = call.input('filter');
    const g = nhwcGeometry(call, x.shape, w.shape);
    const inputs = [transpose(call.b, x, TO_NCHW), transpose(call.b, w, TO_OIHW)];
    return transpose(call.b, call.b.add('GantryConv', inputs, geometryAttrs(g), outputShape(g)), TO_NHWC);
  }),
  kernel(tf.Conv2DBackpropInput, (call) => {
    const dy = call.input('dy');
    const w = call.input('filter');
    const g = nhwcGeometry(call, attr<number[]>(call, 'inputShape'), w.shape);
    const inputs = [transpose(call.b, dy, TO_NCHW), transpose(call.b, w, TO_OIHW)];
    return transpose(
      call.b,
      call.b.add('GantryConvInputGrad', inputs, geometryAttrs(g), inputShape(g)),
      TO_NHWC,
    );
  }),
  kernel(tf.Conv2DBackpropFilter, (call) => {
    const x = call.input('x');
    const dy = call.input('dy');
    const g = nhwcGeometry(call, x.shape, attr<number[]>(call, 'filterShape'));
    const inputs = [transpose(call.b, x, TO_NCHW), transpose(call.b, dy, TO_NCHW)];
    return transpose(
      call.b,
      call.b.add('GantryConvFilterGrad', inputs, geometryAttrs(g), filterShape(g)),
      TO_HWIO,
    );
  }),
];
