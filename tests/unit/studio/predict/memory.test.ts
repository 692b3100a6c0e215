import { expect, it } from 'vitest';
import measured from '../../../../resources/memory.json' with { type: 'json' };
import { createConfig } from '../../../../src/gan/index.ts';
import { stepCost } from '../../../../src/studio/predict/cost.ts';
import { cpuMemory, memoryFactor } from '../../../../src/studio/predict/memory.ts';

it.each(measured.points)(
  'the memory of $preset at $size px in $shards shards is within the factor that is told',
  ({ preset, size, shards, lanes, peakBytes }) => {
    const cost = stepCost(createConfig({ preset, size, seed: 1, shards }));
    const ratio = cpuMemory(cost, lanes) / peakBytes;
    expect(ratio).toBeLessThan(memoryFactor);
    expect(ratio).toBeGreaterThan(1 / memoryFactor);
  },
);
