import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/gradients/register.ts';
import {
  avgPool2,
  conv2d,
  conv2dFilterGrad,
  conv2dInputGrad,
  convTranspose2d,
  downsampleFir2,
  leakyRelu,
  upsample2Nearest,
  upsampleFir2,
} from '../../../src/engine/index.ts';
import { derivativeErrors, type Op } from './finite-differences.ts';

beforeAll(async () => {
  registerGradients();
  await tf.setBackend('cpu');
});

/** Keeps x away from the kinks that finite differences cannot cross. */
const awayFromZero = (x: number) => x + Math.sign(x) * 0.2;
const positive = (x: number) => 0.7 + Math.abs(x);

type Case = [string, Op, number[][], ((x: number) => number)?];

const own: Case[] = [
  [
    'conv2d 3x3',
    (x, w) => conv2d(x!, w!, { pad: 1 }),
    [
      [2, 3, 5, 5],
      [4, 3, 3, 3],
    ],
  ],
  [
    'conv2d 4x4 stride 2',
    (x, w) => conv2d(x!, w!, { stride: 2, pad: 1 }),
    [
      [2, 2, 6, 6],
      [3, 2, 4, 4],
    ],
  ],
  [
    'conv2d grouped',
    (x, w) => conv2d(x!, w!, { pad: 1, groups: 2 }),
    [
      [2, 4, 4, 4],
      [6, 2, 3, 3],
    ],
  ],
  [
    'conv2d dilated',
    (x, w) => conv2d(x!, w!, { pad: 2, dilation: 2 }),
    [
      [1, 2, 6, 6],
      [3, 2, 3, 3],
    ],
  ],
  [
    'conv2d stride 2, odd rest',
    (x, w) => conv2d(x!, w!, { stride: 2 }),
    [
      [1, 2, 6, 6],
      [2, 2, 3, 3],
    ],
  ],
  [
    'convTranspose2d',
    (y, w) => convTranspose2d(y!, w!, { stride: 2, pad: 1 }),
    [
      [2, 3, 3, 3],
      [3, 2, 4, 4],
    ],
  ],
  [
    'conv2dInputGrad outputSize',
    (y, w) => conv2dInputGrad(y!, w!, { stride: 2, outputSize: [6, 6] }),
    [
      [2, 3, 2, 2],
      [3, 2, 3, 3],
    ],
  ],
  [
    'conv2dFilterGrad',
    (x, dy) => conv2dFilterGrad(x!, dy!, { stride: 2, pad: 1, kernelSize: [4, 4] }),
    [
      [2, 2, 6, 6],
      [2, 3, 3, 3],
    ],
  ],
  ['leakyRelu', (x) => tf.mul(leakyRelu(x!, 0.2, 1.4), x!), [[2, 3, 4, 4]], awayFromZero],
  ['upsample2Nearest', (x) => tf.square(upsample2Nearest(x!)), [[2, 3, 3, 4]]],
  ['avgPool2', (x) => tf.square(avgPool2(x!)), [[2, 3, 4, 6]]],
  ['upsampleFir2', (x) => tf.square(upsampleFir2(x!)), [[2, 3, 3, 4]]],
  ['downsampleFir2', (x) => tf.square(downsampleFir2(x!)), [[2, 3, 4, 6]]],
];

