import { Random } from '../../../src/base/random.ts';
import type { Arrays } from '../../../src/engine/index.ts';
import { initialise, strip, withPrefix } from '../../../src/gan/layers/params.ts';
import { createConfig } from '../../../src/gan/presets.ts';
import { trainingGraph } from '../../../src/gan/training-program.ts';
import type { Net } from './net.ts';

/**
 * The reduced R3GAN step of the peer script torch_r3_step.py: widths 128, 128, 128, 96, 64, R1 and R2 every step.
 * @param shards equal parts of the batch, which the engine computes on a core each; exact, as no layer mixes samples
 */
export function r3gan(batch: number, shards = 1): Net {
  const base = createConfig({ preset: 'balanced', size: 64, seed: 1 });
  const features = { '4': 128, '8': 128, '16': 128, '32': 96, '64': 64 };
  const graph = trainingGraph({
    ...base,
    batch,
    shards,
    generator: { family: 'r3gan', latent: 64, features, blocksPerLevel: 1, groupChannels: 16 },
    discriminator: { family: 'r3gan', features, blocksPerLevel: 1, groupChannels: 16 },
    augmentation: { ...base.augmentation, probability: 0 },
  });
  const program = graph.spec.programs.penalised!;
  const start = initialise(graph.generator.specs, 1, 'g');
  const state = {
    ...withPrefix('g/', start),
    ...withPrefix('ema/', start),
    ...withPrefix('d/', initialise(graph.discriminator.specs, 1, 'd')),
  };
  const random = new Random(1, 'bench');
  const normal = (shape: readonly number[]) =>
    random.fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1)));
  return {
    name: 'r3-preview-64',
    batch,
    spec: {
      state: graph.spec.state,
      programs: {
        step: program,
        generate: {
          inputs: { z: [batch, 64] },
          fn: (weights, { z }) => ({ outputs: { images: graph.generator.apply(strip('g/', weights), z!) } }),
        },
      },
    },
    state,
    inputs: () => {
      const inputs: Arrays = Object.fromEntries(
        Object.entries(program.inputs).map(([name, shape]) => [name, normal(shape)]),
      );
      for (const [name, shape] of Object.entries(program.inputs)) {
        if (shape.length === 0) inputs[name] = Float32Array.of(name.startsWith('limit') ? 3e38 : 1e-4);
      }
      return inputs;
    },
  };
}
