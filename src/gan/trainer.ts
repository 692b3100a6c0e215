import { GantryError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { Arrays, Runner, RunnerSpec } from '../engine/index.ts';
import { drawWarp, enabled } from './augmentation.ts';
import { labelColumns } from './conditions.ts';
import { parseRunConfig, type RunConfig } from './config.ts';
import { initialise, withPrefix } from './layers/params.ts';
import { adamScalars } from './optimiser.ts';
import { emaWeight, progressOf, valueAt } from './schedules.ts';
import { parseTrainerState, type TrainerState } from './trainer-state.ts';
import { trainingGraph } from './training-program.ts';
import type { BatchSource, Checkpoint, NamedTensor, StepMetrics, Weights } from './types.ts';

export type RunnerFactory = (spec: RunnerSpec) => Promise<Runner>;

/** Something that happened in a run and that its user should know. */
export interface TrainerEvent {
  readonly kind: 'step-dropped';
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
  /** @throws GantryError NOT_FINITE after three dropped steps in a row; the state is then still the last good one */
  step(): Promise<StepMetrics>;
  /** @throws GantryError NOT_FINITE when the state holds a value that is not finite */
  checkpoint(): Promise<Checkpoint>;
  /** @throws GantryError BAD_CHECKPOINT, DATASET_CHANGED */
  restore(checkpoint: Checkpoint): void;
  /** The moving average of the generator, which images are generated with. */
  emaWeights(): Promise<Weights>;
  dispose(): Promise<void>;
}

export interface TrainerOptions {
  readonly totalImages?: number | null;
  readonly onEvent?: (event: TrainerEvent) => void;
}

const DROPPED_IN_A_ROW = 3;
/** A gradient norm that none has that is finite. */
const NO_LIMIT = 3e38;

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
  const runner = await runnerFactory(spec);
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
    config,
  };

  /** Inputs of the step that is due, and the program for it. */
  function prepare(): { program: string; inputs: Arrays } {
    const { batch, seed, size, penalty, optimiser, augmentation, ema } = config;
    const { steps, updates } = state;
    const progress = progressOf(state.images, state.totalImages);
    const penalised = (penalty.real || penalty.fake) && steps % penalty.every === 0;
    const factor = valueAt(optimiser.factor, progress);
    const beta2 = valueAt(optimiser.beta2, progress);
    const t = updates + 1;
    const forG = adamScalars(optimiser.generatorRate * factor, optimiser.beta1, beta2, t);
    const forD = adamScalars(optimiser.discriminatorRate * factor, optimiser.beta1, beta2, t);
    const scalars = {
      rateG: forG.rate,
      epsilonG: forG.epsilon,
      rateD: forD.rate,
      epsilonD: forD.epsilon,
      freshness: forG.freshness,
      penaltyWeight: (valueAt(penalty.gamma, progress) / 2) * penalty.every,
      emaWeight: emaWeight(state.images + batch, batch, ema.halfLifeImages, ema.ramp),
      limitD: NO_LIMIT,
      limitG: NO_LIMIT,
    };
    const { images, labels } = source.next(batch);
    const inputs: Arrays = {
      real: images,
      ...(labels === null ? {} : { labels }),
      z: new Random(seed, 'z', steps).fillNormal(new Float32Array(batch * generator.latent)),
      ...Object.fromEntries(Object.entries(scalars).map(([k, v]) => [k, Float32Array.of(v)])),
    };
    if (enabled(augmentation)) {
      const p = valueAt(augmentation.probability, progress);
      for (const which of ['real', 'fake'] as const) {
        const warp = drawWarp(augmentation, p, batch, size, new Random(seed, `augment/${which}`, steps));
        Object.assign(inputs, withPrefix(`${which}.`, warp));
      }
    }
    return { program: penalised ? 'penalised' : 'plain', inputs };
  }

  async function step(): Promise<StepMetrics> {
    for (let dropped = 0; dropped < DROPPED_IN_A_ROW; dropped++) {
      const { program, inputs } = prepare();
      const out = await runner.run(program, inputs);
      const value = (name: string) => out[name]?.[0] ?? Number.NaN;
      const ok = value('ok') > 0;
      state = {
        ...state,
        steps: state.steps + 1,
        images: state.images + config.batch,
        updates: state.updates + (ok ? 1 : 0),
        source: source.state(),
      };
      if (ok) {
        return {
          step: state.steps,
          images: state.images,
          lossD: value('lossD'),
          lossG: value('lossG'),
          scoreReal: value('scoreReal'),
          scoreFake: value('scoreFake'),
          extra: {
            gradientD: Math.sqrt(value('squaredNormD')),
            gradientG: Math.sqrt(value('squaredNormG')),
            ...('penalty' in out ? { penalty: value('penalty') } : {}),
          },
        };
      }
      options.onEvent?.({
        kind: 'step-dropped',
        text: `Step ${state.steps} gave values that are not finite and was dropped.`,
        images: state.images,
      });
    }
    throw new GantryError(
      'NOT_FINITE',
      `${DROPPED_IN_A_ROW} steps in a row gave values that are not finite (at ${state.images} images).`,
      { action: 'Resume from the last checkpoint with a lower learning rate or a larger gamma.' },
    );
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
      return { tensors, state };
    },
    restore(checkpoint) {
      const restored = parseTrainerState(checkpoint, spec.state, source.count);
      source.restore(restored.source);
      runner.setState(Object.fromEntries(Object.entries(checkpoint.tensors).map(([k, t]) => [k, t.data])));
      state = restored;
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
