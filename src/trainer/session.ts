import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { GantryError, toGantryError } from '../base/errors.ts';
import { appVersion } from '../base/runtime.ts';
import { createRunner, isDeviceName, type RunnerSpec } from '../engine/index.ts';
import {
  createTrainer,
  fullyGrown,
  parseRunConfig,
  periodOf,
  type StepMetrics,
  sameGrowth,
  type Trainer,
} from '../gan/index.ts';
import { noteBest } from './best.ts';
import { openCacheSource } from './cache-source.ts';
import { type CheckpointEntry, readCheckpoint, removeUnfinished, writeCheckpoint } from './checkpoint.ts';
import { leakEvent } from './leak.ts';
import { lightChecks, lightShare } from './light.ts';
import type { TrainerReport, TrainerStart } from './messages.ts';
import { type Plan, planner, RESERVE_SECONDS } from './plan.ts';

/** Every step is reported up to here, then every tenth. */
const REPORT_ALL_STEPS = 100;
const REPORT_EVERY = 10;
/** A slow run loses no more than this to a crash, however few images that is. */
const SAVE_EVERY_MS = 10 * 60_000;

/** Lets messages and signals in between two steps, because a step holds the thread. */
const breathe = () => new Promise((resolve) => setImmediate(resolve));

/** How often a held session looks whether it may go on. */
const HELD_LOOK_MS = 100;

function makeRunner(order: TrainerStart) {
  const { device, threads } = order;
  if (!isDeviceName(device)) {
    throw new GantryError('DEVICE_UNAVAILABLE', `There is no device "${device}".`, {
      action: 'See `gantry doctor`.',
    });
  }
  const options = { device, cache: graphCache(order), ...(threads === undefined ? {} : { threads }) };
  return (spec: RunnerSpec) => createRunner(spec, options);
}

/** Run from source, a network may change under an unchanged version; only what was built keeps its graphs. */
function graphCache({ runDir, config }: TrainerStart) {
  if (import.meta.url.endsWith('.ts')) return undefined;
  return { folder: join(runDir, 'graphs'), key: `${appVersion} ${JSON.stringify(config)}` };
}

/**
 * One training session: from a start order to `done` or a thrown GantryError. All files that it touches are the
 * cache, which it reads, and the run's checkpoints, which it writes.
 * @param stopping asked between steps; true ends the session with a checkpoint
 * @param pausing asked between steps; true holds the session, with a checkpoint, until it is false or stopping is true
 */
