import { join } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import { cores } from '../../base/runtime.ts';
import { finaliseDataset, labelValues, prepareCache } from '../../dataset/index.ts';
import { createConfig, loadPreset, parseRunConfig, type RunConfig, shardsFor } from '../../gan/index.ts';
import type { TrainerReport, TrainerStart } from '../../trainer/messages.ts';
import type { RunRecord, Workspace } from '../../workspace/index.ts';
import { chooseDevice } from '../devices/index.ts';
import { type Branch, checkpointOf, makeBranch, newestIntact } from './branch.ts';
import { conditionsFor, encodedLabels } from './conditions.ts';
import { forkTrainer, type StartTrainer } from './host.ts';
import { withSettings } from './settings.ts';
import { superviseTrainer, type TrainerDone } from './supervise.ts';

export interface NewTraining {
  readonly dataset: string;
  readonly preset?: string | undefined;
  /** Edge in pixels; default: the preset's first. */
  readonly size?: number | undefined;
  /** Total images of the run; or `minutes`; or neither: the preset's own length. */
  readonly images?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seed?: number | undefined;
  readonly device?: string | undefined;
  readonly threads?: number | undefined;
  readonly checkpointEvery?: number | undefined;
  /** Newest checkpoints that are kept beside the best one; default 3. */
  readonly keep?: number | undefined;
  /** Labels of the dataset that the networks are told of. */
  readonly conditions?: readonly string[] | undefined;
  /** Shows every combination of classes equally often. */
  readonly balanced?: boolean | undefined;
  /** Changes of the preset: "penalty.gamma=2,batch=8". */
  readonly settings?: string | undefined;
  /** Words of the caller that stand with the run. */
  readonly note?: string | undefined;
  /** Run ("run-0001", "run-0001@40000") whose networks this one begins with. */
  readonly from?: string | undefined;
}

export interface TrainOptions {
  readonly signal?: AbortSignal;
  readonly startTrainer?: StartTrainer;
  /** The run is known from here on, before anything was trained. */
  onStart?(run: RunRecord): void;
  onReport?(report: TrainerReport): void;
  /** Gives what holds and continues the run, as soon as its trainer has started. */
  onControl?(control: TrainControl): void;
}

/** Holds a run between two steps, and lets it go on. */
export interface TrainControl {
  pause(): void;
  proceed(): void;
}

export interface TrainResult extends TrainerDone {
  readonly run: string;
}

/** Fewer images than this cannot show a discriminator what a set looks like. */
const leastImages = 16;
const defaultCheckpointEvery = 5_000;
const defaultKeep = 3;

/** What the Studio keeps with a run beside the GAN's own configuration, so that resume needs nothing else. */
interface Plan {
  readonly gan: RunConfig;
  readonly threads: number;
  readonly checkpointEvery: number;
  readonly keep: number;
  /** Of the labels that the run is told; null without conditions. */
  readonly labelsHash: string | null;
  /** Whose networks the run began with. */
  readonly from: From | null;
}

/** A checkpoint of another run. */
interface From {
  readonly run: string;
  readonly checkpoint: string;
}

function readPlan(run: RunRecord): Plan {
  const { gan, threads, checkpointEvery, keep, labelsHash, from } = run.config as Record<string, unknown>;
  return {
    keep: typeof keep === 'number' ? keep : defaultKeep,
    labelsHash: typeof labelsHash === 'string' ? labelsHash : null,
    from: (from ?? null) as From | null,
    gan: parseRunConfig(gan),
    threads: typeof threads === 'number' ? threads : cores(),
    checkpointEvery: typeof checkpointEvery === 'number' ? checkpointEvery : defaultCheckpointEvery,
  };
}

/**
 * Trains a new run to its end, or until the signal aborts (then the run is `stopped`, with a checkpoint).
 * The caller holds the workspace's writer lock.
 * @throws NOT_FOUND, BAD_SIZE, BAD_CONFIG, DEVICE_UNAVAILABLE, DATASET_TOO_SMALL, and what training throws
 */
