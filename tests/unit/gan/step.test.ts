import { describe, expect, it } from 'vitest';
import { createEagerRunner, createRunner, type RunnerSpec } from '../../../src/engine/index.ts';
import { createTrainer } from '../../../src/gan/index.ts';
import { blobSource, families, smallConfig } from './support.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 2 });

describe('one whole step, traced against eager', () => {
  it.each(families)('%s: every state value agrees', async (family) => {
    // Grouped convolutions and second-order gradients are slow op by op, so the eager side sets the size.
    const size = family === 'r3gan' ? 8 : 16;
    const config = smallConfig(family, { batch: 4, size });
    const states = [];
    for (const factory of [createEagerRunner, traced]) {
      const trainer = await createTrainer(config, blobSource(size), factory);
      await trainer.step();
      // The second one is the step without penalty where the penalty is lazy.
      await trainer.step();
      states.push((await trainer.checkpoint()).tensors);
      await trainer.dispose();
    }
    const [eager, other] = states;
    for (const [name, { data }] of Object.entries(eager!)) {
      const difference = Math.hypot(...data.map((v, i) => v - other![name]!.data[i]!));
      const length = Math.hypot(...data);
      expect(difference / Math.max(length, 1e-12), name).toBeLessThan(tolerance(name));
    }
  });
});

/**
 * Adam divides by the root of the second moment, so in the first steps a gradient near zero decides a whole step
 * of ±rate by its sign: a parameter that starts at zero is all steps, and rounding shows in it. Moments and the
 * parameters that start with a size are compared at 1e-4.
 */
function tolerance(name: string): number {
  return name.startsWith('adam/') || /\.w$|const|basis|spatial$/.test(name) ? 1e-4 : 1e-3;
}
