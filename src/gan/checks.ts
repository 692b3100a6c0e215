import { adaptByHeldOut, adaptByScore, overfittingOf } from './adaptive.ts';
import type { RunConfig } from './config.ts';
import { collapseOf, type GuardContext, morePenalty } from './guard/index.ts';
import type { Players } from './players.ts';
import { progressOf } from './schedules.ts';
import { augmentationNow, gammaNow, phaseNow } from './step-inputs.ts';
import type { TrainerState } from './trainer-state.ts';

/** Images between two looks at the run's own slices, and between two comparisons with held-out ones. */
const LOOK_IMAGES = 5000;
const JUDGE_IMAGES = 1000;

/** Tells the run's user of something. */
export type Tell = (kind: string, text: string) => void;

/** A check between two steps: the state before it in, the state after it out. */
type Check = (
  config: RunConfig,
  state: TrainerState,
  look: Players['look'],
  /** Images before the step that has just been made. */
  before: number,
  tell: Tell,
) => Promise<TrainerState>;

const passed = (every: number, before: number, { images }: TrainerState): boolean =>
  Math.floor(before / every) !== Math.floor(images / every);

/** What the guard needs to know beside a step's figures. */
export function guardContext(config: RunConfig, state: TrainerState): GuardContext {
  return {
    batch: config.batch,
    size: config.size,
    images: state.sourceCount,
    logits: config.loss !== 'wasserstein',
    absolute: config.loss === 'non-saturating' || config.loss === 'hinge',
    penalises: config.penalty.real || config.penalty.fake,
    gamma: gammaNow(config, phaseNow(config, state), progressOf(state.images, state.totalImages)),
    augmentation: augmentationNow(config, state),
  };
}

/** Every 5,000 images: are the generated slices still as different as the real ones? */
export const checkCollapse: Check = async (config, state, look, before, tell) => {
  if (!passed(LOOK_IMAGES, before, state)) return state;
  const seen = await look.variety();
  if (seen === null) return state;
  const { guard } = state;
  const progress = progressOf(state.images, state.totalImages);
  const collapse = collapseOf(seen.fake, seen.real, guard.bestVariety, progress);
  const bestVariety = Math.max(guard.bestVariety, seen.relative);
  if (collapse === null) return { ...state, guard: { ...guard, bestVariety } };
  tell(collapse.kind, `${collapse.text} The gradient penalty is doubled.`);
  const settings = morePenalty(guard.settings, guardContext(config, state));
  return { ...state, guard: { ...guard, bestVariety, settings } };
};

/** Moves the probability of an adaptive augmentation. */
export const adaptAugmentation: Check = async (config, state, look, before, tell) => {
  const { adaptive } = config.augmentation;
  if (adaptive === null) return state;
  if (adaptive.signal === 'score') {
    const { signReal } = state.guard.recent;
    const next = adaptByScore(state.augmentation, adaptive, signReal, state.steps, config.batch);
    return { ...state, augmentation: next };
  }
  if (!passed(JUDGE_IMAGES, before, state)) return state;
  const scores = await look.scores();
  if (scores === null) return state;
  const r = overfittingOf(scores);
  const augmentation = adaptByHeldOut(state.augmentation, adaptive, r, JUDGE_IMAGES);
  const { guard } = state;
  if (r <= 0.9 || augmentation < adaptive.limit || 'held-out-overfits' in guard.said) {
    return { ...state, augmentation };
  }
  tell(
    'discriminator-overfits',
    'The discriminator takes held-out slices for generated ones: it knows the training slices by heart, and augmentation is at its limit. More slices or a smaller preset would help.',
  );
  const said = { ...guard.said, 'held-out-overfits': state.steps };
  return { ...state, augmentation, guard: { ...guard, said } };
};