export async function trainRun(
  ws: Workspace,
  training: NewTraining,
  options: TrainOptions = {},
): Promise<TrainResult> {
  if (training.images !== undefined && training.minutes !== undefined) {
    throw new GantryError('USAGE', 'Give the length as images or as minutes, not both.');
  }
  await finishImport(ws, training.dataset, options.signal);
  const dataset = ws.dataset(training.dataset);
  const name = training.preset ?? 'tiny';
  const preset = loadPreset(name);
  const size = training.size ?? preset.defaultSize;
  const device = await chooseDevice(training.device ?? 'auto', ws.dir);
  const shards = device === 'cpu' ? shardsFor(preset.batch, training.threads ?? cores()) : 1;
  const told = training.conditions?.length
    ? conditionsFor(
        ws,
        dataset.name,
        training.conditions,
        training.balanced ?? false,
        ws.slices(dataset.name, { state: 'used', side: 'train' }).map(({ id }) => id),
      )
    : null;
  const seed = training.seed ?? 1;
  const gan = withSettings(
    createConfig({ preset: name, size, seed, shards, conditions: told?.conditions ?? null }),
    training.settings,
  );
  const begin = training.from === undefined ? null : await checkpointOf(ws, training.from);
  const from = begin === null ? null : { run: begin.run, checkpoint: begin.entry.name };
  const images = training.images ?? (training.minutes === undefined ? preset.images : undefined);
  const plan: Plan = {
    gan,
    threads: training.threads ?? cores(),
    checkpointEvery: training.checkpointEvery ?? defaultCheckpointEvery,
    keep: training.keep ?? defaultKeep,
    labelsHash: told?.hash ?? null,
    from,
  };
  const run = ws.createRun({
    dataset: dataset.name,
    preset: name,
    size,
    seed: gan.seed,
    config: plan,
    device,
    totalImages: images ?? null,
    minutes: training.minutes ?? null,
    note: training.note ?? null,
  });
  return trainFrom(ws, run, plan, null, options);
}

/**
 * Goes on with a run from its newest whole checkpoint, exactly as if it had never stopped; from the beginning
 * when it has none.
 * @throws NOT_FOUND, RUN_COMPLETE, DATASET_CHANGED, BAD_CHECKPOINT
 */
export async function resumeRun(ws: Workspace, id: string, options: TrainOptions = {}): Promise<TrainResult> {
  const run = ws.run(id);
  if (run.state.kind === 'completed') {
    throw new GantryError('RUN_COMPLETE', `${id} is complete; there is nothing to resume.`, {
      action: 'Start a new run with more images.',
    });
  }
  await checkUnchanged(ws, run, readPlan(run), options.signal);
  const newest = await newestIntact(ws, id);
  ws.dropMetricsAfter(id, newest?.step ?? 0);
  return trainFrom(ws, run, readPlan(run), newest?.folder ?? null, options);
}

/** Makes a branch (see makeBranch) and trains it. @throws what makeBranch and resumeRun throw */
export async function branchRun(
  ws: Workspace,
  branch: Branch,
  options: TrainOptions = {},
): Promise<TrainResult> {
  return resumeRun(ws, await makeBranch(ws, branch), options);
}

/** A run's data must be what it was begun with. @throws DATASET_CHANGED */
async function checkUnchanged(
  ws: Workspace,
  run: RunRecord,
  plan: Plan,
  signal: AbortSignal | undefined,
): Promise<void> {
  await finishImport(ws, run.dataset, signal);
  const advice = {
    action: 'Exact resume needs the same slices; start a new run on the dataset as it is now.',
  };
  if (ws.datasetHash(run.dataset) !== run.datasetHash) {
    throw new GantryError(
      'DATASET_CHANGED',
      `The dataset "${run.dataset}" has changed since ${run.id} began.`,
      advice,
    );
  }
  const { conditions } = plan.gan;
  if (conditions === null) return;
  const { hash } = labelValues(
    ws,
    run.dataset,
    conditions.labels.map(({ name }) => name),
  );
  if (hash !== plan.labelsHash) {
    throw new GantryError(
      'DATASET_CHANGED',
      `Labels of "${run.dataset}" have changed since ${run.id} began.`,
      advice,
    );
  }
}

