import { describe, expect, it } from 'vitest';
import { guardContext } from '../../../src/gan/checks.ts';
import type { RunConfig } from '../../../src/gan/config.ts';
import { fullyGrown } from '../../../src/gan/growth.ts';
import { freshGuard, type GuardState, morePenalty } from '../../../src/gan/guard/index.ts';
import { createConfig } from '../../../src/gan/index.ts';
import { buildGenerator } from '../../../src/gan/networks/build.ts';
import { stepInputs } from '../../../src/gan/step-inputs.ts';
import type { TrainerState } from '../../../src/gan/trainer-state.ts';
import { blobSource } from './support.ts';

const preset = createConfig({ preset: 'progressive', size: 64, seed: 1 });
const withPenalty = (changes: Partial<RunConfig['penalty']>): RunConfig => ({
  ...preset,
  penalty: { ...preset.penalty, ...changes },
});
const source = blobSource(64, 2);

/** A run that stands after so many images. */
const standing = (config: RunConfig, images: number, guard: GuardState = freshGuard()): TrainerState => ({
  formatVersion: 1,
  steps: 0,
  updates: 0,
  images,
  totalImages: 100_000,
  sourceCount: 1000,
  source: { at: 0 },
  augmentation: 0,
  guard,
  config,
});
const weight = (state: TrainerState) => {
  const generator = buildGenerator(state.config, fullyGrown(64));
  return stepInputs(state.config, generator, source, state).inputs.penaltyWeight![0]!;
};
const more = (state: TrainerState): TrainerState => ({
  ...state,
  guard: { ...state.guard, settings: morePenalty(state.guard.settings, guardContext(state.config, state)) },
});

// 8, 16, 32 and 64 pixels with the preset's schedule.
const stages = [0, 9_000, 17_000, 50_000];

describe('the penalty that the guard doubles', () => {
  it.each(stages)('is the double after %i images, and twice that the next time', (images) => {
    const before = standing(preset, images);
    expect(weight(more(before))).toBeCloseTo(2 * weight(before), 6);
    expect(weight(more(more(before)))).toBeCloseTo(4 * weight(before), 6);
  });

  it('is the double of a small weight of the run, and of the interpolated penalty, which no phase scales', () => {
    const small = standing(withPenalty({ gamma: 0.001 }), 0);
    expect(weight(more(small)) / weight(small)).toBeCloseTo(2, 5);
    const interpolated = standing(withPenalty({ kind: 'interpolated', gamma: 10 }), 0);
    expect(weight(interpolated)).toBeCloseTo(10 * preset.penalty.every, 5);
    expect(weight(more(interpolated))).toBeCloseTo(20 * preset.penalty.every, 5);
  });

  it('of a run without one: StyleGAN2’s rule at its own size, a quarter of it at half the resolution', () => {
    const floor = Math.max(0.1, (0.0002 * 64 ** 2) / preset.batch);
    const expected = (size: number) => ((floor * (size / 64) ** 2) / 2) * preset.penalty.every;
    for (const [i, size] of [8, 16, 32, 64].entries()) {
      const none = standing(withPenalty({ gamma: 0 }), stages[i]!);
      expect(weight(none)).toBe(0);
      expect(weight(more(none)), `${size} px`).toBeCloseTo(expected(size), 6);
      expect(weight(more(more(none))), `${size} px`).toBeCloseTo(2 * expected(size), 6);
    }
  });
});
