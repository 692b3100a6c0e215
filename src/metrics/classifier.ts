import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../base/random.ts';
import { conv2d, createRunner, leakyRelu, type Program, type Runner } from '../engine/index.ts';
import { type Images, imageAt } from './arrays.ts';
import { gridMeans } from './features/pixel-gradient.ts';

/** Slices are shown at this side: what a class is like is seen there, and training takes seconds. */
const side = 32;
const batch = 32;
const widths = [16, 32, 64] as const;
const rate = 2e-3;
const [beta1, beta2, epsilon] = [0.9, 0.99, 1e-7];

export interface ClassifierOptions {
  readonly classes: number;
  readonly seed: number;
  /** Steps of 32 slices. */
  readonly steps?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Classifier {
  /** The likeliest class of every slice. */
  classify(images: Images): Promise<Int32Array>;
  dispose(): Promise<void>;
}

/** Some slices as the classifier sees them, so that sets of large slices need not be copied whole. */
export function classifierView(images: Images, indices: readonly number[]): Images {
  const values = new Float32Array(indices.length * side * side);
  indices.forEach((index, i) => {
    gridMeans(
      imageAt(images, index),
      images.size,
      side,
      values.subarray(i * side * side, (i + 1) * side * side),
    );
  });
  return { count: indices.length, size: side, values };
}

function small(images: Images): Float32Array {
  if (images.size === side) return images.values;
  const out = new Float32Array(images.count * side * side);
  for (let i = 0; i < images.count; i++) {
    gridMeans(imageAt(images, i), images.size, side, out.subarray(i * side * side, (i + 1) * side * side));
  }
  return out;
}

type Shapes = Readonly<Record<string, readonly number[]>>;

function shapesOf(classes: number): Shapes {
  const last = widths.at(-1)!;
  return {
    w0: [widths[0], 1, 3, 3],
    w1: [widths[1], widths[0], 3, 3],
    w2: [widths[2], widths[1], 3, 3],
    dense: [last * 16, classes],
    bias: [1, classes],
  };
}

/** Logits [n, classes] of slices [n, 1, 32, 32]: three strided convolutions, then one dense layer over 4 x 4 places. */
function logits(p: Record<string, tf.Tensor>, x: tf.Tensor): tf.Tensor {
  let y = x;
  for (const name of ['w0', 'w1', 'w2']) y = leakyRelu(conv2d(y, p[name]!, { stride: 2, pad: 1 }));
  const flat = tf.reshape(y, [x.shape[0]!, -1]) as tf.Tensor2D;
  return tf.add(tf.matMul(flat, p.dense as tf.Tensor2D), p.bias!);
}

function stepProgram(shapes: Shapes, classes: number): Program {
  const names = Object.keys(shapes);
  return {
    inputs: { x: [batch, 1, side, side], y: [batch, classes], rate: [], epsilon: [] },
    fn: (state, inputs) => {
      const of = tf.valueAndGrads((...values: tf.Tensor[]) => {
        const z = logits(Object.fromEntries(names.map((name, i) => [name, values[i]!])), inputs.x!);
        // One against the rest: binary cross-entropy of every class, softplus(z) - y z.
        return tf.mean(tf.sub(tf.softplus(z), tf.mul(inputs.y!, z))) as tf.Scalar;
      });
      const { value, grads } = of(names.map((name) => state[name]!));
      const next: Record<string, tf.Tensor> = {};
      names.forEach((name, i) => {
        const m = tf.add(tf.mul(state[`m/${name}`]!, beta1), tf.mul(grads[i]!, 1 - beta1));
        const v = tf.add(tf.mul(state[`v/${name}`]!, beta2), tf.mul(tf.square(grads[i]!), 1 - beta2));
        const move = tf.div(m, tf.add(tf.sqrt(v), inputs.epsilon!));
        next[name] = tf.sub(state[name]!, tf.mul(move, inputs.rate!));
        next[`m/${name}`] = m;
        next[`v/${name}`] = v;
      });
      return { state: next, outputs: { loss: value } };
    },
  };
}

function start(shapes: Shapes, seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const inputs = name === 'dense' ? shape[0]! : size / shape[0]!;
      const deviation = name === 'bias' ? 0 : Math.sqrt((name === 'dense' ? 1 : 2) / inputs);
      const random = new Random(seed, `classifier/${name}`);
      return [name, Float32Array.from({ length: size }, () => deviation * random.normal())];
    }),
  );
}

