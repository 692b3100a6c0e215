import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, errorCodes, GantryError, toGantryError } from '../../base/errors.ts';
import type { TrainerReport, TrainerStart } from '../../trainer/messages.ts';
import type { RunMetrics, Workspace } from '../../workspace/index.ts';
import type { TrainerProcess } from './host.ts';

export type TrainerDone = Extract<TrainerReport, { type: 'done' }>;
export type TrainerProgress = Extract<TrainerReport, { type: 'progress' }>;

export interface SuperviseOptions {
  readonly ws: Workspace;
  readonly run: string;
  readonly trainer: TrainerProcess;
  readonly order: TrainerStart;
  readonly signal: AbortSignal;
  onReport(report: TrainerReport): void;
}

/** Metrics reach the database in batches of this age, so that a fast run does not spend its time on commits. */
const flushMs = 500;
/**
 * A trainer that was told to stop and does not is killed; its last checkpoint stays. It stops between two steps,
 * so the grace is at least so many of the longest steps that were seen.
 */
const leastGraceMs = 120_000;
const graceSteps = 5;

function toMetrics(report: TrainerProgress): RunMetrics {
  const { step, images, lossD, lossG, scoreReal, scoreFake, extra, seconds } = report;
  return { step, images, lossD, lossG, scoreReal, scoreFake, extra, seconds };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

function died(
  run: string,
  exit: { code: number | null; signal: string | null; stderr: string },
): GantryError {
  const how = exit.signal === null ? `exit status ${exit.code}` : `signal ${exit.signal}`;
  return new GantryError('TRAINER_DIED', `The trainer process of ${run} ended unexpectedly (${how}).`, {
    action: `Its checkpoints are kept; go on with: gantry train --resume ${run}`,
    cause: exit.stderr,
  });
}

/**
 * Sees one trainer process through: sends the order, records what it reports in the workspace, passes an abort
 * on as a stop, and resolves with its `done`. The run's state is set to what happened in every case.
 * @throws the trainer's own coded error, or TRAINER_DIED
 */
export async function superviseTrainer(options: SuperviseOptions): Promise<TrainerDone> {
  const { ws, run, trainer, order, signal } = options;
  let pending: RunMetrics[] = [];
  let longestStepMs = 0;
  let lastReport = performance.now();
  let progress: TrainerProgress | undefined;
  let done: TrainerDone | undefined;
  let failure: GantryError | undefined;
  let killer: NodeJS.Timeout | undefined;

  const flush = () => {
    if (progress === undefined || pending.length === 0) return;
    const rows = pending;
    pending = [];
    ws.appendMetrics(run, rows);
    ws.updateRun(run, { images: progress.images, seconds: progress.seconds });
  };

  const record = (report: TrainerReport) => {
    switch (report.type) {
      case 'ready':
        ws.updateRun(run, { device: report.device });
        break;
      case 'planned':
        ws.updateRun(run, { totalImages: report.totalImages });
        break;
      case 'progress':
        if (progress !== undefined && report.step > progress.step) {
          const stepMs = (performance.now() - lastReport) / (report.step - progress.step);
          longestStepMs = Math.max(longestStepMs, stepMs);
        }
        lastReport = performance.now();
        progress = report;
        pending.push(toMetrics(report));
        break;
      case 'checkpoint':
        flush();
        ws.addCheckpoint(run, {
          name: report.name,
          images: report.images,
          sha256: report.sha256,
          ...(report.figures === undefined ? {} : { figures: report.figures }),
        });
        if (report.figures !== undefined) ws.addFigures(run, report.images, report.figures);
        dropRemoved(ws, run);
        break;
      case 'paused':
        flush();
        ws.updateRun(run, { event: { type: 'pause' } });
        break;
      case 'continued':
        lastReport = performance.now();
        ws.updateRun(run, { event: { type: 'start' } });
        break;
      case 'event':
        ws.addEvent(run, { kind: report.kind, text: report.text, images: report.images });
        break;
      case 'done':
        done = report;
        break;
      case 'error':
        failure = new GantryError(
          isErrorCode(report.code) ? report.code : 'INTERNAL',
          report.message,
          report.action === undefined ? {} : { action: report.action },
        );
        break;
    }
    options.onReport(report);
  };

  const stop = () => {
    trainer.send({ type: 'stop' });
    killer ??= setTimeout(() => trainer.kill(), Math.max(leastGraceMs, graceSteps * longestStepMs));
  };
  const guarded = (work: () => void) => {
    try {
      work();
    } catch (error) {
      // The Studio's own side failed (disk full, a broken message): keep what is there and end the trainer.
      failure ??=
        error instanceof GantryError ? error : new GantryError('IO', String(error), { cause: error });
      stop();
    }
  };
  const timer = setInterval(() => guarded(flush), flushMs);
  signal.addEventListener('abort', stop);
  try {
    ws.updateRun(run, { event: { type: 'start' } });
    trainer.onReport(
      (report) => guarded(() => record(report)),
      (error) =>
        guarded(() => {
          throw error;
        }),
    );
    trainer.send(order);
    if (signal.aborted) stop();
    const exit = await trainer.exited;
    guarded(flush);
    failure ??= done === undefined ? died(run, exit) : undefined;
  } finally {
    clearInterval(timer);
    clearTimeout(killer);
    signal.removeEventListener('abort', stop);
    trainer.kill();
  }
  try {
    finishRun(ws, run, done, failure);
  } catch (error) {
    // No room to say how it ended: what ended it matters more.
    failure ??= toGantryError(error);
  }
  if (failure !== undefined) throw failure;
  return done!;
}

/** The trainer keeps the newest checkpoints only; those that it removed are no longer listed. */
function dropRemoved(ws: Workspace, run: string): void {
  for (const { name } of ws.checkpoints(run)) {
    if (!existsSync(join(ws.runDir(run), 'checkpoints', name))) ws.dropCheckpoint(run, name);
  }
}

function finishRun(ws: Workspace, run: string, done: TrainerDone | undefined, failure?: GantryError): void {
  const figures = done === undefined ? {} : { images: done.images, seconds: done.seconds };
  if (failure?.code === 'TRAINER_DIED') ws.updateRun(run, { event: { type: 'interrupt' } });
  else if (failure !== undefined) {
    ws.updateRun(run, { ...figures, event: { type: 'fail', code: failure.code, message: failure.message } });
  } else {
    ws.updateRun(run, { ...figures, event: { type: done?.reason === 'stopped' ? 'stop' : 'complete' } });
  }
}
