import * as tf from '@tensorflow/tfjs-core';
import { size } from '../../ir/graph.ts';
import { concat, expand, pad, reshape, slice, split, transpose } from '../../ir/shapes.ts';
import { attr, axesOf, type KernelCall, kernel, type TraceKernel } from '../kernel.ts';

const axisOf = (call: KernelCall, shape: readonly number[], name = 'axis') => axesOf(call, name, shape)[0]!;

export const shapeKernels: readonly TraceKernel[] = [
  kernel(tf.Reshape, (call) => {
    const x = call.input('x');
    return reshape(call.b, x, tf.util.inferFromImplicitShape(attr<number[]>(call, 'shape'), size(x)));
  }),
  kernel(tf.ExpandDims, (call) => {
    const x = call.input('input');
    const dim = attr<number>(call, 'dim');
    const shape = [...x.shape];
    shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
    return reshape(call.b, x, shape);
  }),
  kernel(tf.Transpose, (call) => transpose(call.b, call.input('x'), attr<number[]>(call, 'perm'))),
  kernel(tf.Concat, (call) => {
    // As in tfjs, operands without elements are left out.
    const parts = call.inputs.filter((v) => size(v) > 0);
    return concat(call.b, parts, axisOf(call, call.inputs[0]!.shape));
  }),
  kernel(tf.SplitV, (call) => {
    const x = call.input('x');
    const axis = axisOf(call, x.shape);
    const sizes = tf.backend_util.prepareSplitSize(
      { shape: [...x.shape] } as tf.Tensor,
      attr<number[] | number>(call, 'numOrSizeSplits'),
      axis,
    );
    return split(call.b, x, sizes, axis);
  }),
  kernel(tf.Pack, (call) => {
    const shape = [...call.inputs[0]!.shape];
    const dim = attr<number>(call, 'axis');
    const axis = dim < 0 ? dim + shape.length + 1 : dim;
    shape.splice(axis, 0, 1);
    return concat(
      call.b,
      call.inputs.map((x) => reshape(call.b, x, shape)),
      axis,
    );
  }),
  kernel(tf.Unpack, (call) => {
    const x = call.input('value');
    const axis = axisOf(call, x.shape);
    const shape = x.shape.filter((_, i) => i !== axis);
    const parts = split(
      call.b,
      x,
      Array.from({ length: x.shape[axis]! }, () => 1),
      axis,
    );
    return parts.map((part) => reshape(call.b, part, shape));
  }),
  kernel(tf.Slice, (call) => {
    const x = call.input('x');
    const [begin, sizes] = tf.slice_util.parseSliceParams(
      { shape: [...x.shape], dtype: 'float32', dataId: {} },
      attr<number | number[]>(call, 'begin'),
      attr<number | number[]>(call, 'size'),
    ) as [number[], number[]];
    const ends = begin.map((start, i) => start + sizes[i]!);
    return slice(
      call.b,
      x,
      begin.map((_, i) => i),
      begin,
      ends,
    );
  }),
  kernel(tf.StridedSlice, (call) => {
    const x = call.input('x');
    const mask = (name: string) => attr<number>(call, name) ?? 0;
    const info = tf.slice_util.sliceInfo(
      [...x.shape],
      attr<number[]>(call, 'begin'),
      attr<number[]>(call, 'end'),
      attr<number[]>(call, 'strides'),
      mask('beginMask'),
      mask('endMask'),
      mask('ellipsisMask'),
      mask('newAxisMask'),
      mask('shrinkAxisMask'),
    );
    const axes = info.begin.map((_, i) => i);
    return reshape(call.b, slice(call.b, x, axes, info.begin, info.end, info.strides), info.finalShape);
  }),
  kernel(tf.PadV2, (call) =>
    pad(
      call.b,
      call.input('x'),
      attr<[number, number][]>(call, 'paddings'),
      attr<number>(call, 'constantValue') ?? 0,
    ),
  ),
  kernel(tf.Tile, (call) => {
    const x = call.input('x');
    const reps = attr<number[]>(call, 'reps');
    const shape = x.shape.map((d, i) => d * reps[i]!);
    // Repeating an axis of length 1 is broadcasting, which the passes can often drop altogether.
    if (x.shape.every((d, i) => d === 1 || reps[i] === 1)) return expand(call.b, x, shape);
    return call.b.add('Tile', [x], { repeats: reps }, shape);
  }),
  kernel(tf.Reverse, (call) => {
    const x = call.input('x');
    const axes = axesOf(call, 'dims', x.shape);
    const starts = axes.map((axis) => x.shape[axis]! - 1);
    // ONNX counts a negative end from the back, so "before the first element" is any number below -length.
    const ends = axes.map((axis) => -x.shape[axis]! - 1);
    const attrs = { starts, ends, axes, steps: axes.map(() => -1) };
    return call.b.add('Slice', [x], attrs, x.shape);
  }),
  kernel(tf.MirrorPad, (call) => {
    const x = call.input('x');
    const paddings = attr<[number, number][]>(call, 'paddings');
    if (attr<string>(call, 'mode') === 'reflect') {
      const pads = [...paddings.map((p) => p[0]), ...paddings.map((p) => p[1])];
      const shape = x.shape.map((d, i) => d + paddings[i]![0] + paddings[i]![1]);
      return call.b.add('Pad', [x], { pads, mode: 'reflect', value: 0 }, shape);
    }
    // Symmetric padding repeats the border itself: slices turned round and joined on.
    return paddings.reduce((v, [before, after], axis) => mirrored(call, v, axis, before, after), x);
  }),
  kernel(tf.GatherV2, (call) => {
    const x = call.input('x');
    const indices = call.input('indices');
    const axis = axisOf(call, x.shape);
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return call.b.add('Gather', [x, indices], { axis }, shape);
  }),
];

function mirrored(
  call: KernelCall,
  x: KernelCall['inputs'][number],
  axis: number,
  before: number,
  after: number,
) {
  const length = x.shape[axis]!;
  const flip = (start: number, count: number) => {
    const part = slice(call.b, x, [axis], [start], [start + count]);
    const attrs = { starts: [count - 1], ends: [-count - 1], axes: [axis], steps: [-1] };
    return call.b.add('Slice', [part], attrs, part.shape);
  };
  const parts = [
    ...(before > 0 ? [flip(0, before)] : []),
    x,
    ...(after > 0 ? [flip(length - after, after)] : []),
  ];
  return concat(call.b, parts, axis);
}