/**
 * Trains a small convolution network on labelled slices through the engine (Adam, 32 slices a step, classes drawn
 * equally often so that a rare one counts as much as a common one, shifts of up to two pixels).
 * @param classOf class of every slice, 0 .. classes - 1; a class without slices is never shown
 */
export async function trainClassifier(
  images: Images,
  classOf: ArrayLike<number>,
  options: ClassifierOptions,
): Promise<Classifier> {
  const { classes, seed, signal, steps = 300 } = options;
  const shapes = shapesOf(classes);
  const all = Object.entries(shapes);
  const runner = await createRunner(
    {
      state: Object.fromEntries(all.flatMap(([n, s]) => [n, `m/${n}`, `v/${n}`].map((name) => [name, s]))),
      programs: {
        step: stepProgram(shapes, classes),
        classify: {
          inputs: { x: [batch, 1, side, side] },
          fn: (state, inputs) => ({ outputs: { z: logits(state, inputs.x!) } }),
        },
      },
    },
    { device: 'cpu', threads: 1 },
  );
  try {
    runner.setState(start(shapes, seed));
    const pictures = small(images);
    const members = Array.from({ length: classes }, (_, label) => ({
      label,
      own: Array.from({ length: images.count }, (_, i) => i).filter((i) => classOf[i] === label),
    })).filter(({ own }) => own.length > 0);
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const random = new Random(seed, 'classifier-batch', step);
      const x = new Float32Array(batch * side * side);
      const y = new Float32Array(batch * classes);
      for (let b = 0; b < batch; b++) {
        const { label, own } = members[(step * batch + b) % members.length]!;
        y[b * classes + label] = 1;
        shifted(pictures, own[random.int(own.length)]!, random, x.subarray(b * side * side));
      }
      const t = step + 1;
      const correction = Math.sqrt(1 - beta2 ** t);
      const decay = 0.5 * (1 + Math.cos((Math.PI * step) / steps));
      await runner.run('step', {
        x,
        y,
        rate: Float32Array.of((rate * decay * correction) / (1 - beta1 ** t)),
        epsilon: Float32Array.of(epsilon * correction),
      });
      if (step % 16 === 15) await new Promise(setImmediate);
    }
    return {
      classify: (some) => classify(runner, small(some), some.count, classes),
      dispose: () => runner.dispose(),
    };
  } catch (error) {
    await runner.dispose();
    throw error;
  }
}

/** Copies a picture moved by up to two pixels each way, the edge repeated. */
function shifted(pictures: Float32Array, index: number, random: Random, out: Float32Array): void {
  const [dx, dy] = [random.int(5) - 2, random.int(5) - 2];
  const inside = (i: number) => Math.min(side - 1, Math.max(0, i));
  const from = index * side * side;
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) {
      out[r * side + c] = pictures[from + inside(r + dy) * side + inside(c + dx)]!;
    }
  }
}

async function classify(
  runner: Runner,
  pictures: Float32Array,
  count: number,
  classes: number,
): Promise<Int32Array> {
  const out = new Int32Array(count);
  for (let first = 0; first < count; first += batch) {
    const x = new Float32Array(batch * side * side);
    x.set(pictures.subarray(first * side * side, (first + batch) * side * side));
    const z = (await runner.run('classify', { x })).z!;
    for (let i = first; i < Math.min(count, first + batch); i++) {
      const row = z.subarray((i - first) * classes, (i - first + 1) * classes);
      out[i] = row.indexOf(Math.max(...row));
    }
  }
  return out;
}
