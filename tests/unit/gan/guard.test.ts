import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { adaptByHeldOut, adaptByScore, overfittingOf } from '../../../src/gan/adaptive.ts';
import {
  collapseOf,
  freshGuard,
  type GuardContext,
  type GuardState,
  observe,
  type StepSignals,
  varietyOf,
} from '../../../src/gan/guard/index.ts';
import { median, medianDeviation } from '../../../src/gan/guard/robust.ts';

const context: GuardContext = {
  batch: 16,
  size: 64,
  images: 1000,
  logits: true,
  absolute: true,
  penalises: true,
  gamma: 1,
  augmentation: 0.3,
};
const random = new Random(3, 'guard');
const calm = (): Omit<StepSignals, 'step' | 'images'> => ({
  finite: true,
  penalised: false,
  paths: false,
  lossD: 1.2 + 0.1 * random.normal(),
  lossG: 0.9 + 0.1 * random.normal(),
  penalty: null,
  normD: 2 + 0.2 * random.normal(),
  normG: 1 + 0.1 * random.normal(),
  accuracy: 0.5,
  signReal: 0.4,
});

/** Feeds `steps` steps; `at` may change those of a number on. */
function feed(
  steps: number,
  at: (step: number) => Partial<StepSignals> = () => ({}),
  changes: Partial<GuardContext> = {},
) {
  let state: GuardState = freshGuard();
  const events: { step: number; kind: string }[] = [];
  const actions: { step: number; action: string }[] = [];
  for (let step = 1; step <= steps; step++) {
    const verdict = observe(
      state,
      { step, images: 16 * step, ...calm(), ...at(step) },
      { ...context, ...changes },
    );
    state = JSON.parse(JSON.stringify(verdict.state));
    for (const { kind } of verdict.events) events.push({ step, kind });
    if (verdict.action !== 'go-on') actions.push({ step, action: verdict.action });
  }
  return { state, events, actions };
}

describe('the guard', () => {
  it('leaves a calm run alone', () => {
    expect(feed(600)).toMatchObject({ events: [], actions: [] });
  });

  it('goes back when a loss stays 8 deviations above its median for 50 steps, with a doubled penalty', () => {
    const { actions, state } = feed(360, (step) => (step > 300 ? { lossG: 6 } : {}));
    expect(actions).toEqual([{ step: 350, action: 'rollback' }]);
    expect(state.settings).toMatchObject({ gamma: 2, rate: 1 });
    // 49 steps are no reason.
    expect(feed(360, (step) => (step > 300 && step < 350 ? { lossG: 6 } : {})).actions).toEqual([]);
  });

  it('cuts gradients ten times the median, and says so now and then only', () => {
    const { events } = feed(260, (step) => (step > 200 && step % 10 === 0 ? { normD: 50 } : {}));
    expect(events).toEqual([{ step: 210, kind: 'gradient-clipped' }]);
  });

  it('doubles the penalty again and again while the discriminator leaves nothing to learn', () => {
    const strong = { accuracy: 1, lossG: 15, lossD: 0.001 };
    const { events, state } = feed(280, (step) => (step > 20 ? strong : {}), { gamma: 0.5 });
    expect(events.map(({ kind }) => kind)).toEqual(['discriminator-too-strong', 'discriminator-too-strong']);
    expect(events[0]!.step).toBeLessThan(220);
    expect(state.settings.gamma).toBe(4);
  });

  it('raises augmentation in steps up to its limit when the training slices are known by heart', () => {
    const { events, state } = feed(900, () => ({ signReal: 0.99 }), { images: 310, augmentation: 0.3 });
    expect(events[0]).toEqual({ step: 194, kind: 'discriminator-overfits' });
    expect(state.settings.augmentation).toBe(0.4);
    // A relativistic discriminator's sign means nothing.
    expect(feed(900, () => ({ signReal: 0.99 }), { images: 310, absolute: false }).events).toEqual([]);
  });

  it('goes back with half the rates, then a quarter of them, and stops at the fourth time', () => {
    const { actions, state } = feed(12, () => ({ finite: false }));
    expect(actions.map(({ action }) => action)).toEqual(['rollback', 'rollback', 'rollback', 'stop']);
    expect(state.settings.rate).toBe(1 / 32);
  });

  it('goes back with a quarter of the rates when losses swing out of range, a few of them apart', () => {
    const { actions, state } = feed(130, (step) => (step > 60 && step % 10 === 0 ? { lossG: 40 } : {}));
    expect(actions).toEqual([{ step: 100, action: 'rollback' }]);
    expect(state.settings).toMatchObject({ rate: 0.25, gamma: 2 });
    expect(feed(900, (step) => (step % 60 === 0 ? { lossG: 40 } : {})).actions).toEqual([]);
  });

  it('forgives rollbacks after a thousand good steps', () => {
    const { actions } = feed(4000, (step) => ({ finite: !(step % 1100 < 3 && step > 1000) }));
    expect(actions.map(({ action }) => action)).toEqual(['rollback', 'rollback', 'rollback']);
  });
});

