import type { StepKind } from '../step-kinds.ts';
import { mean, median, medianDeviation } from './robust.ts';
import { freshGuard, type GuardSettings, type GuardState, type Watched } from './state.ts';

/**
 * Watches the figures of every step and decides what to do: research/methods.md, section B. Pure: the same history
 * and the same step give the same verdict.
 */
export interface StepSignals extends StepKind {
  /** Number of the step, dropped ones included, and of its real images. */
  readonly step: number;
  readonly images: number;
  readonly finite: boolean;
  /** Where the step gave them; ignored when it was not finite. */
  readonly lossD: number;
  readonly lossG: number;
  readonly penalty: number | null;
  readonly normD: number;
  readonly normG: number;
  /** Mean sign of D(real) - D(fake), and of D(real). */
  readonly accuracy: number;
  readonly signReal: number;
}

export interface GuardContext {
  readonly batch: number;
  readonly size: number;
  /** Distinct training images. */
  readonly images: number;
  /** Losses are of logits through softplus or hinge, so their size means something. */
  readonly logits: boolean;
  /** The sign of D(real) means something: not for a relativistic loss, whose logits float. */
  readonly absolute: boolean;
  readonly penalises: boolean;
  /** Weight of the penalty as the run has it, before the guard's changes. */
  readonly gamma: number;
  /** Probability of augmentation now; null where the run has no augmentation. */
  readonly augmentation: number | null;
}

export interface Verdict {
  readonly state: GuardState;
  /** What is told to the user, in plain words, with a stable kind. */
  readonly events: readonly { readonly kind: string; readonly text: string }[];
  readonly action: 'go-on' | 'rollback' | 'stop';
}

const HISTORY = 200;
/** Values before a figure is compared with its own history. */
const ENOUGH = 50;
const CLIP_ABOVE = 10;
const SPIKE_DEVIATIONS = 8;
const SPIKE_STEPS = 50;
/** Losses of logits are below 5 in a sane run; several of tens mean that the players overshoot each other. */
const WILD_LOSS = 20;
const WILD_STEPS = 4;
/** Good steps that make up for a wild one. */
const WILD_FORGIVEN = 50;
const DROPPED_IN_A_ROW = 3;
const MOST_ROLLBACKS = 3;
const FORGIVEN_AFTER_STEPS = 1000;
/** Steps over which the discriminator is judged, and between two of its corrections. */
const JUDGED_STEPS = 64;
const REPEAT_STEPS = 100;
/** More than this and the generator may learn the augmentation itself (Karras et al. 2020). */
const MOST_AUGMENTATION = 0.6;
/** Fewer slices than this are learned by heart; far fewer certainly so. */
const FEW_SLICES = 300;
const VERY_FEW_SLICES = 100;

/** Gradient norms above which a step is clipped: ten times the middle one. null = not known yet. */
export function normLimits(
  state: GuardState,
  { penalised, paths }: StepKind,
): { D: number | null; G: number | null } {
  const limit = (name: Watched) => {
    const values = state.recent[name];
    return values.length >= ENOUGH ? CLIP_ABOVE * median(values) : null;
  };
  return {
    D: limit(penalised ? 'normD/penalised' : 'normD/plain'),
    G: limit(paths ? 'normG/paths' : 'normG'),
  };
}

/**
 * Twice the penalty; where the run has none, the least that StyleGAN2's own rule gives. A run with a weight of its
 * own, however small, gets no such floor: it would be more than the double that is told.
 */