export async function runSession(
  order: TrainerStart,
  report: (message: TrainerReport) => void,
  stopping: () => boolean,
  pausing: () => boolean = () => false,
): Promise<void> {
  const began = performance.now();
  let heldMs = 0;
  /** Training seconds of this session; time in which it was held is none. */
  const sinceStart = () => (performance.now() - began - heldMs) / 1000;
  const config = parseRunConfig(order.config);
  const source = openCacheSource(order.cacheFile, order, config.seed, order.labels ?? null);
  const heldOut = openHeldOut(order, config.seed);
  await removeUnfinished(order.runDir);
  const trainer = await createTrainer(config, source, makeRunner(order), {
    totalImages: order.totalImages,
    heldOut: heldOut === null ? null : { sample: (count) => heldOut.reference(count) },
    onEvent: (event) => report({ type: 'event', ...event }),
  });
  const checks = lightChecks(order, trainer, makeRunner(order), (text) =>
    report({ type: 'event', kind: 'evaluation-failed', text, images: trainer.images }),
  );
  try {
    const resumed = await resume(trainer, order);
    const secondsBefore = resumed?.seconds ?? 0;
    const firstImages = trainer.images;
    const elapsed = () => secondsBefore + sinceStart();
    const rate = () => (trainer.images - firstImages) / Math.max(1e-9, sinceStart());
    report({ type: 'ready', device: trainer.device, totalImages: trainer.totalImages });

    let saved: Pick<CheckpointEntry, 'name' | 'images'> | null = resumed;
    let savedAt = performance.now();
    const save = async () => {
      if (saved?.images === trainer.images) return saved;
      const figures = { images: trainer.images, step: trainer.steps, seconds: elapsed() };
      const entry = await writeCheckpoint(
        order.runDir,
        await trainer.checkpoint(),
        figures,
        order.keepCheckpoints,
      );
      saved = entry;
      savedAt = performance.now();
      const { name, images, sha256 } = entry;
      const measured = await checks.measure(sinceStart());
      if (measured !== undefined) await noteBest(order.runDir, entry, { ...measured });
      report({
        type: 'checkpoint',
        name,
        images,
        sha256,
        ...(measured === undefined ? {} : { figures: { ...measured } }),
      });
      return entry;
    };
    const budgetSeconds = (order.minutes ?? 0) * 60 * (1 - lightShare) - secondsBefore;
    const plan =
      trainer.totalImages === null && order.minutes !== null
        ? planner({ budgetSeconds, batch: config.batch, cycle: periodOf(config) })
        : null;
    // A rate tells how the run goes on once its networks are fully grown; without time for that, the run ends here.
    const planNow = (): Plan | null => {
      if (plan === null || trainer.totalImages !== null) return null;
      const { phase, images } = trainer;
      if (sameGrowth(phase, fullyGrown(config.size))) return plan(sinceStart(), images);
      if (sinceStart() < budgetSeconds - RESERVE_SECONDS) return null;
      const text = `The time is over before the run has grown to its ${config.size} pixels: it ends at ${phase.size} pixels${phase.fading ? ', which are still fading in' : ''}. Give it more minutes, or a number of images.`;
      report({ type: 'event', kind: 'not-fully-grown', text, images });
      return { totalImages: images, imagesPerSecond: rate() };
    };
    const finished = () => trainer.totalImages !== null && trainer.images >= trainer.totalImages;
    const every = order.checkpointEveryImages;
    let due = Math.floor(trainer.images / every);
    let failure: GantryError | null = null;
    /** Probability of augmentation in the newest step; none without augmentation. */
    let augmented: number | undefined;

    const hold = async () => {
      await save();
      const since = performance.now();
      report({ type: 'paused', images: trainer.images });
      while (pausing() && !stopping()) await new Promise((resolve) => setTimeout(resolve, HELD_LOOK_MS));
      heldMs += performance.now() - since;
      savedAt = performance.now();
      report({ type: 'continued', images: trainer.images });
    };

    while (!finished() && !stopping() && failure === null) {
      if (pausing()) await hold();
      try {
        const metrics = await trainer.step();
        augmented = metrics.extra.augmentation;
        if (metrics.step <= REPORT_ALL_STEPS || metrics.step % REPORT_EVERY === 0) {
          report(progress(metrics, trainer, elapsed(), rate()));
        }
      } catch (error) {
        failure = toGantryError(error);
      }
      const planned = failure === null ? planNow() : null;
      if (planned !== null) {
        trainer.totalImages = planned.totalImages;
        report({ type: 'planned', ...planned });
      }
      const old = performance.now() - savedAt > SAVE_EVERY_MS;
      // A state that the guard has its doubts about waits: it may have to be given up.
      if (failure === null && !trainer.suspect && (old || Math.floor(trainer.images / every) > due)) {
        await save();
        due = Math.floor(trainer.images / every);
      }
      await breathe();
    }
    if (failure !== null) {
      // After dropped steps the state is still the last good one, and worth keeping; where it cannot be kept, the
      // run goes on from the checkpoint before, and the first failure is what its user must know.
      await save().catch(() => undefined);
      throw failure;
    }
    const last = await save();
    if (finished() && augmented !== undefined && augmented > 0) {
      const found = await leakEvent(trainer, source, makeRunner(order), augmented);
      if (found !== null) report({ type: 'event', ...found, images: trainer.images });
    }
    report({
      type: 'done',
      reason: finished() ? 'finished' : 'stopped',
      images: trainer.images,
      seconds: elapsed(),
      imagesPerSecond: rate(),
      checkpoint: last.name,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    });
  } finally {
    source.close();
    heldOut?.close();
    await checks.dispose();
    await trainer.dispose();
  }
}

/** Held-out images, of which only the fixed sample is used. */
function openHeldOut(order: TrainerStart, seed: number) {
  const { heldOut, size } = order;
  if (heldOut === undefined) return null;
  return openCacheSource(heldOut.cacheFile, { count: heldOut.count, size }, seed, heldOut.labels ?? null);
}

/** Restores the checkpoint that the order names, with the training seconds of earlier sessions. */
async function resume(trainer: Trainer, order: TrainerStart) {
  if (order.resumeFrom === null) {
    if (order.beginWith !== undefined) trainer.begin((await readCheckpoint(order.beginWith)).checkpoint);
    return null;
  }
  const { checkpoint, seconds, name, images } = await readCheckpoint(order.resumeFrom);
  await trainer.restore(checkpoint);
  // The Studio's number wins: the plan may have been made after this checkpoint was written.
  trainer.totalImages = order.totalImages ?? trainer.totalImages;
  return { name, images, seconds };
}

function progress(
  metrics: StepMetrics,
  trainer: Trainer,
  seconds: number,
  imagesPerSecond: number,
): TrainerReport {
  const { step, images, lossD, lossG, scoreReal, scoreFake, extra } = metrics;
  return {
    type: 'progress',
    step,
    images,
    totalImages: trainer.totalImages,
    lossD,
    lossG,
    scoreReal,
    scoreFake,
    extra: { ...extra, memoryMb: Math.round(process.memoryUsage.rss() / 1e6) },
    seconds,
    imagesPerSecond,
  };
}
