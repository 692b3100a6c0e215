import { GantryError } from '../base/errors.ts';
import type { Arrays, Runner, RunnerSpec } from '../engine/index.ts';
import { adaptByHeldOut, adaptByScore, overfittingOf } from './adaptive.ts';
import { labelColumns } from './conditions.ts';
import { parseRunConfig, type RunConfig } from './config.ts';
import {
  collapseOf,
  freshGuard,
  type GuardContext,
  isCalm,
  morePenalty,
  observe,
  type StepSignals,
} from './guard/index.ts';
import { initialise, withPrefix } from './layers/params.ts';
import { createLook, lookPrograms } from './look.ts';
import { progressOf, valueAt } from './schedules.ts';
import { augmentationNow, stepInputs } from './step-inputs.ts';
import { parseTrainerState, type TrainerState } from './trainer-state.ts';
import { trainingGraph } from './training-program.ts';
import type { BatchSource, Checkpoint, ImageSet, NamedTensor, StepMetrics, Weights } from './types.ts';

export type RunnerFactory = (spec: RunnerSpec) => Promise<Runner>;

/** Something that happened in a run and that its user should know. */
export interface TrainerEvent {
  /** Stable: step-dropped, guard-rollback, guard-stop, gradient-clipped, discriminator-too-strong, … */
  readonly kind: string;
  readonly text: string;
  readonly images: number;
}

export interface Trainer {
  readonly config: RunConfig;
  readonly device: string;
  /** Steps and real images so far, dropped steps included. */
  readonly steps: number;
  readonly images: number;
  /** Images of the whole run; null while it is not known (schedules then stand at their beginning). */
  totalImages: number | null;
  /** Something is wrong that may yet turn out to be nothing: no time for a checkpoint. */
  readonly suspect: boolean;
  /** @throws GantryError UNSTABLE when the guard has tried everything; the state is then the last good one */
  step(): Promise<StepMetrics>;
  /** @throws GantryError NOT_FINITE when the state holds a value that is not finite */
  checkpoint(): Promise<Checkpoint>;
  /** @throws GantryError BAD_CHECKPOINT, DATASET_CHANGED */
  restore(checkpoint: Checkpoint): void;
  /**
   * Begins with the networks of another run instead of random ones; counters, schedules and the optimiser's moments
   * start anew. Its labels may be others. @throws GantryError BAD_CHECKPOINT when the networks are of another shape
   */
  begin(from: Checkpoint): void;
  /** The moving average of the generator, which images are generated with. */
  emaWeights(): Promise<Weights>;
  dispose(): Promise<void>;
}

export interface TrainerOptions {
  readonly totalImages?: number | null;
  /** Images that are not trained on, for adaptive augmentation by held-out slices. */
  readonly heldOut?: ImageSet | null;
  readonly onEvent?: (event: TrainerEvent) => void;
}

/** Steps between two states that the guard may go back to, in memory. */
const SNAPSHOT_STEPS = 100;
/** Images between two looks at the run's own slices, and between two comparisons with held-out ones. */
const LOOK_IMAGES = 5000;
const JUDGE_IMAGES = 1000;

interface Snapshot {
  readonly tensors: Arrays;
  readonly updates: number;
}

/**
 * Trains a generator and a discriminator on batches of `source`, one program run a step. Everything random is drawn
 * from (seed, step) and every schedule from the images seen, so that a trainer restored from a checkpoint goes on
 * exactly as the one that wrote it.
 */
