import { Random } from '../../../src/base/random.ts';
import type { RunConfig } from '../../../src/gan/config.ts';
import {
  type BatchSource,
  type Conditions,
  createConfig,
  encodeLabels,
  labelColumns,
  labelsOfSlice,
} from '../../../src/gan/index.ts';

/** A tiny network of each family, small enough for the eager engine and for finite differences. */
export const families = ['stylegan2', 'dcgan', 'r3gan'] as const;
export type Family = (typeof families)[number];

const narrow = { '4': 6, '8': 4, '16': 4, '32': 4 };

export function smallConfig(family: Family, changes: Partial<RunConfig> = {}): RunConfig {
  const base = createConfig({ preset: family === 'r3gan' ? 'balanced' : 'tiny', size: 64, seed: 5 });
  const conv = {
    family: 'conv' as const,
    features: narrow,
    input: 'haar' as const,
    blocks: 'residual' as const,
    top: 4,
    minibatchGroup: 2,
    scaling: 'equalised' as const,
  };
  const networks: Record<Family, Pick<RunConfig, 'generator' | 'discriminator'>> = {
    stylegan2: {
      generator: {
        family: 'stylegan2',
        latent: 5,
        mapping: 2,
        features: narrow,
        convs: 1,
        upsample: 'fir',
        head: 'haar',
        skip: true,
        mixing: 0,
        pathLength: null,
      },
      discriminator: conv,
    },
    dcgan: {
      generator: { family: 'dcgan', latent: 5, features: narrow },
      discriminator: { ...conv, input: 'image', blocks: 'plain', scaling: 'he' },
    },
    r3gan: {
      generator: { family: 'r3gan', latent: 5, features: narrow, blocksPerLevel: 1, groupChannels: 4 },
      discriminator: { family: 'r3gan', features: narrow, blocksPerLevel: 1, groupChannels: 4 },
    },
  };
  return {
    ...base,
    size: 16,
    batch: 4,
    ...networks[family],
    penalty: { ...base.penalty, gamma: 0.5, every: family === 'r3gan' ? 1 : 2 },
    augmentation: { ...base.augmentation, probability: 0.5, brightness: 0.1 },
    ...changes,
  };
}

/** A class label of three values and a continuous one. */
export const conditions: Conditions = {
  labels: [
    { kind: 'class', name: 'third', values: ['lower', 'middle', 'upper'] },
    { kind: 'continuous', name: 'age', low: 20, high: 80 },
  ],
  combinations: [
    { values: [0, 30], slices: 6 },
    { values: [1, 50], slices: 3 },
    { values: [2, null], slices: 3 },
  ],
  balanced: false,
};

/** Blurry blobs in a seeded order: enough to train on, and it knows its place. */
export function blobSource(size: number, count = 12, labelled = false): BatchSource {
  const rows = Array.from({ length: count }, (_, i) =>
    encodeLabels(conditions, labelsOfSlice(conditions, 'as-data', 4, i)),
  );
  const columns = labelled ? labelColumns(conditions) : 0;
  const random = new Random(1, 'blobs');
  const images = Array.from({ length: count }, () => {
    const [cy, cx, r] = [
      0.3 + 0.4 * random.uniform(),
      0.3 + 0.4 * random.uniform(),
      0.1 + 0.2 * random.uniform(),
    ];
    return Float32Array.from({ length: size * size }, (_, i) => {
      const [y, x] = [Math.floor(i / size) / size - cy, (i % size) / size - cx];
      return 2 * Math.exp(-(y * y + x * x) / (2 * r * r)) - 1;
    });
  });
  let at = 0;
  return {
    size,
    count,
    labelColumns: columns,
    next(batch) {
      const out = new Float32Array(batch * size * size);
      const labels = new Float32Array(batch * columns);
      for (let i = 0; i < batch; i++) {
        const index = (at++ * 7) % count;
        out.set(images[index]!, i * size * size);
        if (labelled) labels.set(rows[index]!, i * columns);
      }
      return { images: out, labels: labelled ? labels : null };
    },
    reference(n) {
      const out = new Float32Array(n * size * size);
      for (let i = 0; i < n; i++) out.set(images[i % count]!, i * size * size);
      const labels = new Float32Array(n * columns);
      if (labelled) for (let i = 0; i < n; i++) labels.set(rows[i % count]!, i * columns);
      return { images: out, labels: labelled ? labels : null };
    },
    state: () => ({ at }),
    restore(state) {
      at = (state as { at: number }).at;
    },
  };
}
