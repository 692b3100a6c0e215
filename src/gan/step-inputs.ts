import { Random } from '../base/random.ts';
import type { Arrays } from '../engine/index.ts';
import { drawWarp, enabled } from './augmentation.ts';
import type { RunConfig } from './config.ts';
import { type Phase, phaseAt } from './growth.ts';
import { normLimits } from './guard/index.ts';
import { withPrefix } from './layers/params.ts';
import { drawMixing, mixes } from './mixing.ts';
import type { Generator } from './networks/types.ts';
import { adamScalars } from './optimiser.ts';
import { drawPathNoise } from './path-length.ts';
import { emaWeight, progressOf, valueAt } from './schedules.ts';
import { kindAt, programOf, type StepKind } from './step-kinds.ts';
import type { TrainerState } from './trainer-state.ts';
import type { BatchSource } from './types.ts';

/** A gradient norm that no finite gradient has. */
const NO_LIMIT = 3e38;

/** Probability of augmentation of the step that is due; null where the run has none. */
export function augmentationNow({ augmentation }: RunConfig, state: TrainerState): number | null {
  if (!enabled(augmentation)) return null;
  const own =
    augmentation.adaptive === null
      ? valueAt(augmentation.probability, progressOf(state.images, state.totalImages))
      : state.augmentation;
  return Math.max(own, state.guard.settings.augmentation);
}

/** Shares of generated images in the points that WGAN-GP's penalty is taken at. */
function mixOf(seed: number, step: number, batch: number): Float32Array {
  const random = new Random(seed, 'mix', step);
  return Float32Array.from({ length: batch }, () => random.uniform());
}

/** Where a run stands now. */
export const phaseNow = ({ size, progressive }: RunConfig, { images }: Pick<TrainerState, 'images'>): Phase =>
  phaseAt(size, progressive, images);

/**
 * Factor on the penalty's weight in a phase. A pixel of half the resolution stands for four, so the squared gradient
 * of an equally sharp discriminator is four times as large; the weight of R1 and R2 falls as much. WGAN-GP's penalty
 * aims at a norm and stays.
 */
const penaltyScale = ({ penalty, size }: RunConfig, phase: Phase): number =>
  penalty.kind === 'interpolated' ? 1 : (phase.size / size) ** 2;

/** Weight of the penalty in a phase, without the guard's changes. */
export const gammaNow = (config: RunConfig, phase: Phase, progress: number): number =>
  valueAt(config.penalty.gamma, progress) * penaltyScale(config, phase);

/** Inputs of the step that is due, and the program for it. Takes the next batch from the source. */
export function stepInputs(
  config: RunConfig,
  { latent, style }: Generator,
  source: BatchSource,
  state: TrainerState,
): { readonly kind: StepKind; readonly program: string; readonly inputs: Arrays } {
  const { batch, seed, penalty, optimiser, augmentation, ema } = config;
  const { steps, updates, guard } = state;
  const progress = progressOf(state.images, state.totalImages);
  const kind = kindAt(config, steps);
  const factor = valueAt(optimiser.factor, progress) * guard.settings.rate;
  const beta2 = valueAt(optimiser.beta2, progress);
  const t = updates + 1;
  const forG = adamScalars(optimiser.generatorRate * factor, optimiser.beta1, beta2, t);
  const forD = adamScalars(optimiser.discriminatorRate * factor, optimiser.beta1, beta2, t);
  const phase = phaseNow(config, state);
  const gamma = Math.max(
    gammaNow(config, phase, progress) * guard.settings.gamma,
    guard.settings.gammaFloor * penaltyScale(config, phase),
  );
  const limits = normLimits(guard, kind);
  const scalars = {
    rateG: forG.rate,
    epsilonG: forG.epsilon,
    rateD: forD.rate,
    epsilonD: forD.epsilon,
    freshness: forG.freshness,
    // R1 and R2 are weighted by gamma / 2, WGAN-GP's penalty by lambda.
    penaltyWeight: (penalty.kind === 'interpolated' ? gamma : gamma / 2) * penalty.every,
    emaWeight: emaWeight(state.images + batch, batch, ema.halfLifeImages, ema.ramp),
    limitD: limits.D ?? NO_LIMIT,
    limitG: limits.G ?? NO_LIMIT,
  };
  const { images, labels } = source.next(batch);
  const inputs: Arrays = {
    real: images,
    ...(labels === null ? {} : { labels }),
    ...(penalty.kind === 'interpolated' ? { mix: mixOf(seed, steps, batch) } : {}),
    z: new Random(seed, 'z', steps).fillNormal(new Float32Array(batch * latent)),
    ...(mixes(config) && style !== null ? drawMixing(config, latent, style.levels, steps) : {}),
    ...(kind.paths ? { pathNoise: drawPathNoise(config, phase, steps) } : {}),
    ...(phase.fading ? { alpha: Float32Array.of(phase.alpha) } : {}),
    ...Object.fromEntries(Object.entries(scalars).map(([k, v]) => [k, Float32Array.of(v)])),
  };
  const p = augmentationNow(config, state);
  if (p !== null) {
    for (const which of ['real', 'fake'] as const) {
      const warp = drawWarp(augmentation, p, batch, phase.size, new Random(seed, `augment/${which}`, steps));
      Object.assign(inputs, withPrefix(`${which}.`, warp));
    }
  }
  return { kind, program: programOf(kind), inputs };
}
