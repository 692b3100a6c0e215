import { Random } from '../../../src/base/random.ts';
import type { Arrays } from '../../../src/engine/index.ts';
import type { RunConfig } from '../../../src/gan/config.ts';
import { initialise, withPrefix } from '../../../src/gan/layers/params.ts';
import { adamScalars } from '../../../src/gan/optimiser.ts';
import { createConfig } from '../../../src/gan/presets.ts';
import { type TrainingGraph, trainingGraph } from '../../../src/gan/training-program.ts';

export const trajectoryNets = ['dcgan', 'r3gan', 'stylegan2'] as const;
export type TrajectoryNet = (typeof trajectoryNets)[number];

/** A training from given weights and inputs, to be run by two engines. */
export interface Job {
  readonly config: RunConfig;
  readonly graph: TrainingGraph;
  /** Features from 4 px upwards. */
  readonly widths: readonly number[];
  readonly gamma: number;
  readonly beta2: number;
  readonly weights: Arrays;
  readonly real: (step: number) => Float32Array;
  readonly z: (step: number) => Float32Array;
}

export interface JobSize {
  readonly size: number;
  readonly batch: number;
  /** Features from 4 px upwards; of the plain and the style-based family up to half the size. */
  readonly widths: readonly number[];
}

/**
 * The plain family or the style-based one as `tiny` has it, with lazy R1, or reduced R3GAN with R1 and R2 in every
 * step; no augmentation, constant rate.
 */
export function makeJob(net: TrajectoryNet, { size, batch, widths }: JobSize): Job {
  const base = createConfig({ preset: net === 'r3gan' ? 'balanced' : 'tiny', size: 64, seed: 1 });
  const features = Object.fromEntries(widths.map((width, i) => [String(4 << i), width]));
  const latent = 32;
  const r3 = { family: 'r3gan' as const, features, blocksPerLevel: 1, groupChannels: 8 };
  const conv = {
    family: 'conv' as const,
    features,
    input: 'image' as const,
    blocks: 'plain' as const,
    top: widths[0]!,
    minibatchGroup: 4,
    scaling: 'he' as const,
  };
  const networks: Readonly<Record<TrajectoryNet, Pick<RunConfig, 'generator' | 'discriminator' | 'loss'>>> = {
    dcgan: {
      generator: { family: 'dcgan', latent, features },
      discriminator: conv,
      loss: 'non-saturating',
    },
    r3gan: { generator: { ...r3, latent }, discriminator: r3, loss: 'relativistic' },
    stylegan2: {
      generator: {
        ...base.generator,
        ...(base.generator.family === 'stylegan2' ? { latent, features } : {}),
      },
      discriminator: { ...conv, input: 'haar', scaling: 'equalised' },
      loss: 'non-saturating',
    },
  };
  // The rate of an equalised layer is multiplied by its deviation at the start.
  const rate = net === 'stylegan2' ? 1e-3 : 2e-4;
  const config: RunConfig = {
    ...base,
    ...networks[net],
    size,
    batch,
    shards: 1,
    optimiser: {
      ...base.optimiser,
      generatorRate: rate,
      discriminatorRate: rate,
      beta1: net === 'dcgan' ? 0.5 : 0,
    },
    penalty: { ...base.penalty, real: true, fake: net === 'r3gan', every: net === 'r3gan' ? 1 : 4 },
    augmentation: { ...base.augmentation, probability: 0 },
  };
  const graph = trainingGraph(config);
  return {
    config,
    graph,
    widths,
    gamma: 1,
    beta2: 0.99,
    weights: {
      ...withPrefix('g/', initialise(graph.generator.specs, 1, 'g')),
      ...withPrefix('d/', initialise(graph.discriminator.specs, 1, 'd')),
    },
    real: (step) => discs(size, batch, step),
    z: (step) => new Random(1, 'trajectory/z', step).fillNormal(new Float32Array(batch * latent)),
  };
}

/** Inputs of one step of the training program. */
export function inputsOf({ config, gamma, beta2, real, z }: Job, step: number) {
  const { penalty, optimiser } = config;
  const penalised = step % penalty.every === 0;
  const { rate, epsilon, freshness } = adamScalars(optimiser.generatorRate, optimiser.beta1, beta2, step + 1);
  const scalars = {
    rateG: rate,
    rateD: rate,
    epsilonG: epsilon,
    epsilonD: epsilon,
    freshness,
    penaltyWeight: (gamma / 2) * penalty.every,
    emaWeight: 0.01,
    limitD: 3e38,
    limitG: 3e38,
  };
  return {
    program: penalised ? 'penalised' : 'plain',
    inputs: {
      real: real(step),
      z: z(step),
      ...Object.fromEntries(Object.entries(scalars).map(([name, x]) => [name, Float32Array.of(x)])),
    },
  };
}

/** Soft discs of drawn place, size and brightness with some noise: images in -1..1 that a GAN can learn. */
function discs(size: number, batch: number, step: number): Float32Array {
  const random = new Random(1, 'trajectory/real', step);
  const images = new Float32Array(batch * size * size);
  for (let n = 0; n < batch; n++) {
    const [cx, cy] = [0.3 + 0.4 * random.uniform(), 0.3 + 0.4 * random.uniform()];
    const [radius, light] = [0.15 + 0.2 * random.uniform(), 0.8 + random.uniform()];
    for (let i = 0; i < size * size; i++) {
      const [x, y] = [(i % size) / size - cx, Math.floor(i / size) / size - cy];
      const inside = 1 / (1 + Math.exp((Math.hypot(x, y) - radius) * 40));
      images[n * size * size + i] = -0.9 + light * inside + 0.02 * random.normal();
    }
  }
  return images;
}
