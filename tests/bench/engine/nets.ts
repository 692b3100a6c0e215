import { dcgan } from '../nets/dcgan.ts';
import type { Net } from '../nets/net.ts';
import { previewGenerator } from '../nets/preview.ts';
import { r3gan } from '../nets/r3gan.ts';

export interface Entry {
  readonly make: (shards: number) => Net;
  readonly program: 'step' | 'generate';
  readonly batch: number;
  /** At most so many timed runs of each side, where one takes seconds. */
  readonly most?: number;
  /** The peer's script in ../shared/bench; `weights`: ours beside this file, which takes weights of our making. */
  readonly script: string | 'weights';
}

/** What the bars of docs/benchmarks.md are about. */
export const entries: Readonly<Record<string, Entry>> = {
  'dcgan-16': { make: () => dcgan(64, 16), program: 'step', batch: 16, script: 'torch_dcgan_step.py' },
  'dcgan-64': { make: () => dcgan(64, 64), program: 'step', batch: 64, script: 'torch_dcgan_step.py' },
  r3: {
    make: (shards) => r3gan(32, shards),
    program: 'step',
    batch: 32,
    most: 2,
    script: 'torch_r3_step.py',
  },
  generate: { make: () => r3gan(16), program: 'generate', batch: 16, most: 2, script: 'torch_r3_step.py' },
  preview: { make: () => previewGenerator(64), program: 'generate', batch: 64, script: 'weights' },
};

/** A quarter of the batch of `r3`, which is what one of its shards computes: to weigh passes in a short time. */
export const passNets: Readonly<Record<string, () => Net>> = {
  'dcgan-16': () => dcgan(64, 16),
  'r3-8': () => r3gan(8),
};