const kernels: Case[] = [
  ['exp', (x) => tf.exp(x!), [[7]]],
  ['log', (x) => tf.log(x!), [[7]], positive],
  ['log1p', (x) => tf.log1p(x!), [[7]], positive],
  ['sqrt', (x) => tf.sqrt(x!), [[7]], positive],
  ['rsqrt', (x) => tf.rsqrt(x!), [[7]], positive],
  ['reciprocal', (x) => tf.reciprocal(x!), [[7]], positive],
  ['square', (x) => tf.square(x!), [[7]]],
  ['tanh', (x) => tf.tanh(x!), [[7]]],
  ['sigmoid', (x) => tf.sigmoid(x!), [[7]]],
  ['softplus', (x) => tf.softplus(x!), [[7]]],
  ['softmax', (x) => tf.softmax(x!), [[2, 5]]],
  ['relu', (x) => tf.square(tf.relu(x!)), [[9]], awayFromZero],
  ['abs', (x) => tf.mul(tf.abs(x!), x!), [[9]], awayFromZero],
  ['sin cos', (x) => tf.mul(tf.sin(x!), tf.cos(x!)), [[9]]],
  ['erf', (x) => tf.erf(x!), [[9]]],
  ['clip', (x) => tf.square(tf.clipByValue(x!, -5, 5)), [[9]]],
  ['where', (x) => tf.where(tf.greater(x!, 0), tf.square(x!), tf.exp(x!)), [[9]], awayFromZero],
  [
    'add broadcast',
    (a, b) => tf.square(tf.add(a!, b!)),
    [
      [3, 4],
      [1, 4],
    ],
  ],
  [
    'sub broadcast',
    (a, b) => tf.square(tf.sub(a!, b!)),
    [
      [3, 4],
      [3, 1],
    ],
  ],
  ['mul broadcast', (a, b) => tf.mul(a!, tf.square(b!)), [[2, 3, 4], [4]]],
  [
    'div broadcast',
    (a, b) => tf.div(a!, b!),
    [
      [3, 4],
      [3, 1],
    ],
    positive,
  ],
  ['pow', (a, b) => tf.pow(a!, b!), [[5], [5]], positive],
  [
    'maximum',
    (a, b) => tf.square(tf.maximum(a!, b!)),
    [
      [4, 5],
      [4, 5],
    ],
  ],
  [
    'minimum',
    (a, b) => tf.square(tf.minimum(a!, b!)),
    [
      [4, 5],
      [4, 5],
    ],
  ],
  ['squaredDifference', (a, b) => tf.squaredDifference(a!, b!), [[4, 5], [5]]],
  ['addN', (a, b) => tf.square(tf.addN([a!, b!, a!])), [[4], [4]]],
  ['sum', (x) => tf.square(tf.sum(x!, [0, 2])), [[2, 3, 4]]],
  ['mean', (x) => tf.square(tf.mean(x!, [1], true)), [[2, 3, 4]]],
  ['max', (x) => tf.square(tf.max(x!, 1)), [[3, 5]]],
  ['reshape transpose', (x) => tf.square(tf.transpose(tf.reshape(x!, [2, 6, 2]), [2, 0, 1])), [[4, 6]]],
  ['expandDims', (x) => tf.square(tf.expandDims(x!, 1)), [[4, 6]]],
  [
    'concat split',
    (a, b) => tf.mul(...(tf.split(tf.concat([a!, b!], 1), 2, 1) as [tf.Tensor, tf.Tensor])),
    [
      [2, 2],
      [2, 4],
    ],
  ],
  [
    'stack unstack',
    (a, b) => tf.mul(...(tf.unstack(tf.stack([a!, b!], 1), 0) as [tf.Tensor, tf.Tensor])),
    [
      [2, 3],
      [2, 3],
    ],
  ],
  [
    'slice pad',
    (x) =>
      tf.square(
        tf.pad(tf.slice(x!, [0, 1], [2, 3]), [
          [1, 0],
          [0, 2],
        ]),
      ),
    [[3, 5]],
  ],
  ['tile', (x) => tf.square(tf.tile(x!, [2, 1, 3])), [[2, 3, 2]]],
  ['reverse', (x) => tf.mul(tf.reverse(x!, [1]), x!), [[2, 3]]],
  [
    'matMul',
    (a, b) => tf.square(tf.matMul(a!, b!)),
    [
      [3, 4],
      [4, 2],
    ],
  ],
  [
    'matMul transposed',
    (a, b) => tf.square(tf.matMul(a!, b!, true, true)),
    [
      [4, 3],
      [2, 4],
    ],
  ],
  [
    'matMul batched',
    (a, b) => tf.square(tf.matMul(a!, b!, false, true)),
    [
      [2, 3, 4],
      [2, 2, 4],
    ],
  ],
  [
    'NHWC conv2d',
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 1),
    [
      [1, 4, 4, 2],
      [3, 3, 2, 3],
    ],
  ],
];

describe('derivatives against finite differences, first and second order', () => {
  it.each([...own, ...kernels])('%s', (_name, op, shapes, transform) => {
    const { first, second } = derivativeErrors(op, shapes, transform ? { transform } : {});
    expect(first).toBeLessThan(1e-3);
    expect(second).toBeLessThan(1e-3);
  });
});

describe('values of the own ops', () => {
  it('keeps a constant image constant inside when resampled with the FIR filter', async () => {
    const ones = tf.ones([1, 1, 8, 8]);
    const up = await tf.slice(upsampleFir2(ones), [0, 0, 2, 2], [1, 1, 12, 12]).data();
    const down = await tf.slice(downsampleFir2(ones), [0, 0, 1, 1], [1, 1, 2, 2]).data();
    for (const v of [...up, ...down]) expect(v).toBeCloseTo(1, 6);
  });

  it('has the FIR filter [1, 3, 3, 1] / 8', async () => {
    const x = tf.pad(tf.ones([1, 1, 1, 1]), [
      [0, 0],
      [0, 0],
      [1, 1],
      [1, 1],
    ]);
    const row = await tf.slice(upsampleFir2(x), [0, 0, 2, 0], [1, 1, 1, 6]).data();
    const expected = [0, 1, 3, 3, 1, 0].map((v) => (v * 3) / 16);
    for (const [i, v] of [...row].entries()) expect(v).toBeCloseTo(expected[i]!, 6);
  });

  it('scales leakyRelu by its gain', async () => {
    const y = await leakyRelu(tf.tensor1d([-2, 3]), 0.1, 2).data();
    expect([...y].map((v) => Math.round(v * 1e5) / 1e5)).toEqual([-0.4, 6]);
  });

  it('says which convolution does not fit', () => {
    expect(() => conv2d(tf.zeros([1, 3, 4, 4]), tf.zeros([2, 2, 3, 3]))).toThrow(/does not fit/);
  });
});
