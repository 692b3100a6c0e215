import { describe, expect, it } from 'vitest';
import { createRunner, type RunnerSpec } from '../../../../src/engine/index.ts';
import { createConfig, createSampler, createTrainer, type RunConfig } from '../../../../src/gan/index.ts';
import { withSettings } from '../../../../src/studio/train/settings.ts';
import { blobSource } from '../../gan/support.ts';

/** The losses as the user guide gives them for `--set`. */
const losses: Readonly<Record<string, string | undefined>> = {
  'non-saturating': undefined,
  hinge: 'loss=hinge',
  wasserstein:
    'loss=wasserstein,penalty.kind=interpolated,penalty.every=1,penalty.gamma=10,optimiser.beta1=0',
};

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 1 });
const count = 64;

function narrow(config: RunConfig): RunConfig {
  const features = { '4': 24, '8': 16, '16': 8 };
  return {
    ...config,
    batch: 8,
    generator: { ...config.generator, features },
    discriminator: { ...config.discriminator, features },
  };
}

function meanImage(images: Float32Array, pixels: number): Float64Array {
  const mean = new Float64Array(pixels);
  images.forEach((value, i) => {
    mean[i % pixels]! += (value * pixels) / images.length;
  });
  return mean;
}

const distance = (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((x, i) => x - b[i]!));

describe('the preset plain', () => {
  it.each(Object.entries(losses))('%s: its mean image comes near that of the reals', async (loss, set) => {
    const config = narrow(withSettings(createConfig({ preset: 'plain', size: 32, seed: 1 }), set));
    expect(config.loss).toBe(loss);
    expect(config.generator.family).toBe('dcgan');
    const source = blobSource(32);
    const trainer = await createTrainer(config, source, traced);
    const real = meanImage(source.reference!(12).images, 32 * 32);
    const away = async () => {
      const sampler = await createSampler(config, await trainer.emaWeights(), traced, trainer.images);
      const images = await sampler.generate(3, 0, count);
      await sampler.dispose();
      return distance(meanImage(images, 32 * 32), real);
    };
    const before = await away();
    for (let i = 0; i < 300; i++) await trainer.step();
    const after = await away();
    await trainer.dispose();
    expect(after).toBeLessThan(before / 2);
  });
});
