import { GantryError } from '../../base/errors.ts';
import type { Prediction } from '../../contract/index.ts';
import { openForWriting } from '../../studio/open.ts';
import { predictionText } from '../../studio/predict/index.ts';
import {
  branchRun,
  type NewTraining,
  resumeRun,
  type TrainOptions,
  type TrainResult,
  trainRun,
} from '../../studio/train/index.ts';
import type { CommandContext } from '../context.ts';
import { bar, duration, type Output } from '../output.ts';
import { needed, number, type Parsed, text } from '../parse.ts';

type Report = Parameters<NonNullable<TrainOptions['onReport']>>[0];

/** Events that are news, not warnings. */
const informing = new Set(['resolution', 'leak-test']);

/** Turns what the trainer reports into progress lines; `stage` marks them inside a demo. */
export function reportTraining(out: Output, extra: Record<string, unknown> = {}) {
  return (report: Report): void => {
    if (report.type === 'progress') {
      const { images, totalImages, imagesPerSecond, lossD, lossG } = report;
      const secondsLeft =
        totalImages === null || imagesPerSecond <= 0 ? null : (totalImages - images) / imagesPerSecond;
      const { type: _, extra: figures, ...rest } = report;
      const fraction = totalImages === null ? undefined : images / totalImages;
      const { resolution, alpha = 1 } = figures;
      const fading = alpha < 1 ? ` (${Math.round(100 * alpha)} %)` : '';
      const grown = resolution === undefined ? '' : `${resolution} px${fading}, `;
      out.progress(
        { ...extra, ...rest, ...figures, secondsLeft },
        `${grown}${bar(fraction)} ${images}${totalImages === null ? '' : ` of ${totalImages}`} images, ${imagesPerSecond.toFixed(0)}/s, ${secondsLeft === null ? 'measuring the rate' : `${duration(secondsLeft)} left`}, D ${lossD.toFixed(3)}, G ${lossG.toFixed(3)}`,
      );
    } else if (report.type === 'planned') {
      out.item(
        { ...extra, plannedImages: report.totalImages, imagesPerSecond: report.imagesPerSecond },
        `Planned: ${report.totalImages} images at ${report.imagesPerSecond.toFixed(1)} a second.`,
      );
    } else if (report.type === 'event' && informing.has(report.kind)) {
      out.item({ ...extra, event: report.kind, message: report.text, images: report.images }, report.text);
    } else if (report.type === 'event') {
      out.warning({ ...extra, code: report.kind, message: report.text, images: report.images });
    }
  };
}

/** The fields that `done` of a training carries. */
export function trainingFields(result: TrainResult) {
  const { run, images, seconds, imagesPerSecond, checkpoint, peakRssBytes } = result;
  return { run, images, seconds, imagesPerSecond, checkpoint, peakRssBytes };
}

/** A training that the user stopped is a cancelled command whose answer still tells where it stands. */
export function throwIfStopped(result: TrainResult, extra: Record<string, unknown> = {}): void {
  if (result.reason !== 'stopped') return;
  throw Object.assign(
    new GantryError('CANCELLED', `${result.run} is stopped at ${result.images} images, with a checkpoint.`, {
      action: `Go on with: gantry train --workspace W --resume ${result.run}`,
    }),
    { detail: { ...trainingFields(result), ...extra } },
  );
}

/** Options that stand with each way to begin; the run itself has all others. */
const ways = {
  resume: ['resume'],
  branch: ['branch', 'set', 'images'],
} as const;

/** How a run begins. @throws USAGE when ways are mixed or an option is the run's own */
function wayOf(parsed: Parsed): 'new' | keyof typeof ways {
  const named = (['resume', 'branch'] as const).filter((way) => way in parsed.values);
  const way = named[0];
  if (way === undefined) {
    if ('dataset' in parsed.values) return 'new';
    throw new GantryError('USAGE', 'Give --dataset NAME for a new run, or --resume RUN to go on with one.');
  }
  const allowed: readonly string[] = [...ways[way], 'workspace', 'json'];
  const extra = Object.keys(parsed.values).find((option) => !allowed.includes(option));
  if (extra !== undefined) {
    throw new GantryError('USAGE', `--${way} takes all settings from the run; leave out --${extra}.`);
  }
  return way;
}

/** A new run as the options of `train` and `plan` describe it. */
export function newTraining(parsed: Parsed): NewTraining {
  return {
    dataset: needed(parsed, 'dataset'),
    preset: text(parsed, 'preset'),
    size: number(parsed, 'size'),
    images: number(parsed, 'images'),
    minutes: number(parsed, 'minutes'),
    seed: number(parsed, 'seed'),
    device: text(parsed, 'device'),
    threads: number(parsed, 'threads'),
    checkpointEvery: number(parsed, 'checkpoint-every'),
    keep: number(parsed, 'keep'),
    conditions: text(parsed, 'condition')
      ?.split(',')
      .map((name) => name.trim()),
    balanced: parsed.values.balanced === true,
    settings: text(parsed, 'set'),
    from: text(parsed, 'from'),
  };
}

/** The prediction of a run, with what is likely to be short. */
export function tellPrediction(out: Output, prediction: Prediction): void {
  out.item({ prediction }, predictionText(prediction));
  for (const { code, message, action } of prediction.warnings) {
    out.warning({ code, message: `${message} ${action}` });
  }
}

export async function trainCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  const way = wayOf(parsed);
  using ws = openForWriting(needed(parsed, 'workspace'));
  const options: TrainOptions = {
    signal,
    onStart: (run) =>
      out.item(
        { run: run.id },
        `${run.id}: ${run.preset}, ${run.size} px, on "${run.dataset}", ${run.device}`,
      ),
    onReport: reportTraining(out),
    onPrediction: (prediction) => tellPrediction(out, prediction),
    onCorrection: (corrected, text) => out.item({ corrected }, text),
  };
  const begin = (): Promise<TrainResult> => {
    if (way === 'resume') return resumeRun(ws, needed(parsed, 'resume'), options);
    if (way === 'branch') {
      const from = needed(parsed, 'branch');
      const branch = { from, totalImages: number(parsed, 'images'), settings: text(parsed, 'set') };
      return branchRun(ws, branch, options);
    }
    return trainRun(ws, newTraining(parsed), options);
  };
  const result = await begin();
  throwIfStopped(result);
  out.done(
    trainingFields(result),
    `${result.run}: ${result.images} images in ${duration(result.seconds)} (${result.imagesPerSecond.toFixed(1)} a second).`,
  );
}