describe('median', () => {
  it('and deviation of known values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(medianDeviation([1, 1, 2, 2, 4, 6, 9])).toBe(1);
  });
});

describe('variety', () => {
  const noise = (n: number, kinds: number, scale = 1) => {
    const r = new Random(5, 'variety');
    const originals = Array.from({ length: kinds }, () => r.fillNormal(new Float32Array(256)));
    return Float32Array.from(
      { length: n * 256 },
      (_, i) => scale * originals[Math.floor(i / 256) % kinds]![i % 256]!,
    );
  };
  it('of independent images is that of all directions, of two kinds one', () => {
    // 64 points in 256 dimensions: near 63 / (1 + 63 / 256) by the Marchenko-Pastur law.
    expect(varietyOf(noise(64, 64), 16).directions).toBeGreaterThan(45);
    expect(varietyOf(noise(64, 64), 16).directions).toBeLessThan(57);
    expect(varietyOf(noise(64, 2), 16).directions).toBeCloseTo(1, 6);
    expect(varietyOf(noise(64, 64), 16).deviation).toBeCloseTo(Math.sqrt(63 / 64), 1);
  });
  it('tells few kinds and hardly any difference from an early generator', () => {
    const real = varietyOf(noise(64, 64), 16);
    const few = varietyOf(noise(64, 4), 16);
    expect(collapseOf(few, real, 0, 0.8)?.kind).toBe('mode-collapse');
    expect(collapseOf(varietyOf(noise(64, 64, 0.1), 16), real, 0, 0.8)?.kind).toBe('dead-latent');
    // Early, what never had more variety is on its way; what lost half of it is not.
    expect(collapseOf(few, real, 0.05, 0.1)).toBeNull();
    expect(collapseOf(few, real, 0.9, 0.1)?.kind).toBe('mode-collapse');
    expect(collapseOf(real, real, 1, 0.9)).toBeNull();
  });
});

describe('adaptive augmentation', () => {
  const options = { signal: 'score' as const, target: 0.6, images: 10_000, limit: 0.6 };
  it("moves by ADA's rule, p + sign(r - target) 4 batch / images, within 0 and its limit", () => {
    expect(adaptByScore(0.1, options, [0.7, 0.7, 0.7, 0.7], 8, 16)).toBeCloseTo(0.1 + 64 / 10_000, 12);
    expect(adaptByScore(0.1, options, [0.5, 0.5, 0.5, 0.5], 8, 16)).toBeCloseTo(0.1 - 64 / 10_000, 12);
    expect(adaptByScore(0.1, options, [0.7, 0.7, 0.7, 0.7], 9, 16)).toBe(0.1);
    expect(adaptByScore(0.6, options, [1, 1, 1, 1], 8, 16)).toBe(0.6);
    expect(adaptByScore(0, options, [0, 0, 0, 0], 8, 16)).toBe(0);
  });
  it('by held-out slices does not depend on the offset of the logits', () => {
    expect(overfittingOf({ train: 2, heldOut: 1, fake: -2 })).toBeCloseTo(0.25, 12);
    expect(overfittingOf({ train: 102, heldOut: 101, fake: 98 })).toBeCloseTo(0.25, 12);
    expect(adaptByHeldOut(0.2, options, 0.8, 1000)).toBeCloseTo(0.3, 12);
    expect(adaptByHeldOut(0.2, options, 0.1, 1000)).toBeCloseTo(0.1, 12);
    expect(adaptByHeldOut(0.2, options, 0.4, 1000)).toBe(0.2);
  });
});
