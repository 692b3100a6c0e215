import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../../../src/base/random.ts';
import {
  type Arrays,
  conv2d,
  convTranspose2d,
  downsampleFir2,
  leakyRelu,
  type RunnerSpec,
  type Tensors,
  upsampleFir2,
} from '../../../src/engine/index.ts';
import { randomArray } from './finite-differences.ts';

/** A whole GAN step in miniature (16 px): both networks, R1 and R2 penalties, Adam, moving average, a sampler. */
const generatorShapes = {
  dense: [4, 128],
  up: [8, 6, 4, 4],
  grouped: [6, 3, 3, 3],
  bias: [1, 6, 1, 1],
  image: [1, 6, 1, 1],
};
const discriminatorShapes = {
  first: [4, 1, 3, 3],
  strided: [8, 4, 4, 4],
  bias: [1, 8, 1, 1],
  last: [1, 8, 4, 4],
};
export const BATCH = 2;

const names = (shapes: object, prefix: string) => Object.keys(shapes).map((name) => `${prefix}${name}`);
const allNames = [...names(generatorShapes, 'g/'), ...names(discriminatorShapes, 'd/')];

function generate(p: Tensors, z: tf.Tensor): tf.Tensor {
  let x: tf.Tensor = leakyRelu(
    tf.reshape(tf.matMul(z as tf.Tensor2D, p['g/dense'] as tf.Tensor2D), [-1, 8, 4, 4]),
    0.2,
    1.4,
  );
  x = leakyRelu(tf.add(convTranspose2d(x, p['g/up']!, { stride: 2, pad: 1 }), p['g/bias']!));
  x = tf.add(x, conv2d(x, p['g/grouped']!, { pad: 1, groups: 2 }));
  return tf.tanh(conv2d(upsampleFir2(x), p['g/image']!));
}

function judge(p: Tensors, x: tf.Tensor): tf.Tensor {
  let y = leakyRelu(conv2d(x, p['d/first']!, { pad: 1 }));
  y = leakyRelu(tf.add(conv2d(y, p['d/strided']!, { stride: 2, pad: 1 }), p['d/bias']!));
  return tf.reshape(conv2d(downsampleFir2(y), p['d/last']!), [-1]);
}

function penalty(p: Tensors, x: tf.Tensor): tf.Tensor {
  return tf.sum(tf.square(tf.grad((t: tf.Tensor) => tf.sum(judge(p, t)))(x)));
}

/** Adam on the parameters of one network; returns new parameters and moments by name. */
function adam(state: Tensors, keys: string[], loss: (p: Tensors) => tf.Tensor) {
  const { value, grads } = tf.valueAndGrads(
    (...values: tf.Tensor[]) =>
      loss({ ...state, ...Object.fromEntries(keys.map((key, i) => [key, values[i]!])) }) as tf.Scalar,
  )(keys.map((key) => state[key]!));
  const next: Tensors = {};
  keys.forEach((key, i) => {
    const m = tf.add(tf.mul(state[`m/${key}`]!, 0.5), tf.mul(grads[i]!, 0.5));
    const v = tf.add(tf.mul(state[`v/${key}`]!, 0.99), tf.mul(tf.square(grads[i]!), 0.01));
    next[`m/${key}`] = m;
    next[`v/${key}`] = v;
    next[key] = tf.sub(state[key]!, tf.mul(tf.div(m, tf.add(tf.sqrt(v), 1e-4)), 1e-3));
  });
  return { value, next };
}

const shapes = {
  ...Object.fromEntries(Object.entries(generatorShapes).map(([k, s]) => [`g/${k}`, s])),
  ...Object.fromEntries(Object.entries(discriminatorShapes).map(([k, s]) => [`d/${k}`, s])),
} as Record<string, number[]>;

export const smallGan: RunnerSpec = {
  state: {
    ...shapes,
    ...Object.fromEntries(
      allNames.flatMap((key) => [
        [`m/${key}`, shapes[key]!],
        [`v/${key}`, shapes[key]!],
      ]),
    ),
    ...Object.fromEntries(names(generatorShapes, 'g/').map((key) => [`ema/${key}`, shapes[key]!])),
  },
  programs: {
    step: {
      inputs: { real: [BATCH, 1, 16, 16], z: [BATCH, 4] },
      fn: (state, { real, z }) => {
        const fake = generate(state, z!);
        const d = adam(state, names(discriminatorShapes, 'd/'), (p) => {
          const adversarial = tf.mean(tf.softplus(tf.sub(judge(p, fake), judge(p, real!))));
          return tf.add(adversarial, tf.mul(tf.add(penalty(p, real!), penalty(p, fake)), 0.05));
        });
        const g = adam(state, names(generatorShapes, 'g/'), (p) =>
          tf.mean(
            tf.softplus(
              tf.sub(judge({ ...p, ...d.next }, real!), judge({ ...p, ...d.next }, generate(p, z!))),
            ),
          ),
        );
        const ema = Object.fromEntries(
          names(generatorShapes, 'g/').map((key) => [
            `ema/${key}`,
            tf.add(tf.mul(state[`ema/${key}`]!, 0.9), tf.mul(g.next[key]!, 0.1)),
          ]),
        );
        return { state: { ...d.next, ...g.next, ...ema }, outputs: { lossD: d.value, lossG: g.value } };
      },
    },
    sample: {
      inputs: { z: [BATCH, 4] },
      fn: (state, { z }) => ({ outputs: { images: generate(state, z!) } }),
    },
  },
};

/** Weights of about unit gain, moments that are not zero, and inputs. */
export function smallGanValues(seed: number): { state: Arrays; inputs: Arrays } {
  const random = new Random(seed, 'small-gan');
  const state: Arrays = {};
  for (const [key, shape] of Object.entries(smallGan.state)) {
    const scale = key.startsWith('v/') ? 0.01 : 0.3;
    state[key] = randomArray(random, shape).map((x) => (key.startsWith('v/') ? Math.abs(x) : x) * scale);
  }
  const inputs = { real: randomArray(random, [BATCH, 1, 16, 16]), z: randomArray(random, [BATCH, 4]) };
  return { state, inputs };
}
