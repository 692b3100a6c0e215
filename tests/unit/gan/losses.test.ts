import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createEagerRunner } from '../../../src/engine/index.ts';
import { interpolatedPenalty, type LossKind, losses } from '../../../src/gan/losses.ts';

/** Runs a scalar function of two vectors by the eager engine. */
async function scalarOf(f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, a: number[], b: number[]) {
  const runner = await createEagerRunner({
    state: {},
    programs: {
      it: {
        inputs: { a: [a.length], b: [b.length] },
        fn: (_, inputs) => ({ outputs: { y: tf.reshape(f(inputs.a!, inputs.b!), []) } }),
      },
    },
  });
  const { y } = await runner.run('it', { a: Float32Array.from(a), b: Float32Array.from(b) });
  await runner.dispose();
  return y![0]!;
}

const mean = (x: number[]) => x.reduce((s, v) => s + v, 0) / x.length;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const [real, fake] = [
  [0.5, 2, -0.3],
  [-1, 0.2, 0.7],
];

/** The papers' equations, written down once more with sigmoid and log. */
const equations: Record<LossKind, { d: number; g: number }> = {
  'non-saturating': {
    d: mean(real.map((r) => -Math.log(sigmoid(r)))) + mean(fake.map((f) => -Math.log(1 - sigmoid(f)))),
    g: mean(fake.map((f) => -Math.log(sigmoid(f)))),
  },
  hinge: {
    d: mean(real.map((r) => Math.max(0, 1 - r))) + mean(fake.map((f) => Math.max(0, 1 + f))),
    g: -mean(fake),
  },
  relativistic: {
    d: mean(real.map((r, i) => -Math.log(sigmoid(r - fake[i]!)))),
    g: mean(real.map((r, i) => -Math.log(sigmoid(fake[i]! - r)))),
  },
  wasserstein: {
    d: mean(fake) - mean(real) + 0.001 * mean(real.map((r) => r * r)),
    g: -mean(fake),
  },
};

describe('losses', () => {
  it.each(Object.entries(equations))('%s: both players by the equations', async (kind, { d, g }) => {
    const loss = losses[kind as LossKind];
    expect(await scalarOf((r, f) => loss.discriminator(r, f), real, fake)).toBeCloseTo(d, 5);
    expect(await scalarOf((r, f) => loss.generator(f, r), real, fake)).toBeCloseTo(g, 5);
  });

  it("WGAN-GP's penalty of D(x) = sum x²: (2 |x| - 1)² at the points between", async () => {
    const square = (x: tf.Tensor) => tf.sum(tf.square(x), [1, 2, 3]);
    const penalty = (a: tf.Tensor, b: tf.Tensor) =>
      interpolatedPenalty(
        square,
        tf.reshape(a, [2, 1, 1, 2]),
        tf.reshape(b, [2, 1, 1, 2]),
        tf.tensor([0.25, 0.5], [2, 1, 1, 1]),
      );
    const [x, y] = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ];
    // Points (2, 3) and (5, 6).
    const expected = mean([Math.hypot(2, 3), Math.hypot(5, 6)].map((norm) => (2 * norm - 1) ** 2));
    expect(await scalarOf(penalty, x, y)).toBeCloseTo(expected, 2);
  });
});
