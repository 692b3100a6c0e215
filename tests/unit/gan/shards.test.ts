import { describe, expect, it } from 'vitest';
import { programCost } from '../../../src/engine/index.ts';
import { createConfig, shardsFor } from '../../../src/gan/index.ts';
import { trainingGraph } from '../../../src/gan/training-program.ts';

describe('parts of a batch', () => {
  it('are as many as cores, of four images at least', () => {
    expect(shardsFor(16, 2)).toBe(2);
    expect(shardsFor(16, 8)).toBe(4);
    expect(shardsFor(8, 4)).toBe(2);
    expect(shardsFor(4, 4)).toBe(1);
  });

  it('of a large batch are small whatever the cores, and smaller for larger images', () => {
    expect(shardsFor(32, 2, 64)).toBe(4);
    expect(shardsFor(32, 2, 128)).toBe(8);
    expect(shardsFor(32, 2, 256)).toBe(16);
  });

  it('leave a step of balanced at 128 px, two parts at once, less than 3 GB to keep', () => {
    const config = createConfig({ preset: 'balanced', size: 128, seed: 1 });
    const part = trainingGraph({ ...config, batch: config.batch / shardsFor(config.batch, 2, 128) });
    const { inputs, sharding } = part.spec.programs.penalised!;
    const [stage] = sharding!.stages;
    const cost = programCost(
      { inputs, fn: (state, given) => ({ outputs: stage!.partial(state, given) }) },
      part.spec.state,
    );
    expect(2 * cost.peakBytes).toBeLessThan(3e9);
  });
});
