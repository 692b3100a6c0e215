import { describe, expect, it } from 'vitest';
import { createRunner, type RunnerSpec } from '../../../src/engine/index.ts';
import { type BatchSource, createSampler, createTrainer, type Weights } from '../../../src/gan/index.ts';
import { blobSource, families, smallConfig } from './support.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 2 });

async function lossesOf(trainer: Awaited<ReturnType<typeof createTrainer>>, steps: number) {
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { lossD, lossG } = await trainer.step();
    losses.push(lossD, lossG);
  }
  return losses;
}

const bytes = (weights: Weights) =>
  Object.fromEntries(
    Object.entries(weights).map(([k, { data }]) => [k, Buffer.from(data.buffer).toString('base64')]),
  );

describe('trainer', () => {
  it('gives the same losses in two runs of one seed, and others for another seed', async () => {
    const run = async (seed: number) => {
      const trainer = await createTrainer(smallConfig('stylegan2', { seed }), blobSource(16), traced);
      const losses = await lossesOf(trainer, seed === 1 ? 50 : 3);
      await trainer.dispose();
      return losses;
    };
    const [a, b, c] = [await run(1), await run(1), await run(2)];
    expect(b).toEqual(a);
    expect(c).not.toEqual(a.slice(0, c.length));
    expect(a.every(Number.isFinite)).toBe(true);
  });

  it.each(families)('%s: goes on from a checkpoint bit for bit, wherever it was taken', async (family) => {
    const config = smallConfig(family);
    const whole = await createTrainer(config, blobSource(16), traced, { totalImages: 60 });
    await lossesOf(whole, 5);
    const checkpoint = await whole.checkpoint();
    const rest = await lossesOf(whole, 9);
    const end = await whole.checkpoint();

    const resumed = await createTrainer(config, blobSource(16), traced);
    // As from a file: through JSON and fresh arrays.
    await resumed.restore({
      tensors: structuredClone(checkpoint.tensors),
      state: JSON.parse(JSON.stringify(checkpoint.state)),
    });
    expect(resumed.images).toBe(20);
    expect(resumed.totalImages).toBe(60);
    expect(await lossesOf(resumed, 9)).toEqual(rest);
    const resumedEnd = await resumed.checkpoint();
    expect(bytes(resumedEnd.tensors)).toEqual(bytes(end.tensors));
    expect(resumedEnd.state).toEqual(end.state);
  });

  it('refuses a checkpoint of other networks, of another dataset, or without a state', async () => {
    const trainer = await createTrainer(smallConfig('dcgan'), blobSource(16), traced);
    const good = await trainer.checkpoint();
    const other = await (await createTrainer(smallConfig('stylegan2'), blobSource(16), traced)).checkpoint();
    const code = (c: string) => expect.objectContaining({ code: c });
    await expect(trainer.restore(other)).rejects.toThrow(code('BAD_CHECKPOINT'));
    await expect(trainer.restore({ ...good, state: { steps: -1 } })).rejects.toThrow(code('BAD_CHECKPOINT'));
    const fewer = await createTrainer(smallConfig('dcgan'), blobSource(16, 11), traced);
    await expect(fewer.restore(good)).rejects.toThrow(code('DATASET_CHANGED'));
  });

  it('drops a step that meets NaN and goes on', async () => {
    const source = blobSource(16, 400);
    let broken = 0;
    const faulty: BatchSource = {
      ...source,
      next(batch) {
        const next = source.next(batch);
        return broken-- > 0 ? { ...next, images: next.images.fill(Number.NaN) } : next;
      },
    };
    const events: string[] = [];
    const trainer = await createTrainer(smallConfig('stylegan2'), faulty, traced, {
      onEvent: ({ kind }) => events.push(kind),
    });
    await trainer.step();
    const before = bytes((await trainer.checkpoint()).tensors);
    broken = 2;
    const { step, lossD } = await trainer.step();
    expect(step).toBe(4);
    expect(Number.isFinite(lossD)).toBe(true);
    expect(events).toEqual(['step-dropped', 'step-dropped']);
    const after = bytes((await trainer.checkpoint()).tensors);
    expect(after).not.toEqual(before);
  });
});

describe('sampler', () => {
  it.each(families)(
    '%s: slice i of a seed is the same bits whatever the count, start or batch',
    async (family) => {
      const config = smallConfig(family);
      const trainer = await createTrainer(config, blobSource(16), traced);
      await lossesOf(trainer, 3);
      const weights = await trainer.emaWeights();
      const sampler = await createSampler(config, weights, traced);
      const pixels = 16 * 16;
      const all = await sampler.generate(11, 0, 40);
      expect(all).toHaveLength(40 * pixels);
      for (const [first, count] of [
        [0, 1],
        [7, 1],
        [15, 3],
        [39, 1],
        [3, 20],
      ] as const) {
        const some = await sampler.generate(11, first, count);
        const same = all.slice(first * pixels, (first + count) * pixels);
        expect(Buffer.compare(Buffer.from(some.buffer), Buffer.from(same.buffer))).toBe(0);
      }
      // Another process would make another sampler.
      const again = await createSampler(config, weights, traced);
      expect(
        Buffer.compare(Buffer.from((await again.generate(11, 0, 40)).buffer), Buffer.from(all.buffer)),
      ).toBe(0);
      expect(await sampler.generate(12, 0, 1)).not.toEqual(all.slice(0, pixels));
    },
  );
});
