import { type Arrays, type Runner, type RunnerSpec, type Shapes, sizeOf } from '../engine/index.ts';
import type { RunConfig } from './config.ts';
import { type Growth, type Phase, sameGrowth } from './growth.ts';
import { initialise, type ParamSpecs, withPrefix } from './layers/params.ts';
import { createLook, lookPrograms } from './look.ts';
import type { Generator } from './networks/types.ts';
import { trainingGraph } from './training-program.ts';
import type { BatchSource, ImageSet } from './types.ts';

export type RunnerFactory = (spec: RunnerSpec) => Promise<Runner>;

/** Both networks of one growth, compiled for a device: their training step, their state, and looks at them. */
export interface Players {
  readonly growth: Growth;
  readonly generator: Generator;
  readonly shapes: Shapes;
  readonly runner: Runner;
  readonly look: ReturnType<typeof createLook>;
}

export interface PlayersOptions {
  readonly config: RunConfig;
  readonly source: BatchSource;
  readonly heldOut: ImageSet | null;
  readonly runnerFactory: RunnerFactory;
  /** Where the run stands. */
  phase(): Phase;
}

/** The players of a growth, with all values at zero. */
export async function openPlayers(growth: Growth, options: PlayersOptions): Promise<Players> {
  const { config, source, heldOut, runnerFactory, phase } = options;
  const { generator, discriminator, spec } = trainingGraph(config, growth);
  const looking = lookPrograms(config, generator, discriminator, growth);
  const runner = await runnerFactory({ ...spec, programs: { ...spec.programs, ...looking } });
  const look = createLook(config, generator.latent, runner, source, heldOut, phase);
  return { growth, generator, shapes: spec.state, runner, look };
}

/** The players of a growth in place of others, which end; the same ones where the growth is theirs. */
export async function replacePlayers(
  players: Players,
  growth: Growth,
  options: PlayersOptions,
): Promise<Players> {
  if (sameGrowth(players.growth, growth)) return players;
  await players.runner.dispose();
  return openPlayers(growth, options);
}

/** Start values of a growth, drawn from the run's seed; the optimiser's moments are zero. */
export function startState(config: RunConfig, growth: Growth): Arrays {
  const { generator, discriminator, spec } = trainingGraph(config, growth);
  const draw = (specs: ParamSpecs, scope: string) => initialise(specs, config.seed, scope);
  const ofG = draw(generator.specs, 'g');
  const values: Arrays = {
    ...withPrefix('g/', ofG),
    ...withPrefix('ema/', ofG),
    ...withPrefix('d/', draw(discriminator.specs, 'd')),
  };
  for (const [name, shape] of Object.entries(spec.state)) {
    values[name] ??= new Float32Array(sizeOf(shape));
  }
  return values;
}

/**
 * State of another growth of a run: what both have is carried over, weights, averages and moments alike; new layers
 * start as if the run began with them; what only the old one had is dropped.
 */
export function carriedOver(state: Arrays, config: RunConfig, growth: Growth): Arrays {
  const start = startState(config, growth);
  return Object.fromEntries(Object.entries(start).map(([name, fresh]) => [name, state[name] ?? fresh]));
}
