import { describe, expect, it } from 'vitest';
import { createEagerRunner, createRunner, type RunnerSpec } from '../../../src/engine/index.ts';
import { type Checkpoint, createTrainer, type RunConfig } from '../../../src/gan/index.ts';
import { blobSource, families, smallConfig } from './support.ts';
import { underway } from './underway.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 2 });

/** A checkpoint after so many images. */
async function checkpointAt(config: RunConfig, images: number): Promise<Checkpoint> {
  const trainer = await createTrainer(config, blobSource(config.size), traced);
  while (trainer.images < images) await trainer.step();
  const checkpoint = await trainer.checkpoint();
  await trainer.dispose();
  return checkpoint;
}

async function twoSteps(config: RunConfig, factory: typeof traced, from: Checkpoint) {
  const trainer = await createTrainer(config, blobSource(config.size), factory);
  await trainer.restore(from);
  const losses = [];
  // The second one is the step without penalty where the penalty is lazy.
  for (let i = 0; i < 2; i++) losses.push(await trainer.step());
  const { tensors } = await trainer.checkpoint();
  await trainer.dispose();
  return { losses, tensors };
}

async function compare(config: RunConfig, images = 0): Promise<void> {
  const from = underway(await checkpointAt(config, images));
  const eager = await twoSteps(config, createEagerRunner, from);
  const other = await twoSteps(config, traced, from);
  for (const [name, { data }] of Object.entries(eager.tensors)) {
    const difference = Math.hypot(...data.map((v, i) => v - other.tensors[name]!.data[i]!));
    expect(difference / Math.hypot(...data), name).toBeLessThan(1e-4);
  }
  for (const [i, { lossD, lossG }] of eager.losses.entries()) {
    expect(other.losses[i]!.lossD).toBeCloseTo(lossD, 4);
    expect(other.losses[i]!.lossG).toBeCloseTo(lossG, 4);
  }
}

describe('one whole step, traced against eager', () => {
  it.each(families)('%s: every state value agrees', async (family) => {
    // Grouped convolutions and second-order gradients are slow op by op, so the eager side sets the size.
    await compare(smallConfig(family, { batch: 4, size: family === 'r3gan' ? 8 : 16 }));
  });

  it('in two shards, each on a thread of its own', async () => {
    await compare(smallConfig('stylegan2', { batch: 4, size: 16, shards: 2 }));
  });

  it.each([1, 2])('with path length regularisation, in %d shards', async (shards) => {
    const base = smallConfig('stylegan2', { batch: 4, size: 16, shards });
    if (base.generator.family !== 'stylegan2') throw new Error('not the style-based generator');
    const pathLength = { weight: 2, every: 1, decay: 0.1 };
    await compare({ ...base, generator: { ...base.generator, pathLength } });
  });

  it('with mixed styles', async () => {
    const base = smallConfig('stylegan2', { batch: 4, size: 16 });
    if (base.generator.family !== 'stylegan2') throw new Error('not the style-based generator');
    await compare({ ...base, generator: { ...base.generator, mixing: 0.9 } });
  });

  it.each(['stylegan2', 'dcgan'] as const)('%s: in the middle of a fade', async (family) => {
    const progressive = { start: 8, fadeImages: 20, stableImages: 4 };
    await compare(smallConfig(family, { batch: 4, size: 16, progressive }), 8);
  });
});
