import { describe, expect, it } from 'vitest';
import { createRunner, type RunnerSpec } from '../../../src/engine/index.ts';
import type { RunConfig } from '../../../src/gan/config.ts';
import { type BatchSource, createConfig, createTrainer } from '../../../src/gan/index.ts';
import type { TrainerEvent } from '../../../src/gan/trainer.ts';
import { blobSource, smallConfig } from './support.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 1 });
const manySlices = 400;
const base = smallConfig('dcgan', { batch: 8 });
// What a user trains on a CPU, at a quarter of its width; much smaller networks survive these rates.
const preset = createConfig({ preset: 'tiny', size: 32, seed: 1 });
const tiny = {
  ...preset,
  generator: { ...preset.generator, features: { '4': 32, '8': 32, '16': 16 } },
  discriminator: { ...preset.discriminator, features: { '4': 64, '8': 32, '16': 16 } },
};
const wild: RunConfig = {
  ...tiny,
  optimiser: {
    ...tiny.optimiser,
    generatorRate: 50 * tiny.optimiser.generatorRate,
    discriminatorRate: 50 * tiny.optimiser.discriminatorRate,
  },
};

/** Trains up to `steps` steps; what the guard said, by step, and the last losses. */
async function trained(config: RunConfig, source: BatchSource, steps: number) {
  const said: (TrainerEvent & { step: number })[] = [];
  const trainer = await createTrainer(config, source, traced, {
    onEvent: (event) => said.push({ ...event, step: event.images / config.batch }),
  });
  let last = await trainer.step();
  while (trainer.steps < steps) last = await trainer.step();
  const checkpoint = await trainer.checkpoint();
  await trainer.dispose();
  return { said, last, checkpoint };
}

describe('the guard, with planted faults', () => {
  it('says nothing in an ordinary run', async () => {
    expect((await trained(base, blobSource(16, manySlices), 120)).said).toEqual([]);
  });

  it('learning rates x 50: goes back with lower rates within 200 steps, and the run comes to rest', async () => {
    const { said, last } = await trained(wild, blobSource(32, manySlices), 200);
    const first = said.find(({ kind }) => kind === 'guard-rollback');
    expect(first?.text).toMatch(
      /went back to their last good state .* learning rates x 0\.\d+ of the run's own/,
    );
    expect(Math.max(last.lossD, last.lossG)).toBeLessThan(10);
  });

  it('gamma = 0: the penalty is raised at once', async () => {
    const config = { ...base, penalty: { ...base.penalty, gamma: 0 } };
    const { said, checkpoint } = await trained(config, blobSource(16, manySlices), 3);
    expect(said).toMatchObject([{ kind: 'no-penalty', step: 1 }]);
    expect(checkpoint.state).toMatchObject({ guard: { settings: { gammaFloor: 0.1 } } });
  });

  it('20 slices: said at once, with as much augmentation as is safe', async () => {
    const { said, last } = await trained(base, blobSource(16, 20), 3);
    expect(said).toMatchObject([{ kind: 'few-slices', step: 1 }]);
    expect(said[0]?.text).toContain('20 slices');
    expect(last.extra.augmentation).toBe(0.6);
  });

  it('a lasting NaN: three rollbacks, then a coded stop in the last good state', async () => {
    const source = blobSource(16, manySlices);
    let broken = false;
    const faulty: BatchSource = {
      ...source,
      next(batch) {
        const next = source.next(batch);
        return broken ? { ...next, images: next.images.fill(Number.NaN) } : next;
      },
    };
    const kinds: string[] = [];
    const trainer = await createTrainer(base, faulty, traced, { onEvent: ({ kind }) => kinds.push(kind) });
    await trainer.step();
    const good = await trainer.checkpoint();
    broken = true;
    await expect(trainer.step()).rejects.toThrow(expect.objectContaining({ code: 'UNSTABLE' }));
    expect(kinds.filter((kind) => kind === 'step-dropped')).toHaveLength(12);
    expect(kinds.filter((kind) => kind === 'guard-rollback')).toHaveLength(3);
    expect(kinds.at(-1)).toBe('guard-stop');
    expect((await trainer.checkpoint()).tensors).toEqual(good.tensors);
  });

  it('resumes exactly between two interventions', async () => {
    const broken = new Set([20, 21, 22, 60, 61, 62]);
    const faulty = (): BatchSource => {
      const source = blobSource(16, manySlices);
      return {
        ...source,
        next(batch) {
          const step = Math.round((source.state() as { at: number }).at / batch) + 1;
          const next = source.next(batch);
          return broken.has(step) ? { ...next, images: next.images.fill(Number.NaN) } : next;
        },
      };
    };
    const run = async (split: boolean) => {
      const said: string[] = [];
      const options = { onEvent: ({ kind, images }: TrainerEvent) => said.push(`${kind} ${images / 8}`) };
      let trainer = await createTrainer(base, faulty(), traced, options);
      while (trainer.steps < 30) await trainer.step();
      const checkpoint = structuredClone(await trainer.checkpoint());
      if (split) {
        await trainer.dispose();
        trainer = await createTrainer(base, faulty(), traced, options);
        await trainer.restore({ ...checkpoint, state: JSON.parse(JSON.stringify(checkpoint.state)) });
      }
      while (trainer.steps < 80) await trainer.step();
      return { said, end: await trainer.checkpoint() };
    };
    const [whole, resumed] = [await run(false), await run(true)];
    expect(whole.said.filter((line) => line.startsWith('guard-rollback'))).toEqual([
      'guard-rollback 22',
      'guard-rollback 62',
    ]);
    expect(whole.end.state).toMatchObject({ guard: { rollbacks: 2, settings: { rate: 0.125 } } });
    expect(resumed.said).toEqual(whole.said);
    expect(resumed.end).toEqual(whole.end);
  });
});
