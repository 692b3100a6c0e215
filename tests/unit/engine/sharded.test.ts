import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  type Arrays,
  createEagerRunner,
  createRunner,
  type RunnerSpec,
  shardedProgram,
} from '../../../src/engine/index.ts';
import { relativeError } from './helpers.ts';

/** Two stages over six rows in three shards: each changes its own weight, the second reads the first's new one. */
function spec(shards: number): RunnerSpec {
  const gradient = (f: (w: tf.Tensor) => tf.Tensor, w: tf.Tensor) => tf.grad(f)(w);
  return {
    state: { a: [4, 3], b: [3] },
    programs: {
      step: shardedProgram({
        batch: 6,
        shards,
        inputs: { x: [6, 4], rate: [] },
        commitIf: 'ok',
        stages: [
          {
            partial: (state, { x }) => ({
              gradient: gradient(
                (a) => tf.mean(tf.square(tf.tanh(tf.matMul(x!, a as tf.Tensor2D)))),
                state.a!,
              ),
              size: tf.mean(tf.abs(x!)),
            }),
            combine: (state, means, { rate }) => ({
              state: { a: tf.sub(state.a!, tf.mul(means.gradient!, rate!)) },
              outputs: { okA: tf.cast(tf.less(tf.abs(means.size!), 1e30), 'float32'), size: means.size! },
            }),
          },
          {
            partial: (state, { x }) => ({
              gradient: gradient(
                (b) => tf.mean(tf.square(tf.add(tf.matMul(x!, state.a as tf.Tensor2D), b))),
                state.b!,
              ),
            }),
            combine: (state, means, { rate }, earlier) => ({
              state: { b: tf.sub(state.b!, tf.mul(means.gradient!, rate!)) },
              outputs: { ok: earlier.okA!, sum: tf.sum(means.gradient!) },
            }),
          },
        ],
      }),
    },
  };
}

const state = { a: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)), b: Float32Array.of(0.5, -1, 2) };
const x = Float32Array.from({ length: 24 }, (_, i) => Math.cos(3 * i));
const inputs: Arrays = { x, rate: Float32Array.of(0.3) };

describe('a program in shards', () => {
  it('gives what the eager oracle gives for the whole batch', async () => {
    // Equal shards and losses that are means: the mean of the shards' gradients is the batch's gradient.
    const eager = await createEagerRunner(spec(1));
    const cut = await createRunner(spec(3), { device: 'cpu', threads: 2 });
    for (const runner of [eager, cut]) runner.setState(state);
    for (let i = 0; i < 3; i++) {
      const [expected, actual] = [await eager.run('step', inputs), await cut.run('step', inputs)];
      for (const key of ['ok', 'okA', 'size', 'sum']) {
        expect(relativeError(actual[key]!, expected[key]!), key).toBeLessThan(1e-5);
      }
    }
    const [expected, actual] = [await eager.getState(), await cut.getState()];
    for (const key of ['a', 'b']) expect(relativeError(actual[key]!, expected[key]!)).toBeLessThan(1e-5);
    await Promise.all([eager.dispose(), cut.dispose()]);
  });

  it('depends on the number of shards, not on the number of threads', async () => {
    const results: Arrays[] = [];
    for (const threads of [1, 2, 3]) {
      const runner = await createRunner(spec(3), { device: 'cpu', threads });
      runner.setState(state);
      for (let i = 0; i < 3; i++) await runner.run('step', inputs);
      results.push(await runner.getState());
      await runner.dispose();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('keeps the whole old state when the last stage does not commit', async () => {
    const runner = await createRunner(spec(2), { device: 'cpu', threads: 2 });
    runner.setState(state);
    await runner.run('step', { ...inputs, x: x.map((v, i) => (i === 5 ? Number.NaN : v)) });
    expect(await runner.getState()).toEqual(state);
    await runner.run('step', inputs);
    expect((await runner.getState()).a).not.toEqual(state.a);
    await runner.dispose();
  });

  it('refuses shards that are not equal, and two stages with one state', async () => {
    expect(() => spec(4)).toThrow(/equal shards/);
    const stage = {
      partial: () => ({ one: tf.scalar(1) }),
      combine: (s: Record<string, tf.Tensor>) => ({ state: { a: tf.mul(s.a!, 2) } }),
    };
    const program = shardedProgram({ batch: 2, shards: 2, inputs: { x: [2] }, stages: [stage, stage] });
    const runner = await createRunner(
      { state: { a: [1] }, programs: { step: program } },
      { device: 'cpu', threads: 1 },
    );
    await expect(runner.run('step', { x: new Float32Array(2) })).rejects.toMatchObject({
      code: 'BAD_CONFIG',
    });
    await runner.dispose();
  });
});
