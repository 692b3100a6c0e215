import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  avgPool2,
  conv2d,
  conv2dFilterGrad,
  conv2dInputGrad,
  convTranspose2d,
  createRunner,
  downsampleFir2,
  leakyRelu,
  upsample2Nearest,
  upsampleFir2,
} from '../../../src/engine/index.ts';
import { kernelTable } from '../../../src/engine/trace/kernels/index.ts';
import { functionSpec, tracedAgainstEager } from './helpers.ts';

type Fn = (...x: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
type Case = [kernel: string, fn: Fn, shapes: number[][], transform?: (x: number) => number];

const positive = (x: number) => 0.5 + Math.abs(x);
const float = (t: tf.Tensor) => tf.cast(t, 'float32');
const four = (x: tf.Tensor | undefined) => x as tf.Tensor4D;

/** One or more cases for every row of the kernel table. */
const cases: Case[] = [
  [tf.Neg, (x) => tf.neg(x!), [[3, 4]]],
  [tf.Abs, (x) => tf.abs(x!), [[3, 4]]],
  [tf.Exp, (x) => tf.exp(x!), [[3, 4]]],
  [tf.Log, (x) => tf.log(x!), [[3, 4]], positive],
  [tf.Log1p, (x) => tf.log1p(x!), [[3, 4]], positive],
  [tf.Sqrt, (x) => tf.sqrt(x!), [[3, 4]], positive],
  [tf.Rsqrt, (x) => tf.rsqrt(x!), [[3, 4]], positive],
  [tf.Reciprocal, (x) => tf.reciprocal(x!), [[3, 4]], positive],
  [tf.Square, (x) => tf.square(x!), [[3, 4]]],
  [tf.Sin, (x) => tf.sin(x!), [[3, 4]]],
  [tf.Cos, (x) => tf.cos(x!), [[3, 4]]],
  [tf.Tanh, (x) => tf.tanh(x!), [[3, 4]]],
  [tf.Sigmoid, (x) => tf.sigmoid(x!), [[3, 4]]],
  [tf.Softplus, (x) => tf.softplus(x!), [[3, 40]], (x) => 20 * x],
  [tf.Softmax, (x) => tf.softmax(x!), [[3, 4]]],
  [tf.Relu, (x) => tf.relu(x!), [[3, 4]]],
  [tf.Erf, (x) => tf.erf(x!), [[3, 4]]],
  [tf.Sign, (x) => tf.sign(x!), [[3, 4]]],
  [tf.Floor, (x) => tf.floor(x!), [[3, 4]]],
  [tf.Ceil, (x) => tf.ceil(x!), [[3, 4]]],
  [tf.Round, (x) => tf.round(x!), [[3, 4]]],
  [tf.Step, (x) => [tf.step(x!), tf.step(x!, 0.3)], [[3, 4]]],
  [tf.ClipByValue, (x) => tf.clipByValue(x!, -0.5, 0.7), [[3, 4]]],
  [tf.Cast, (x) => float(tf.greater(x!, 0)), [[3, 4]]],
  [tf.Identity, (x) => tf.clone(x!), [[3, 4]]],
  [tf.ZerosLike, (x) => tf.add(tf.zerosLike(x!), x!), [[3, 4]]],
  [tf.OnesLike, (x) => [tf.mul(tf.onesLike(x!), x!), tf.onesLike(x!)], [[3, 4]]],
  [tf.Fill, (x) => [tf.mul(tf.fill([2, 3, 4], 2.5), x!), tf.fill([2, 2], 7)], [[1, 4]]],
  [tf.LogicalNot, (x) => float(tf.logicalNot(tf.greater(x!, 0))), [[3, 4]]],
  [tf.LogicalAnd, (x) => float(tf.logicalAnd(tf.greater(x!, -1), tf.less(x!, 1))), [[3, 9]]],
  [tf.LogicalOr, (x) => float(tf.logicalOr(tf.less(x!, -1), tf.greater(x!, 1))), [[3, 9]]],
  [
    tf.Add,
    (a, b) => [tf.add(a!, b!), tf.add(a!, 3)],
    [
      [2, 1, 4],
      [3, 1],
    ],
  ],
  [
    tf.Sub,
    (a, b) => [tf.sub(a!, b!), tf.sub(2, a!)],
    [
      [2, 1, 4],
      [3, 1],
    ],
  ],
  [
    tf.Multiply,
    (a, b) => tf.mul(a!, b!),
    [
      [2, 1, 4],
      [3, 1],
    ],
  ],
  [
    tf.RealDiv,
    (a, b) => tf.div(a!, b!),
    [
      [2, 1, 4],
      [3, 1],
    ],
    positive,
  ],
  [
    tf.Pow,
    (a, b) => [tf.pow(a!, b!), tf.pow(a!, 2), tf.pow(a!, 0.5)],
    [
      [3, 4],
      [3, 1],
    ],
    positive,
  ],
  [tf.Maximum, (a, b) => [tf.maximum(a!, b!), tf.maximum(a!, 0)], [[3, 4], [4]]],
  [tf.Minimum, (a, b) => tf.minimum(a!, b!), [[3, 4], [4]]],
  [tf.Greater, (a, b) => float(tf.greater(a!, b!)), [[3, 4], [4]]],
  [tf.GreaterEqual, (a) => float(tf.greaterEqual(a!, tf.round(a!))), [[3, 4]]],
  [tf.Less, (a, b) => float(tf.less(a!, b!)), [[3, 4], [4]]],
  [tf.LessEqual, (a) => float(tf.lessEqual(tf.round(a!), a!)), [[3, 4]]],
  [tf.Equal, (a) => float(tf.equal(tf.round(a!), 1)), [[3, 9]]],
  [tf.NotEqual, (a) => float(tf.notEqual(tf.round(a!), 1)), [[3, 9]]],
  [tf.SquaredDifference, (a, b) => tf.squaredDifference(a!, b!), [[3, 4], [4]]],
  [
    tf.AddN,
    (a, b) => tf.addN([a!, b!, a!]),
    [
      [3, 4],
      [3, 4],
    ],
  ],
  [
    tf.Select,
    (a, b) => tf.where(tf.greater(a!, b!), a!, tf.square(b!)),
    [
      [3, 4],
      [3, 4],
    ],
  ],
  [tf.Sum, (x) => [tf.sum(x!), tf.sum(x!, [0, 2]), tf.sum(x!, -1, true)], [[2, 3, 4]]],
  [tf.Mean, (x) => [tf.mean(x!), tf.mean(x!, [0, 2], true)], [[2, 3, 4]]],
  [tf.Max, (x) => [tf.max(x!), tf.max(x!, 1, true)], [[2, 3, 4]]],
  [tf.Min, (x) => [tf.min(x!), tf.min(x!, 1)], [[2, 3, 4]]],
  [tf.Prod, (x) => tf.prod(x!, 1), [[2, 3, 4]]],
  [tf.Reshape, (x) => tf.reshape(x!, [3, -1]), [[2, 3, 4]]],
  [tf.ExpandDims, (x) => [tf.expandDims(x!, 1), tf.expandDims(x!, -1)], [[2, 3]]],
  [tf.Transpose, (x) => tf.transpose(x!, [2, 0, 1]), [[2, 3, 4]]],
  [
    tf.Concat,
    (a, b) => [tf.concat([a!, b!], 1), tf.concat([b!, a!], -1)],
    [
      [2, 3],
      [2, 4],
    ],
  ],
  [tf.SplitV, (x) => [...tf.split(x!, [1, 4], 1), ...tf.split(x!, 2, 0)], [[2, 5]]],
  [
    tf.Pack,
    (a, b) => [tf.stack([a!, b!], 1), tf.stack([a!, b!], -1)],
    [
      [2, 3],
      [2, 3],
    ],
  ],
  [tf.Unpack, (x) => tf.unstack(x!, 1), [[2, 3]]],
  [tf.Slice, (x) => [tf.slice(x!, [1, 2], [1, 2]), tf.slice(x!, 1)], [[3, 5]]],
  [tf.StridedSlice, (x) => tf.stridedSlice(x!, [0, 1], [3, 6], [2, 2]), [[3, 6]]],
  [
    tf.PadV2,
    (x) => [
      tf.pad(x!, [
        [1, 0],
        [0, 2],
      ]),
      tf.pad(
        x!,
        [
          [0, 1],
          [1, 1],
        ],
        3,
      ),
    ],
    [[2, 3]],
  ],
  [
    tf.MirrorPad,
    (x) => [
      tf.mirrorPad(
        x!,
        [
          [1, 1],
          [0, 2],
        ],
        'reflect',
      ),
      tf.mirrorPad(
        x!,
        [
          [1, 2],
          [0, 3],
        ],
        'symmetric',
      ),
    ],
    [[3, 4]],
  ],
  [tf.Tile, (x) => [tf.tile(x!, [2, 3]), tf.broadcastTo(tf.slice(x!, [0, 0], [1, 3]), [2, 4, 3])], [[2, 3]]],
  [tf.Reverse, (x) => [tf.reverse(x!, 1), tf.reverse(x!, [0, 1])], [[2, 3]]],
  [tf.GatherV2, (x) => tf.gather(x!, tf.tensor1d([2, 0, 2], 'int32'), 1), [[2, 3]]],
  [
    tf.BatchMatMul,
    (a, b) => tf.matMul(a!, b!),
    [
      [3, 4],
      [4, 5],
    ],
  ],
  [
    tf.BatchMatMul,
    (a, b) => tf.matMul(a!, b!, true, true),
    [
      [4, 3],
      [5, 4],
    ],
  ],
  [
    tf.BatchMatMul,
    (a, b) => tf.matMul(a!, b!, true, true),
    [
      [2, 4, 3],
      [2, 5, 4],
    ],
  ],
  [
    tf.BatchMatMul,
    (a, b) => tf.matMul(a!, b!),
    [
      [2, 3, 4],
      [1, 4, 5],
    ],
  ],
  [
    tf.Conv2D,
    (x, w) => tf.conv2d(four(x), four(w), 2, 1),
    [
      [2, 6, 6, 3],
      [4, 4, 3, 5],
    ],
  ],
  [
    tf.Conv2DBackpropInput,
    (y, w) => tf.conv2dTranspose(four(y), four(w), [2, 6, 6, 3], 2, 1),
    [
      [2, 3, 3, 5],
      [4, 4, 3, 5],
    ],
  ],
  [
    tf.Conv2DBackpropFilter,
    (x, w) => tf.grad((f) => tf.sum(tf.square(tf.conv2d(four(x), f as tf.Tensor4D, 1, 1))))(w!),
    [
      [2, 6, 6, 3],
      [3, 3, 3, 5],
    ],
  ],
  [
    'GantryConv',
    (x, w) => conv2d(x!, w!, { pad: 1 }),
    [
      [2, 3, 8, 8],
      [5, 3, 3, 3],
    ],
  ],
  [
    'GantryConv',
    (x, w) => conv2d(x!, w!),
    [
      [2, 16, 8, 8],
      [8, 16, 1, 1],
    ],
  ],
  [
    'GantryConv',
    (x, w) => conv2d(x!, w!, { stride: 2, pad: 1 }),
    [
      [2, 3, 8, 8],
      [5, 3, 4, 4],
    ],
  ],
  [
    'GantryConv',
    (x, w) => conv2d(x!, w!, { groups: 2, pad: 1 }),
    [
      [2, 4, 8, 8],
      [6, 2, 3, 3],
    ],
  ],
  [
    'GantryConv',
    (x, w) => conv2d(x!, w!, { groups: 4, pad: 1 }),
    [
      [2, 4, 8, 8],
      [4, 1, 3, 3],
    ],
  ],
  [
    'GantryConv',
    (x, w) => conv2d(x!, w!, { dilation: 2, pad: 2 }),
    [
      [2, 3, 8, 8],
      [4, 3, 3, 3],
    ],
  ],
  [
    'GantryConvInputGrad',
    (y, w) => convTranspose2d(y!, w!, { pad: 1 }),
    [
      [2, 5, 8, 8],
      [5, 3, 3, 3],
    ],
  ],
  [
    'GantryConvInputGrad',
    (y, w) => convTranspose2d(y!, w!),
    [
      [2, 5, 1, 1],
      [5, 3, 4, 4],
    ],
  ],
  [
    'GantryConvInputGrad',
    (y, w) => convTranspose2d(y!, w!),
    [
      [2, 16, 8, 8],
      [16, 8, 1, 1],
    ],
  ],
  [
    'GantryConvInputGrad',
    (y, w) => convTranspose2d(y!, w!, { stride: 2, pad: 1 }),
    [
      [2, 5, 4, 6],
      [5, 3, 4, 4],
    ],
  ],
  [
    'GantryConvInputGrad',
    (y, w) => convTranspose2d(y!, w!, { stride: 2, pad: 1 }),
    [
      [3, 64, 4, 4],
      [64, 32, 4, 4],
    ],
  ],
  [
    'GantryConvInputGrad',
    (y, w) => convTranspose2d(y!, w!, { pad: 1, groups: 2 }),
    [
      [2, 6, 8, 8],
      [6, 2, 3, 3],
    ],
  ],
  [
    'GantryConvInputGrad',
    (y, w) => conv2dInputGrad(y!, w!, { stride: 2, outputSize: [8, 8] }),
    [
      [2, 5, 3, 3],
      [5, 3, 3, 3],
    ],
  ],
  [
    'GantryConvInputGrad',
    (y, w) => conv2dInputGrad(y!, w!, { dilation: 2, pad: 2 }),
    [
      [2, 5, 8, 8],
      [5, 3, 3, 3],
    ],
  ],
  [
    'GantryConvFilterGrad',
    (x, y) => conv2dFilterGrad(x!, y!, { pad: 1, kernelSize: [3, 3] }),
    [
      [2, 3, 8, 8],
      [2, 5, 8, 8],
    ],
  ],
  [
    'GantryConvFilterGrad',
    (x, y) => conv2dFilterGrad(x!, y!, { kernelSize: [1, 1] }),
    [
      [2, 3, 8, 8],
      [2, 5, 8, 8],
    ],
  ],
  [
    'GantryConvFilterGrad',
    (x, y) => conv2dFilterGrad(x!, y!, { stride: 2, pad: 1, kernelSize: [4, 4] }),
    [
      [2, 3, 8, 8],
      [2, 5, 4, 4],
    ],
  ],
  [
    'GantryConvFilterGrad',
    (x, y) => conv2dFilterGrad(x!, y!, { kernelSize: [4, 4] }),
    [
      [2, 3, 4, 4],
      [2, 5, 1, 1],
    ],
  ],
  [
    'GantryConvFilterGrad',
    (x, y) => conv2dFilterGrad(x!, y!, { stride: 2, kernelSize: [3, 3] }),
    [
      [2, 3, 8, 8],
      [2, 5, 3, 3],
    ],
  ],
  [
    'GantryConvFilterGrad',
    (x, y) => conv2dFilterGrad(x!, y!, { groups: 2, pad: 1, kernelSize: [3, 3] }),
    [
      [2, 4, 8, 8],
      [2, 6, 8, 8],
    ],
  ],
  [
    'GantryConvFilterGrad',
    (x, y) => conv2dFilterGrad(x!, y!, { groups: 4, kernelSize: [4, 4] }),
    [
      [2, 4, 4, 4],
      [2, 4, 1, 1],
    ],
  ],
  [
    'GantryConvFilterGrad',
    (x, y) => conv2dFilterGrad(x!, y!, { dilation: 2, pad: 2, kernelSize: [3, 3] }),
    [
      [2, 3, 8, 8],
      [2, 4, 8, 8],
    ],
  ],
  ['GantryLeakyRelu', (x) => [leakyRelu(x!), leakyRelu(x!, 0.1, 1.5)], [[3, 40]]],
  [
    'GantryLeakyReluMask',
    (x) => [tf.grad((t) => leakyRelu(t))(x!), tf.grad((t) => leakyRelu(t, 0.1, 1.5))(x!)],
    [[3, 40]],
  ],
  ['GantryUpsample2', (x) => upsample2Nearest(x!), [[2, 3, 4, 5]]],
  ['GantryAvgPool2', (x) => avgPool2(x!), [[2, 3, 4, 6]]],
  ['GantryUpsampleFir2', (x) => upsampleFir2(x!), [[2, 3, 4, 5]]],
  ['GantryUpsampleFir2', (x) => upsampleFir2(x!), [[1, 2, 66, 4]]],
  ['GantryDownsampleFir2', (x) => downsampleFir2(x!), [[2, 3, 4, 6]]],
];

describe('traced kernels against the eager tfjs cpu backend', () => {
  it.each(cases)('%s', async (_name, fn, shapes, transform) => {
    const options = transform ? { transform } : {};
    expect(await tracedAgainstEager(fn, shapes, options)).toBeLessThan(1e-5);
  });

  it('covers the whole table', () => {
    const covered = new Set(cases.map(([name]) => name));
    expect(kernelTable.map((k) => k.name).filter((name) => !covered.has(name))).toEqual([]);
  });

  it('names the operation that it lacks', async () => {
    const runner = await createRunner(
      functionSpec((x) => tf.cumsum(x!), [[4]]),
      { device: 'cpu' },
    );
    await expect(runner.run('main', { x0: new Float32Array(4) })).rejects.toMatchObject({
      code: 'OP_UNSUPPORTED',
      message: expect.stringContaining('Cumsum'),
    });
  });

  it('refuses to read values while tracing', async () => {
    const runner = await createRunner(
      functionSpec((x) => tf.scalar(x!.dataSync()[0]!), [[4]]),
      { device: 'cpu' },
    );
    await expect(runner.run('main', { x0: new Float32Array(4) })).rejects.toMatchObject({
      code: 'OP_UNSUPPORTED',
    });
  });
});
