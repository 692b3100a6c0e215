import * as tf from '@tensorflow/tfjs-core';
import { reduce } from '../../ir/shapes.ts';
import { attr, axesOf, kernel, type TraceKernel } from '../kernel.ts';

const reduction = (name: string, op: string, axisAttr: string) =>
  kernel(name, (call) => {
    const x = call.input('x');
    return reduce(call.b, op, x, axesOf(call, axisAttr, x.shape), attr<boolean>(call, 'keepDims') ?? false);
  });

export const reductionKernels: readonly TraceKernel[] = [
  reduction(tf.Sum, 'ReduceSum', 'axis'),
  reduction(tf.Mean, 'ReduceMean', 'axis'),
  reduction(tf.Max, 'ReduceMax', 'reductionIndices'),
  reduction(tf.Min, 'ReduceMin', 'axis'),
  reduction(tf.Prod, 'ReduceProd', 'axis'),
];