export async function createTrainer(
  config: RunConfig,
  source: BatchSource,
  runnerFactory: RunnerFactory,
  options: TrainerOptions = {},
): Promise<Trainer> {
  if (source.size !== config.size) {
    throw new GantryError('BAD_SIZE', `The images have ${source.size} pixels, the run wants ${config.size}.`);
  }
  if (source.labelColumns !== labelColumns(config.conditions)) {
    throw new GantryError(
      'BAD_CONFIG',
      'The labels of the images are not those that the run is to be told of.',
    );
  }
  if (source.count < 2) {
    throw new GantryError('DATASET_TOO_SMALL', `A run needs at least 2 images; there are ${source.count}.`);
  }
  const { generator, discriminator, spec } = trainingGraph(config);
  const looking = lookPrograms(config, generator, discriminator);
  const runner = await runnerFactory({ ...spec, programs: { ...spec.programs, ...looking } });
  const look = createLook(config, generator.latent, runner, source, options.heldOut ?? null);
  /** States to go back to, oldest first; what a checkpoint holds takes their place, so that resume is exact. */
  let snapshots: readonly Snapshot[] = [];
  const start = initialise(generator.specs, config.seed, 'g');
  runner.setState({
    ...withPrefix('g/', start),
    ...withPrefix('ema/', start),
    ...withPrefix('d/', initialise(discriminator.specs, config.seed, 'd')),
  });

  let state: TrainerState = {
    formatVersion: 1,
    steps: 0,
    updates: 0,
    images: 0,
    totalImages: options.totalImages ?? null,
    sourceCount: source.count,
    source: source.state(),
    augmentation: 0,
    guard: freshGuard(),
    config,
  };

  /** What the guard needs to know beside the step's figures. */
  const context = (): GuardContext => ({
    batch: config.batch,
    size: config.size,
    images: source.count,
    logits: config.loss !== 'wasserstein',
    absolute: config.loss === 'non-saturating' || config.loss === 'hinge',
    penalises: config.penalty.real || config.penalty.fake,
    gamma: valueAt(config.penalty.gamma, progressOf(state.images, state.totalImages)),
    augmentation: augmentationNow(config, state),
  });
  const tell = (kind: string, text: string) => options.onEvent?.({ kind, text, images: state.images });

  async function takeSnapshot(): Promise<void> {
    snapshots = [...snapshots, { tensors: await runner.getState(), updates: state.updates }].slice(-2);
  }

  /** The newest good state; asked again soon, the one before it, because that one led here. */
  function goBack(soon: boolean): void {
    if (soon && snapshots.length > 1) snapshots = snapshots.slice(0, -1);
    const last = snapshots.at(-1);
    if (last === undefined) return;
    runner.setState(last.tensors);
    state = { ...state, updates: last.updates };
  }

  /** Takes one step's figures to the guard and does what it says. @throws GantryError UNSTABLE */
  function guard(signals: StepSignals): void {
    const before = state.guard.lastRollbackStep;
    const { state: next, events, action } = observe(state.guard, signals, context());
    state = { ...state, guard: next };
    for (const { kind, text } of events) tell(kind, text);
    if (action === 'go-on') return;
    goBack(before !== null && signals.step - before < SNAPSHOT_STEPS);
    if (action === 'rollback') return;
    throw new GantryError('UNSTABLE', events.at(-1)?.text ?? 'The training did not become stable.', {
      action: 'Start a new run, or branch this one, with a lower learning rate or another preset.',
    });
  }

  /** Every 5,000 images: are the generated slices still as different as the real ones? */
  async function lookForCollapse(before: number): Promise<void> {
    if (Math.floor(before / LOOK_IMAGES) === Math.floor(state.images / LOOK_IMAGES)) return;
    const seen = await look.variety();
    if (seen === null) return;
    const { guard: g } = state;
    const collapse = collapseOf(
      seen.fake,
      seen.real,
      g.bestVariety,
      progressOf(state.images, state.totalImages),
    );
    const bestVariety = Math.max(g.bestVariety, seen.relative);
    const settings = collapse === null ? g.settings : morePenalty(g.settings, context());
    state = { ...state, guard: { ...g, bestVariety, settings } };
    if (collapse !== null) tell(collapse.kind, `${collapse.text} The gradient penalty is doubled.`);
  }

  async function adapt(before: number): Promise<void> {
    const { adaptive } = config.augmentation;
    if (adaptive === null) return;
    if (adaptive.signal === 'score') {
      const { signReal } = state.guard.recent;
      const next = adaptByScore(state.augmentation, adaptive, signReal, state.steps, config.batch);
      state = { ...state, augmentation: next };
      return;
    }
    if (Math.floor(before / JUDGE_IMAGES) === Math.floor(state.images / JUDGE_IMAGES)) return;
    const scores = await look.scores();
    if (scores === null) return;
    const r = overfittingOf(scores);
    const next = adaptByHeldOut(state.augmentation, adaptive, r, JUDGE_IMAGES);
    state = { ...state, augmentation: next };
    if (r > 0.9 && next >= adaptive.limit && !('held-out-overfits' in state.guard.said)) {
      const said = { ...state.guard.said, 'held-out-overfits': state.steps };
      state = { ...state, guard: { ...state.guard, said } };
      tell(
        'discriminator-overfits',
        'The discriminator takes held-out slices for generated ones: it knows the training slices by heart, and augmentation is at its limit. More slices or a smaller preset would help.',
      );
    }
  }

  async function step(): Promise<StepMetrics> {
    for (;;) {
      if (snapshots.length === 0 || (state.steps % SNAPSHOT_STEPS === 0 && isCalm(state.guard))) {
        await takeSnapshot();
      }
      const before = state.images;
      const { program, inputs } = stepInputs(config, generator.latent, source, state);
      const out = await runner.run(program, inputs);
      const value = (name: string) => out[name]?.[0] ?? Number.NaN;
      const finite = value('ok') > 0;
      state = {
        ...state,
        steps: state.steps + 1,
        images: state.images + config.batch,
        updates: state.updates + (finite ? 1 : 0),
        source: source.state(),
      };
      const [normD, normG] = [Math.sqrt(value('squaredNormD')), Math.sqrt(value('squaredNormG'))];
      const penalty = 'penalty' in out ? value('penalty') : null;
      const { steps, images } = state;
      const [lossD, lossG, accuracy] = [value('lossD'), value('lossG'), value('accuracy')];
      const augmentation = augmentationNow(config, state);
      guard({
        step: steps,
        images,
        finite,
        penalised: program === 'penalised',
        lossD,
        lossG,
        penalty,
        normD,
        normG,
        accuracy,
        signReal: value('signReal'),
      });
      if (!finite) continue;
      await adapt(before);
      await lookForCollapse(before);
      return {
        step: steps,
        images,
        lossD,
        lossG,
        scoreReal: value('scoreReal'),
        scoreFake: value('scoreFake'),
        extra: {
          gradientD: normD,
          gradientG: normG,
          accuracy,
          ...(augmentation === null ? {} : { augmentation }),
          ...(penalty === null ? {} : { penalty }),
        },
      };
    }
  }

  async function read(prefix: string): Promise<Record<string, NamedTensor>> {
    const names = Object.keys(spec.state).filter((name) => name.startsWith(prefix));
    const values = await runner.getState(names);
    return Object.fromEntries(names.map((name) => [name, { shape: spec.state[name]!, data: values[name]! }]));
  }

  return {
    config,
    device: runner.device,
    get steps() {
      return state.steps;
    },
    get images() {
      return state.images;
    },
    get suspect() {
      return !isCalm(state.guard);
    },
    get totalImages() {
      return state.totalImages;
    },
    set totalImages(total) {
      state = { ...state, totalImages: total };
    },
    step,
    async checkpoint() {
      const tensors = await read('');
      for (const [name, { data }] of Object.entries(tensors)) {
        if (!data.every(Number.isFinite)) {
          throw new GantryError('NOT_FINITE', `The value ${name} is not finite; it was not saved.`);
        }
      }
      const values = Object.fromEntries(Object.entries(tensors).map(([k, { data }]) => [k, data]));
      snapshots = [{ tensors: values, updates: state.updates }];
      return { tensors, state };
    },
    restore(checkpoint) {
      const restored = parseTrainerState(checkpoint, spec.state, source.count);
      source.restore(restored.source);
      const values = Object.fromEntries(Object.entries(checkpoint.tensors).map(([k, t]) => [k, t.data]));
      runner.setState(values);
      // A branch goes on with settings of its own.
      state = { ...restored, config };
      snapshots = [{ tensors: values, updates: state.updates }];
    },
    begin({ tensors }) {
      const values: Arrays = {};
      for (const name of Object.keys(spec.state).filter((n) => /^(g|d|ema)\//.test(n))) {
        const tensor = tensors[name];
        if (tensor?.shape.join() === spec.state[name]!.join()) values[name] = tensor.data;
        else if (!/labels?\b/.test(name)) {
          throw new GantryError('BAD_CHECKPOINT', `The networks have another shape (first: ${name}).`, {
            action: 'Fine-tune with the preset and size of the run that is begun with.',
          });
        }
      }
      runner.setState(values);
      snapshots = [];
    },
    async emaWeights() {
      const tensors = await read('ema/');
      return Object.fromEntries(Object.entries(tensors).map(([k, t]) => [k.slice('ema/'.length), t]));
    },
    dispose: () => runner.dispose(),
  };
}

/** The configuration that a checkpoint was made with. @throws GantryError BAD_CHECKPOINT or BAD_CONFIG */
export function configOf(checkpoint: Checkpoint): RunConfig {
  const { state } = checkpoint;
  if (state === null || typeof state !== 'object' || !('config' in state)) {
    throw new GantryError('BAD_CHECKPOINT', 'The checkpoint holds no configuration.');
  }
  return parseRunConfig(state.config);
}
