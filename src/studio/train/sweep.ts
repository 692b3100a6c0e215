import { GantryError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { RunRecord, Workspace } from '../../workspace/index.ts';
import type { NewTraining } from './plan.ts';
import { resumeRun, type TrainOptions, trainRun } from './trainRun.ts';

export interface Sweep {
  /** Names the sweep; asked for again under it, finished runs are skipped and cut-off ones resumed. */
  readonly name: string;
  readonly training: Omit<NewTraining, 'seed' | 'settings' | 'note'>;
  /** "penalty.gamma=0.5|1|2;batch=8|16": the values of every setting. */
  readonly over: string;
  readonly seeds: readonly number[];
  /** So many random combinations instead of all. */
  readonly random?: number | undefined;
}

export interface SweepPoint {
  /** "penalty.gamma=1,batch=8"; empty for a sweep over seeds alone. */
  readonly settings: string;
  readonly seed: number;
}

/**
 * The runs of a sweep in their order: all combinations, or `random` of them, each with every seed.
 * @throws USAGE for text of another form
 */
export function pointsOf({ over, seeds, random, name }: Sweep): SweepPoint[] {
  let combinations = [''];
  for (const axis of over.split(';').filter((text) => text.trim() !== '')) {
    const [, setting, values] = /^\s*([A-Za-z0-9.]+)\s*=\s*(.+?)\s*$/.exec(axis) ?? [];
    if (setting === undefined || values === undefined || values.includes(',')) {
      throw new GantryError('USAGE', `"${axis}" is no setting with values.`, {
        action: 'Write name=value|value;name=value|value, for example penalty.gamma=0.5|1|2',
      });
    }
    combinations = combinations.flatMap((before) =>
      values.split('|').map((value) => `${before}${before === '' ? '' : ','}${setting}=${value.trim()}`),
    );
  }
  if (random !== undefined && random < combinations.length) {
    const order = new Random(1, `sweep/${name}`).permutation(combinations.length);
    combinations = [...order.subarray(0, random)].sort((a, b) => a - b).map((i) => combinations[i]!);
  }
  return combinations.flatMap((settings) => seeds.map((seed) => ({ settings, seed })));
}

const noteOf = (name: string, { settings, seed }: SweepPoint) =>
  `Sweep ${name}: ${settings === '' ? 'as the preset' : settings}, seed ${seed}`;

export interface SweepOptions {
  readonly signal?: AbortSignal;
  readonly train?: Omit<TrainOptions, 'signal'>;
  /** Before and after every run. */
  onPoint?(
    index: number,
    total: number,
    point: SweepPoint,
    state: 'begins' | 'ended' | 'was done',
    run?: RunRecord,
  ): void;
  /** A run that fails (unstable settings) ends itself, not the sweep. */
  onFailure?(point: SweepPoint, error: unknown): void;
}

/**
 * Trains the runs of a sweep one after the other. Stopped and started again, it goes on where it was.
 * @returns the runs that are complete, in the order of the points
 * @throws what training throws before a run begins (no dataset, impossible settings); CANCELLED
 */
export async function runSweep(
  ws: Workspace,
  sweep: Sweep,
  options: SweepOptions = {},
): Promise<RunRecord[]> {
  const points = pointsOf(sweep);
  const { signal } = options;
  const trainOptions: TrainOptions = { ...options.train, ...(signal === undefined ? {} : { signal }) };
  const complete: RunRecord[] = [];
  for (const [index, point] of points.entries()) {
    if (signal?.aborted)
      throw new GantryError('CANCELLED', 'The sweep is stopped; started again, it goes on.');
    const note = noteOf(sweep.name, point);
    const before = ws.runs().find((run) => run.note === note);
    if (before?.state.kind === 'completed') {
      options.onPoint?.(index, points.length, point, 'was done', before);
      complete.push(before);
      continue;
    }
    if (before?.state.kind === 'failed') {
      options.onPoint?.(index, points.length, point, 'was done', before);
      continue;
    }
    options.onPoint?.(index, points.length, point, 'begins');
    let id = before?.id;
    try {
      const result =
        before === undefined
          ? await trainRun(
              ws,
              { ...sweep.training, seed: point.seed, settings: point.settings || undefined, note },
              {
                ...trainOptions,
                onStart: (run) => {
                  id = run.id;
                  trainOptions.onStart?.(run);
                },
              },
            )
          : await resumeRun(ws, before.id, trainOptions);
      if (result.reason === 'stopped') {
        throw new GantryError('CANCELLED', 'The sweep is stopped; started again, it goes on.');
      }
      const run = ws.run(result.run);
      complete.push(run);
      options.onPoint?.(index, points.length, point, 'ended', run);
    } catch (error) {
      if (id === undefined || signal?.aborted || ws.run(id).state.kind !== 'failed') throw error;
      options.onFailure?.(point, error);
    }
  }
  return complete;
}