/** A dataset whose import was cut off has no windows yet; its hash means something only once it has. */
async function finishImport(ws: Workspace, dataset: string, signal: AbortSignal | undefined): Promise<void> {
  if (ws.dataset(dataset).unfinished) await finaliseDataset(ws, dataset, { signal });
}

async function trainFrom(
  ws: Workspace,
  run: RunRecord,
  plan: Plan,
  resumeFrom: string | null,
  options: TrainOptions,
): Promise<TrainResult> {
  const signal = options.signal ?? new AbortController().signal;
  options.onStart?.(run);
  const cache = await prepareOrFail(ws, run, plan, signal);
  const told = await toldOf(ws, run, plan, cache.sliceIds, signal);
  const trainer = (options.startTrainer ?? forkTrainer)();
  options.onControl?.({
    pause: () => trainer.send({ type: 'pause' }),
    proceed: () => trainer.send({ type: 'continue' }),
  });
  const done = await superviseTrainer({
    ws,
    run: run.id,
    trainer,
    signal,
    onReport: (report) => options.onReport?.(report),
    order: {
      type: 'start',
      runDir: ws.runDir(run.id),
      cacheFile: cache.file,
      count: cache.count,
      size: cache.size,
      config: plan.gan,
      device: run.device,
      threads: plan.threads,
      totalImages: run.totalImages,
      minutes: run.minutes,
      resumeFrom,
      ...(resumeFrom === null && plan.from !== null ? { beginWith: folderOf(ws, plan.from) } : {}),
      keepCheckpoints: plan.keep,
      ...told,
      checkpointEveryImages: plan.checkpointEvery,
      subjects: subjectsOf(ws, run.dataset, cache.sliceIds),
    },
  });
  return { ...done, run: run.id };
}

const folderOf = (ws: Workspace, { run, checkpoint }: From) =>
  join(ws.runDir(run), 'checkpoints', checkpoint);

/** What the trainer is given beside images: labels, and held-out slices where the run's augmentation needs them. */
async function toldOf(
  ws: Workspace,
  run: RunRecord,
  plan: Plan,
  sliceIds: readonly number[],
  signal: AbortSignal,
): Promise<Pick<TrainerStart, 'labels' | 'heldOut'>> {
  const { conditions, augmentation, size } = plan.gan;
  const labelsFor = (ids: readonly number[]) => {
    if (conditions === null) return {};
    const { columns, rows, balance } = encodedLabels(ws, run.dataset, conditions, ids);
    return { labels: { columns, rows, balance } };
  };
  const held = augmentation.adaptive?.signal === 'held-out' && ws.dataset(run.dataset).heldOutSlices > 0;
  if (!held) return labelsFor(sliceIds);
  const cache = await prepareCache(ws, run.dataset, { size, side: 'heldOut', signal });
  return {
    ...labelsFor(sliceIds),
    heldOut: { cacheFile: cache.file, count: cache.count, ...labelsFor(cache.sliceIds) },
  };
}

/** Subject of every slice, as the workspace numbers them. */
function subjectsOf(ws: Workspace, dataset: string, sliceIds: readonly number[]): number[] {
  const ofSeries = new Map(ws.series(dataset).map(({ id, subject }) => [id, subject]));
  const of = new Map(ws.slices(dataset).map(({ id, series }) => [id, ofSeries.get(series) ?? -1]));
  return sliceIds.map((id) => of.get(id) ?? -1);
}

async function prepareOrFail(ws: Workspace, run: RunRecord, plan: Plan, signal: AbortSignal) {
  try {
    const cache = await prepareCache(ws, run.dataset, { size: plan.gan.size, side: 'train', signal });
    if (cache.count < leastImages) {
      throw new GantryError(
        'DATASET_TOO_SMALL',
        `The dataset "${run.dataset}" has ${cache.count} slices to train on; at least ${leastImages} are needed.`,
        { action: 'Import more slices, or bring back slices that were set aside.' },
      );
    }
    return cache;
  } catch (error) {
    if (run.state.kind === 'queued') ws.updateRun(run.id, { event: { type: 'stop' } });
    throw error;
  }
}
