import { join } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import type { Prediction } from '../../contract/index.ts';
import { finishImport, labelValues, prepareCache, subjectsOf } from '../../dataset/index.ts';
import type { TrainerReport, TrainerStart } from '../../trainer/messages.ts';
import type { RunRecord, Workspace } from '../../workspace/index.ts';
import {
  type Correction,
  correctionText,
  corrector,
  predictionText,
  predictTraining,
} from '../predict/index.ts';
import { type Branch, makeBranch, newestIntact } from './branch.ts';
import { encodedLabels } from './conditions.ts';
import { forkTrainer, type StartTrainer } from './host.ts';
import { type From, type NewTraining, type Plan, type PlannedRun, planRun, readPlan } from './plan.ts';
import { superviseTrainer, type TrainerDone } from './supervise.ts';

export interface TrainOptions {
  readonly signal?: AbortSignal;
  readonly startTrainer?: StartTrainer;
  /** The run is known from here on, before anything was trained. */
  onStart?(run: RunRecord): void;
  onReport?(report: TrainerReport): void;
  /**
   * Time, memory and disk of a new run, told before it begins; with it the run's log says what was predicted. A run
   * whose prediction fails is trained all the same.
   */
  onPrediction?(prediction: Prediction): void;
  /** How a run is predicted; default: here, by testing the device where that is worth its while. */
  predict?(planned: PlannedRun): Promise<Prediction>;
  /** What a minute of training says of the whole run. */
  onCorrection?(correction: Correction, text: string): void;
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

/**
 * Trains a new run to its end, or until the signal aborts (then the run is `stopped`, with a checkpoint).
 * The caller holds the workspace's writer lock.
 * @throws NOT_FOUND, DATASET_IN_USE (an import goes on), BAD_SIZE, BAD_CONFIG, DEVICE_UNAVAILABLE,
 *   DATASET_TOO_SMALL, and what training throws
 */
export async function trainRun(
  ws: Workspace,
  training: NewTraining,
  options: TrainOptions = {},
): Promise<TrainResult> {
  // To its end: what was imported meanwhile would make the run one that cannot be resumed.
  using _ = ws.lease(training.dataset, 'read');
  // A dataset whose import was cut off has no windows yet; its hash means something only once it has.
  await finishImport(ws, training.dataset, { signal: options.signal });
  const planned = await planRun(ws, training);
  const prediction = await predicted(ws, planned, options);
  const { plan, dataset, device, images, minutes } = planned;
  const run = ws.createRun({
    dataset: dataset.name,
    preset: plan.gan.preset,
    size: plan.gan.size,
    seed: plan.gan.seed,
    config: plan,
    device,
    totalImages: images,
    minutes,
    note: training.note ?? null,
  });
  if (prediction !== null) ws.addEvent(run.id, { kind: 'predicted', text: predictionText(prediction) });
  return await trainFrom(ws, run, plan, null, options, prediction);
}

/** Runs as short as the device's self-test are not worth one. */
const isLong = ({ images, minutes }: PlannedRun) => (minutes ?? 0) >= 1 || (images ?? 0) >= 2000;

async function predicted(
  ws: Workspace,
  planned: PlannedRun,
  { onPrediction, predict }: TrainOptions,
): Promise<Prediction | null> {
  if (onPrediction === undefined) return null;
  try {
    const prediction = await (predict?.(planned) ?? predictTraining(ws, planned, { test: isLong(planned) }));
    onPrediction(prediction);
    return prediction;
  } catch {
    return null; // What is wrong with the step, the training itself says.
  }
}

/**
 * Goes on with a run from its newest whole checkpoint, exactly as if it had never stopped; from the beginning
 * when it has none.
 * @throws NOT_FOUND, RUN_COMPLETE, DATASET_IN_USE, DATASET_CHANGED, BAD_CHECKPOINT
 */
export async function resumeRun(ws: Workspace, id: string, options: TrainOptions = {}): Promise<TrainResult> {
  const run = ws.run(id);
  if (run.state.kind === 'completed') {
    throw new GantryError('RUN_COMPLETE', `${id} is complete; there is nothing to resume.`, {
      action: 'Start a new run with more images.',
    });
  }
  using _ = ws.lease(run.dataset, 'read');
  await checkUnchanged(ws, run, readPlan(run), options.signal);
  const newest = await newestIntact(ws, id);
  ws.dropMetricsAfter(id, newest?.step ?? 0);
  return await trainFrom(ws, run, readPlan(run), newest?.folder ?? null, options);
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
  await finishImport(ws, run.dataset, { signal });
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

async function trainFrom(
  ws: Workspace,
  run: RunRecord,
  plan: Plan,
  resumeFrom: string | null,
  options: TrainOptions,
  prediction: Prediction | null = null,
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
  const correct = corrector(plan.gan.size);
  const done = await superviseTrainer({
    ws,
    run: run.id,
    trainer,
    signal,
    onReport: (report) => {
      options.onReport?.(report);
      const correction = correct(report);
      if (correction === null) return;
      const text = correctionText(correction, prediction?.time.seconds ?? null);
      const images = report.type === 'progress' ? report.images : 0;
      ws.addEvent(run.id, { kind: 'prediction-corrected', text, images });
      options.onCorrection?.(correction, text);
    },
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
