import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createEagerRunner, createRunner, type RunnerSpec, traceProgram } from '../../../src/engine/index.ts';
import { StateBuffers } from '../../../src/engine/runner/state.ts';
import { relativeError } from './helpers.ts';
import { smallGan, smallGanValues } from './small-gan.ts';

describe('a whole GAN step', () => {
  it('gives the eager oracle its state and losses, traced, over three steps', async () => {
    const { state, inputs } = smallGanValues(1);
    const eager = await createEagerRunner(smallGan);
    const traced = await createRunner(smallGan, { device: 'cpu' });
    for (const runner of [eager, traced]) runner.setState(state);
    for (let step = 0; step < 3; step++) {
      const expected = await eager.run('step', inputs);
      const actual = await traced.run('step', inputs);
      for (const key of Object.keys(expected)) {
        expect(relativeError(actual[key]!, expected[key]!), key).toBeLessThan(1e-4);
      }
    }
    const [expected, actual] = [await eager.getState(), await traced.getState()];
    for (const key of Object.keys(expected)) {
      expect(relativeError(actual[key]!, expected[key]!), key).toBeLessThan(1e-4);
    }
    const [a, b] = [
      await eager.run('sample', { z: inputs.z! }),
      await traced.run('sample', { z: inputs.z! }),
    ];
    expect(relativeError(b.images!, a.images!)).toBeLessThan(1e-4);
    await Promise.all([eager.dispose(), traced.dispose()]);
  });

  it('is bit-identical in two runners of equal threads', async () => {
    const { state, inputs } = smallGanValues(2);
    const results = [];
    for (let i = 0; i < 2; i++) {
      const runner = await createRunner(smallGan, { device: 'cpu', threads: 2 });
      runner.setState(state);
      for (let step = 0; step < 5; step++) await runner.run('step', inputs);
      results.push(await runner.getState());
      await runner.dispose();
    }
    for (const key of Object.keys(results[0]!)) {
      expect(Buffer.from(results[0]![key]!.buffer).equals(Buffer.from(results[1]![key]!.buffer)), key).toBe(
        true,
      );
    }
  });

  it('goes on exactly from a state that was read and set again', async () => {
    const { state, inputs } = smallGanValues(3);
    const first = await createRunner(smallGan, { device: 'cpu', threads: 1 });
    first.setState(state);
    await first.run('step', inputs);
    const second = await createRunner(smallGan, { device: 'cpu', threads: 1 });
    second.setState(await first.getState());
    expect(await second.run('step', inputs)).toEqual(await first.run('step', inputs));
    await Promise.all([first.dispose(), second.dispose()]);
  });

  it('makes a model without large constants', () => {
    const { model, nodeCount } = traceProgram(smallGan.programs.step!, smallGan.state);
    expect(nodeCount).toBeLessThan(1500);
    expect(model.length).toBeLessThan(200_000);
  });
});

const counter: RunnerSpec = {
  state: { a: [2], b: [2] },
  programs: {
    add: {
      inputs: { x: [2] },
      fn: (s, { x }) => ({ state: { a: tf.add(s.a!, x!) }, outputs: { a: s.a!, twice: tf.mul(x!, 2) } }),
    },
    swap: { inputs: {}, fn: (s) => ({ state: { a: s.b!, b: s.a! }, outputs: {} }) },
    keep: {
      inputs: { x: [2] },
      fn: (s, { x }) => ({ state: { a: tf.add(s.a!, x!) }, outputs: { ok: tf.min(x!) } }),
      commitIf: 'ok',
    },
    wrong: { inputs: {}, fn: () => ({ state: { a: tf.zeros([3]) }, outputs: {} }) },
  },
};
const runners = {
  traced: () => createRunner(counter, { device: 'cpu', threads: 1 }),
  eager: () => createEagerRunner(counter),
};

describe.each(Object.keys(runners) as (keyof typeof runners)[])('the %s runner', (kind) => {
  const x = Float32Array.of(1, 10);

  it('keeps state between programs and starts at zero', async () => {
    const runner = await runners[kind]();
    runner.setState({ b: Float32Array.of(5, 6) });
    expect(await runner.run('add', { x })).toEqual({ a: new Float32Array(2), twice: Float32Array.of(2, 20) });
    await runner.run('add', { x });
    await runner.run('swap', {});
    expect(await runner.getState()).toEqual({ a: Float32Array.of(5, 6), b: Float32Array.of(2, 20) });
    expect(await runner.getState(['b'])).toEqual({ b: Float32Array.of(2, 20) });
    await runner.dispose();
  });

  it('leaves the state as it was unless the step says to keep it', async () => {
    const runner = await runners[kind]();
    await runner.run('keep', { x });
    await runner.run('keep', { x: Float32Array.of(-1, 3) });
    await runner.run('keep', { x: Float32Array.of(Number.NaN, 3) });
    expect(await runner.getState(['a'])).toEqual({ a: x });
    await runner.dispose();
  });

  it('refuses wrong names and sizes with a code', async () => {
    const runner = await runners[kind]();
    const bad = { code: 'BAD_CONFIG' };
    await expect(runner.run('nothing', {})).rejects.toMatchObject(bad);
    await expect(runner.run('add', {})).rejects.toMatchObject(bad);
    await expect(runner.run('add', { x: new Float32Array(3) })).rejects.toMatchObject(bad);
    expect(() => runner.setState({ c: x })).toThrow(expect.objectContaining(bad));
    await expect(runner.getState(['c'])).rejects.toMatchObject(bad);
    await runner.dispose();
  });
});

describe('the traced runner', () => {
  it('runs one after the other when called without waiting', async () => {
    const runner = await runners.traced();
    const x = Float32Array.of(1, 1);
    const results = await Promise.all([1, 2, 3].map(() => runner.run('add', { x })));
    expect(results.map((r) => r.a![0])).toEqual([0, 1, 2]);
    await runner.dispose();
  });

  it('refuses a program that changes the shape of its state', async () => {
    const runner = await runners.traced();
    await expect(runner.run('wrong', {})).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });

  it('refuses tensors from outside the program', async () => {
    await tf.setBackend('cpu');
    const outside = tf.ones([2]);
    const program = { inputs: {}, fn: () => ({ outputs: { y: tf.add(outside, 1) } }) };
    expect(() => traceProgram(program, {})).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    expect(tf.getBackend()).toBe('cpu');
  });

  it('keeps to its state buffers: two a changed value, one for the rest', () => {
    const buffers = new StateBuffers({ a: [3], b: [2] });
    const [first, other] = [buffers.data('a').buffer, buffers.spare('a').data];
    buffers.flip('a');
    buffers.flip('a');
    expect(buffers.data('a').buffer).toBe(first);
    expect(buffers.spare('a').data).toBe(other);
  });

  it('takes no fresh memory from step to step', async () => {
    const { state, inputs } = smallGanValues(4);
    const runner = await createRunner(smallGan, { device: 'cpu', threads: 1 });
    runner.setState(state);
    for (let i = 0; i < 20; i++) await runner.run('step', inputs);
    const before = process.memoryUsage();
    for (let i = 0; i < 200; i++) await runner.run('step', inputs);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2e6);
    expect(after.rss - before.rss).toBeLessThan(50e6);
    await runner.dispose();
  });
});
