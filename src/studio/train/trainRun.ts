import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { cores } from '../../base/runtime.ts';
import { finaliseDataset, prepareCache } from '../../dataset/index.ts';
import { createConfig, loadPreset, parseRunConfig, type RunConfig, shardsFor } from '../../gan/index.ts';
import { type CheckpointEntry, listCheckpoints, readCheckpoint } from '../../trainer/checkpoint.ts';
import type { TrainerReport } from '../../trainer/messages.ts';
import type { RunRecord, Workspace } from '../../workspace/index.ts';
import { forkTrainer, type StartTrainer } from './host.ts';
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
const devices = ['cpu'] as const;

function resolveDevice(device: string): string {
  if (device === 'auto') return 'cpu';
  if ((devices as readonly string[]).includes(device)) return device;
  throw new GantryError('DEVICE_UNAVAILABLE', `There is no device "${device}" on this machine.`, {
    action: `Devices that can train here: ${devices.join(', ')}. See \`gantry doctor\`.`,
  });
}

/** What the Studio keeps with a run beside the GAN's own configuration, so that resume needs nothing else. */
interface Plan {
  readonly gan: RunConfig;
  readonly threads: number;
  readonly checkpointEvery: number;
}

function readPlan(run: RunRecord): Plan {
  const { gan, threads, checkpointEvery } = run.config as Record<string, unknown>;
  return {
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
  const device = resolveDevice(training.device ?? 'auto');
  const shards = device === 'cpu' ? shardsFor(preset.batch, training.threads ?? cores()) : 1;
  const gan = createConfig({ preset: name, size, seed: training.seed ?? 1, shards });
  const images = training.images ?? (training.minutes === undefined ? preset.images : undefined);
  const plan: Plan = {
    gan,
    threads: training.threads ?? cores(),
    checkpointEvery: training.checkpointEvery ?? defaultCheckpointEvery,
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
  await finishImport(ws, run.dataset, options.signal);
  if (ws.datasetHash(run.dataset) !== run.datasetHash) {
    throw new GantryError('DATASET_CHANGED', `The dataset "${run.dataset}" has changed since ${id} began.`, {
      action: 'Exact resume needs the same slices; start a new run on the dataset as it is now.',
    });
  }
  const newest = await newestIntact(ws, id);
  ws.dropMetricsAfter(id, newest?.step ?? 0);
  return trainFrom(ws, run, readPlan(run), newest?.folder ?? null, options);
}

/**
 * A new run that goes on from another's newest whole checkpoint with another length; the other stays as it is.
 * Gives what `trainRun` gives. The curves up to there come along.
 * @throws NOT_FOUND, NO_INPUT without a checkpoint, USAGE when the length is behind it, and what resumeRun throws
 */
export async function branchRun(
  ws: Workspace,
  id: string,
  totalImages: number,
  options: TrainOptions = {},
): Promise<TrainResult> {
  const parent = ws.run(id);
  const from = await newestIntact(ws, id);
  if (from === null) {
    throw new GantryError('NO_INPUT', `${id} has no checkpoint to branch from.`, {
      action: 'Wait for its first checkpoint.',
    });
  }
  if (totalImages <= from.images) {
    throw new GantryError('USAGE', `The branch begins after ${from.images} images; its length must be more.`);
  }
  const { seconds } = await readCheckpoint(from.folder);
  const { dataset, datasetHash, preset, size, seed, config, device } = parent;
  const run = ws.createRun({
    dataset,
    datasetHash,
    preset,
    size,
    seed,
    config,
    device,
    totalImages,
    minutes: null,
    note: `Branched from ${id} after ${from.images} images.`,
  });
  await cp(from.folder, join(ws.runDir(run.id), 'checkpoints', from.name), { recursive: true });
  const { name, images, sha256, step } = from;
  ws.addCheckpoint(run.id, { name, images, sha256 });
  ws.appendMetrics(run.id, ws.metrics(id, { to: step }));
  for (const one of ws.figures(id)) if (one.images <= images) ws.addFigures(run.id, one.images, one.figures);
  ws.updateRun(run.id, { images, seconds });
  ws.addEvent(run.id, { kind: 'branched', text: `Branched from ${id}.`, images });
  return resumeRun(ws, run.id, options);
}

/** The newest checkpoint whose weights are those that were saved; a damaged one is said and passed over. */
async function newestIntact(ws: Workspace, id: string): Promise<CheckpointEntry | null> {
  for (const entry of (await listCheckpoints(ws.runDir(id))).reverse()) {
    try {
      await readCheckpoint(entry.folder);
      return entry;
    } catch (error) {
      const { code, message } = toGantryError(error);
      ws.addEvent(id, { kind: 'checkpoint-damaged', text: `${message} [${code}]`, images: entry.images });
    }
  }
  return null;
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
      checkpointEveryImages: plan.checkpointEvery,
      subjects: subjectsOf(ws, run.dataset, cache.sliceIds),
    },
  });
  return { ...done, run: run.id };
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
