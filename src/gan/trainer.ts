import { GantryError } from '../base/errors.ts';
import { type Arrays, sizeOf } from '../engine/index.ts';
import { adaptAugmentation, checkCollapse, guardContext } from './checks.ts';
import { labelColumns } from './conditions.ts';
import { parseRunConfig, type RunConfig } from './config.ts';
import { type Phase, sameGrowth } from './growth.ts';
import { atNewGrowth, freshGuard, isCalm, observe, type StepSignals } from './guard/index.ts';
import {
  carriedOver,
  openPlayers,
  type Players,
  type PlayersOptions,
  type RunnerFactory,
  replacePlayers,
  startState,
} from './players.ts';
import { augmentationNow, phaseNow, stepInputs } from './step-inputs.ts';
import { parseTrainerState, type TrainerState } from './trainer-state.ts';
import { trainingGraph } from './training-program.ts';
import type { BatchSource, Checkpoint, ImageSet, NamedTensor, StepMetrics, Weights } from './types.ts';

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
  /** Resolution that the run works at now; its own size unless it is progressive. */
  readonly phase: Phase;
  /** Something is wrong that may yet turn out to be nothing: no time for a checkpoint. */
  readonly suspect: boolean;
  /** @throws GantryError UNSTABLE when the guard has tried everything; the state is then the last good one */
  step(): Promise<StepMetrics>;
  /**
   * @throws GantryError NOT_FINITE when the state holds a value that is not finite, BAD_CHECKPOINT after a failed
   * change of resolution, whose networks are not those of the images seen
   */
  checkpoint(): Promise<Checkpoint>;
  /** @throws GantryError BAD_CHECKPOINT, DATASET_CHANGED */
  restore(checkpoint: Checkpoint): Promise<void>;
  /**
   * Begins with the networks of another run instead of random ones; counters, schedules and the optimiser's moments
   * start anew. Its labels may be others. @throws GantryError BAD_CHECKPOINT when the networks are of another shape,
   * BAD_CONFIG for a progressive run, whose networks begin small
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
  /** States to go back to, oldest first; what a checkpoint holds takes their place, so that resume is exact. */
  let snapshots: readonly Snapshot[] = [];
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
  const phase = () => phaseNow(config, state);
  const forPlayers: PlayersOptions = {
    config,
    source,
    heldOut: options.heldOut ?? null,
    runnerFactory,
    phase,
  };
  let players: Players = await openPlayers(phase(), forPlayers);
  players.runner.setState(startState(config, phase()));
  const tell = (kind: string, text: string) => options.onEvent?.({ kind, text, images: state.images });

  async function takeSnapshot(): Promise<void> {
    snapshots = [...snapshots, { tensors: await players.runner.getState(), updates: state.updates }].slice(
      -2,
    );
  }

  /** The newest good state; asked again soon, the one before it, because that one led here. */
  function goBack(soon: boolean): void {
    if (soon && snapshots.length > 1) snapshots = snapshots.slice(0, -1);
    const last = snapshots.at(-1);
    if (last === undefined) return;
    players.runner.setState(last.tensors);
    state = { ...state, updates: last.updates };
  }

  /** Takes one step's figures to the guard and does what it says. @throws GantryError UNSTABLE */
  function guard(signals: StepSignals): void {
    const before = state.guard.lastRollbackStep;
    const { state: next, events, action } = observe(state.guard, signals, guardContext(config, state));
    state = { ...state, guard: next };
    for (const { kind, text } of events) tell(kind, text);
    if (action === 'go-on') return;
    goBack(before !== null && signals.step - before < SNAPSHOT_STEPS);
    if (action === 'rollback') return;
    throw new GantryError('UNSTABLE', events.at(-1)?.text ?? 'The training did not become stable.', {
      action: 'Start a new run, or branch this one, with a lower learning rate or another preset.',
    });
  }

  /**
   * Changes the networks where the images seen call for others. Adam's count of updates begins anew with new layers,
   * whose moments are zero; the others then start slowly, with the moments that they have.
   */
  async function grow(): Promise<void> {
    const next = phase();
    if (sameGrowth(next, players.growth)) return;
    const larger = next.size > players.growth.size;
    const updates = (before: number) => (larger ? 0 : before);
    const values = carriedOver(await players.runner.getState(), config, next);
    const grown = await replacePlayers(players, next, forPlayers);
    try {
      grown.runner.setState(values);
    } catch (error) {
      // Networks without their values must not pass for those of this resolution.
      await grown.runner.dispose();
      throw error;
    }
    players = grown;
    snapshots = snapshots.map((old) => ({
      tensors: carriedOver(old.tensors, config, next),
      updates: updates(old.updates),
    }));
    state = { ...state, updates: updates(state.updates), guard: atNewGrowth(state.guard) };
    const now = `Now ${next.size} × ${next.size} pixels`;
    tell(
      'resolution',
      next.fading
        ? `${now}: the new layers fade in over ${config.progressive?.fadeImages} images.`
        : `${now} in full: the new layers have faded in.`,
    );
  }

  async function step(): Promise<StepMetrics> {
    for (;;) {
      if (snapshots.length === 0 || (state.steps % SNAPSHOT_STEPS === 0 && isCalm(state.guard))) {
        await takeSnapshot();
      }
      const before = state.images;
      const { size, alpha } = phase();
      const { kind, program, inputs } = stepInputs(config, players.generator, source, state);
      const out = await players.runner.run(program, inputs);
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
      try {
        guard({
          step: steps,
          images,
          finite,
          ...kind,
          lossD,
          lossG,
          penalty,
          normD,
          normG,
          accuracy,
          signReal: value('signReal'),
        });
      } finally {
        // Whatever became of the step: the images seen decide which networks there are.
        await grow();
      }
      if (!finite) continue;
      state = await adaptAugmentation(config, state, players.look, before, tell);
      state = await checkCollapse(config, state, players.look, before, tell);
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
          ...(config.progressive === null ? {} : { resolution: size, alpha }),
          ...(augmentation === null ? {} : { augmentation }),
          ...(penalty === null ? {} : { penalty }),
          ...(kind.paths ? { pathLength: value('pathLength'), pathPenalty: value('pathPenalty') } : {}),
        },
      };
    }
  }

  async function read(prefix: string): Promise<Record<string, NamedTensor>> {
    const { shapes, runner } = players;
    const names = Object.keys(shapes).filter((name) => name.startsWith(prefix));
    const values = await runner.getState(names);
    return Object.fromEntries(names.map((name) => [name, { shape: shapes[name]!, data: values[name]! }]));
  }

  return {
    config,
    get device() {
      return players.runner.device;
    },
    get steps() {
      return state.steps;
    },
    get images() {
      return state.images;
    },
    get phase() {
      return phase();
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
      if (!sameGrowth(players.growth, phase())) {
        throw new GantryError(
          'BAD_CHECKPOINT',
          'The networks have not grown to the resolution of their images; this state was not saved.',
          { action: 'Resume the run: it goes on from its checkpoint before.' },
        );
      }
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
    async restore(checkpoint) {
      const shapesAt = (at: TrainerState) => trainingGraph(config, phaseNow(config, at)).spec.state;
      const restored = parseTrainerState(checkpoint, shapesAt, source.count);
      source.restore(restored.source);
      // A branch goes on with settings of its own.
      state = { ...restored, config };
      players = await replacePlayers(players, phase(), forPlayers);
      const values = Object.fromEntries(
        Object.entries(players.shapes).map(([name, shape]) => [
          name,
          checkpoint.tensors[name]?.data ?? new Float32Array(sizeOf(shape)),
        ]),
      );
      players.runner.setState(values);
      snapshots = [{ tensors: values, updates: state.updates }];
    },
    begin({ tensors }) {
      checkBeginning(config);
      const { shapes, runner } = players;
      const values: Arrays = {};
      for (const name of Object.keys(shapes).filter((n) => /^(g|d|ema)\//.test(n))) {
        const tensor = tensors[name];
        if (tensor?.shape.join() === shapes[name]!.join()) values[name] = tensor.data;
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
    dispose: () => players.runner.dispose(),
  };
}

/** @throws GantryError BAD_CONFIG for a run that cannot begin with the networks of another */
export function checkBeginning({ progressive }: RunConfig): void {
  if (progressive === null) return;
  throw new GantryError('BAD_CONFIG', 'A progressive run cannot begin with the networks of another.', {
    action: 'Fine-tune with a preset that is not progressive, or with --set progressive=null.',
  });
}

/** The configuration that a checkpoint was made with. @throws GantryError BAD_CHECKPOINT or BAD_CONFIG */
export function configOf(checkpoint: Checkpoint): RunConfig {
  const { state } = checkpoint;
  if (state === null || typeof state !== 'object' || !('config' in state)) {
    throw new GantryError('BAD_CHECKPOINT', 'The checkpoint holds no configuration.');
  }
  return parseRunConfig(state.config);
}