export function morePenalty(settings: GuardSettings, { size, batch, gamma }: GuardContext): GuardSettings {
  const least = gamma > 0 ? 0 : Math.max(0.1, (0.0002 * size ** 2) / batch);
  return {
    ...settings,
    gamma: settings.gamma * 2,
    gammaFloor: settings.gammaFloor > 0 ? settings.gammaFloor * 2 : least,
  };
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

class Judgement {
  state: GuardState;
  readonly events: { kind: string; text: string }[] = [];
  action: Verdict['action'] = 'go-on';
  private readonly signals: StepSignals;
  private readonly context: GuardContext;

  constructor(state: GuardState, signals: StepSignals, context: GuardContext) {
    this.state = state;
    this.signals = signals;
    this.context = context;
  }

  private patch(change: Partial<GuardState>): void {
    this.state = { ...this.state, ...change };
  }

  /** Says something; the same kind again only after `every` steps. @returns whether it was said */
  private say(kind: string, text: string, every = 0): boolean {
    const last = this.state.said[kind];
    if (last !== undefined && this.signals.step - last < every) return false;
    this.patch({ said: { ...this.state.said, [kind]: this.signals.step } });
    this.events.push({ kind, text });
    return true;
  }

  /** Counts steps in a row. */
  private inARow(name: string, yes: boolean): number {
    const count = yes ? (this.state.above[name] ?? 0) + 1 : 0;
    this.patch({ above: { ...this.state.above, [name]: count } });
    return count;
  }

  /** Back to the last good state with other settings; after three in a row there is nothing left to try. */
  private rollBack(cause: string, change: { readonly rate?: number; readonly penalty?: boolean }): void {
    const { rollbacks, lastRollbackStep, settings } = this.state;
    const { step } = this.signals;
    const recent = lastRollbackStep !== null && step - lastRollbackStep < FORGIVEN_AFTER_STEPS;
    const count = recent ? rollbacks + 1 : 1;
    if (count > MOST_ROLLBACKS) {
      this.action = 'stop';
      this.say(
        'guard-stop',
        `${cause}. Going back to an earlier state did not help ${MOST_ROLLBACKS} times in a row; the run is stopped in its last good state.`,
      );
      return;
    }
    const penalty = change.penalty === true && this.context.penalises;
    // Half first; what comes back at once needs a larger change.
    const rate = (change.rate ?? (penalty ? 1 : 0.5)) * (recent ? 0.5 : 1);
    const next = penalty ? morePenalty(settings, this.context) : settings;
    const rates = `learning rates x ${Number((next.rate * rate).toPrecision(3))} of the run's own`;
    this.action = 'rollback';
    this.patch({
      rollbacks: count,
      lastRollbackStep: step,
      settings: { ...next, rate: next.rate * rate },
      above: {},
      dropped: 0,
      recent: freshGuard().recent,
    });
    this.say(
      'guard-rollback',
      `${cause}. The networks went back to their last good state and go on with new images${penalty ? ', a doubled penalty' : ''}${rate === 1 ? '' : ` and ${rates}`} (${count} of ${MOST_ROLLBACKS} in a row).`,
    );
  }

  private remember(name: Watched, value: number | null): void {
    if (value === null) return;
    const values = [...this.state.recent[name], value].slice(-HISTORY);
    this.patch({ recent: { ...this.state.recent, [name]: values } });
  }

  run(): Verdict {
    const { signals } = this;
    if (signals.step === 1) {
      this.few();
      this.unpenalised();
    }
    if (!signals.finite) this.notFinite();
    else {
      this.patch({ dropped: 0 });
      this.clipped();
      this.spikes();
      if (this.action === 'go-on') {
        for (const name of ['lossD', 'lossG', 'penalty', 'accuracy', 'signReal'] as const) {
          this.remember(name, signals[name]);
        }
        this.remember(signals.penalised ? 'normD/penalised' : 'normD/plain', signals.normD);
        this.remember(signals.paths ? 'normG/paths' : 'normG', signals.normG);
        this.discriminator();
      }
    }
    return { state: this.state, events: this.events, action: this.action };
  }

  private few(): void {
    const { images, augmentation } = this.context;
    if (images >= FEW_SLICES) return;
    const risk = `The run has ${images} slices only: the networks can learn them by heart and copy them.`;
    if (images < VERY_FEW_SLICES && augmentation !== null && augmentation < MOST_AUGMENTATION) {
      this.patch({ settings: { ...this.state.settings, augmentation: MOST_AUGMENTATION } });
      this.say('few-slices', `${risk} Augmentation is raised to ${percent(MOST_AUGMENTATION)}.`);
    } else this.say('few-slices', `${risk} Judge the result with the copying test.`);
  }

  /** A penalty of weight 0 is a slip: who wants none leaves it out of the configuration. */
  private unpenalised(): void {
    const { penalises, gamma } = this.context;
    if (!penalises || gamma > 0) return;
    const settings = morePenalty(this.state.settings, this.context);
    this.patch({ settings });
    this.say(
      'no-penalty',
      `The gradient penalty has the weight 0, with which a discriminator easily becomes too strong. It is raised to ${settings.gammaFloor.toPrecision(2)}.`,
    );
  }

  private notFinite(): void {
    const { step } = this.signals;
    const dropped = this.state.dropped + 1;
    this.patch({ dropped });
    this.say('step-dropped', `Step ${step} gave values that are not finite and was dropped.`);
    if (dropped >= DROPPED_IN_A_ROW) {
      this.rollBack(`${dropped} steps in a row gave values that are not finite`, { rate: 0.5 });
    }
  }

  private clipped(): void {
    const { normD, normG } = this.signals;
    const limits = normLimits(this.state, this.signals);
    const over = [
      ...(limits.D !== null && normD > limits.D ? ['the discriminator'] : []),
      ...(limits.G !== null && normG > limits.G ? ['the generator'] : []),
    ];
    if (over.length === 0) return;
    this.say(
      'gradient-clipped',
      `Gradients of ${over.join(' and ')} were more than ${CLIP_ABOVE} times as large as usual and were cut down.`,
      REPEAT_STEPS,
    );
  }

  private spikes(): void {
    const { signals, context } = this;
    const { lossD, lossG, penalty } = signals;
    const wild = context.logits && Math.max(lossD, lossG) > WILD_LOSS;
    const before = this.state.above.wild ?? 0;
    const count = wild ? before + 1 : Math.max(0, before - 1 / WILD_FORGIVEN);
    this.patch({ above: { ...this.state.above, wild: count } });
    if (count > WILD_STEPS - 1) {
      this.rollBack(
        `The losses swing beyond every sensible value (now D ${lossD.toPrecision(3)}, G ${lossG.toPrecision(3)}): the networks take too large steps`,
        { rate: 0.25, penalty: true },
      );
      return;
    }
    const figures = { lossD, lossG, penalty };
    for (const name of ['lossD', 'lossG', 'penalty'] as const) {
      const value = figures[name];
      const history = this.state.recent[name];
      if (value === null || history.length < (name === 'penalty' ? SPIKE_STEPS / 5 : ENOUGH)) continue;
      const middle = median(history);
      const far = middle + SPIKE_DEVIATIONS * medianDeviation(history);
      // A figure that hardly moves has a tiny deviation; a spike is large beside the figure itself, too.
      const spike = value > far && value > 3 * Math.abs(middle) + (name === 'penalty' ? 0 : 1);
      const needed = name === 'penalty' ? SPIKE_STEPS / 5 : SPIKE_STEPS;
      if (this.inARow(name, spike) < needed) continue;
      const what = {
        lossD: "The discriminator's loss",
        lossG: "The generator's loss",
        penalty: 'The penalty',
      };
      this.rollBack(`${what[name]} stayed far above its usual values`, { penalty: true });
      return;
    }
  }

  private discriminator(): void {
    const { recent, settings } = this.state;
    if (recent.accuracy.length < JUDGED_STEPS) return;
    const last = (name: Watched) => mean(recent[name].slice(-JUDGED_STEPS));
    const right = last('accuracy');
    const vanished =
      recent.normG.length >= 2 * JUDGED_STEPS &&
      median(recent.normG.slice(-JUDGED_STEPS)) < 0.01 * median(recent.normG);
    const saturated = this.context.logits && (last('lossG') > 12 || last('lossD') < 0.01);
    if (right > 0.98 && (vanished || saturated)) {
      const text = `The discriminator tells real from generated slices in ${percent((1 + right) / 2)} of all pairs with certainty, so the generator learns nothing from it.`;
      if (!this.context.penalises) {
        this.say(
          'discriminator-too-strong',
          `${text} The run has no gradient penalty; start it with one.`,
          1000,
        );
      } else if (
        this.say('discriminator-too-strong', `${text} The gradient penalty is doubled.`, REPEAT_STEPS)
      ) {
        this.patch({ settings: morePenalty(settings, this.context) });
      }
      return;
    }
    this.overfit(last('signReal'));
  }

  /** Adaptive augmentation's r_t, far beyond its target, after the data have been seen ten times. */
  private overfit(signReal: number): void {
    const { absolute, augmentation, images } = this.context;
    if (!absolute || signReal < 0.95 || this.signals.images < 10 * images) return;
    const text = `The discriminator calls ${percent((1 + signReal) / 2)} of the training slices real: it knows them by heart.`;
    if (augmentation !== null && augmentation < MOST_AUGMENTATION) {
      const next = Math.min(MOST_AUGMENTATION, augmentation + 0.1);
      if (
        this.say(
          'discriminator-overfits',
          `${text} Augmentation is raised to ${percent(next)}.`,
          REPEAT_STEPS,
        )
      ) {
        this.patch({ settings: { ...this.state.settings, augmentation: next } });
      }
    } else {
      this.say(
        'discriminator-overfits',
        `${text} More slices, a smaller preset or a shorter run would help.`,
        5000,
      );
    }
  }
}

/** @returns the history with this step in it, what to tell the user, and what to do */
export function observe(state: GuardState, signals: StepSignals, context: GuardContext): Verdict {
  return new Judgement(state, signals, context).run();
}

/** Nothing that is being watched is under way: a state worth going back to. */
export function isCalm({ above, dropped }: GuardState): boolean {
  return dropped === 0 && Object.values(above).every((count) => count < 1);
}
