import { GantryError } from '../../base/errors.ts';
import { openForWriting } from '../../studio/open.ts';
import { resumeRun, type TrainOptions, type TrainResult, trainRun } from '../../studio/train/index.ts';
import type { CommandContext } from '../context.ts';
import { bar, duration, type Output } from '../output.ts';
import { needed, number, type Parsed, text } from '../parse.ts';

type Report = Parameters<NonNullable<TrainOptions['onReport']>>[0];

/** Turns what the trainer reports into progress lines; `stage` marks them inside a demo. */
export function reportTraining(out: Output, extra: Record<string, unknown> = {}) {
  return (report: Report): void => {
    if (report.type === 'progress') {
      const { images, totalImages, imagesPerSecond, lossD, lossG } = report;
      const secondsLeft =
        totalImages === null || imagesPerSecond <= 0 ? null : (totalImages - images) / imagesPerSecond;
      const { type: _, extra: figures, ...rest } = report;
      const fraction = totalImages === null ? undefined : images / totalImages;
      out.progress(
        { ...extra, ...rest, ...figures, secondsLeft },
        `${bar(fraction)} ${images}${totalImages === null ? '' : ` of ${totalImages}`} images, ${imagesPerSecond.toFixed(0)}/s, ${secondsLeft === null ? 'measuring the rate' : `${duration(secondsLeft)} left`}, D ${lossD.toFixed(3)}, G ${lossG.toFixed(3)}`,
      );
    } else if (report.type === 'planned') {
      out.item(
        { ...extra, plannedImages: report.totalImages, imagesPerSecond: report.imagesPerSecond },
        `Planned: ${report.totalImages} images at ${report.imagesPerSecond.toFixed(1)} a second.`,
      );
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

export async function trainCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  const resume = text(parsed, 'resume');
  const dataset = text(parsed, 'dataset');
  if (resume === undefined && dataset === undefined) {
    throw new GantryError('USAGE', 'Give --dataset NAME for a new run, or --resume RUN to go on with one.');
  }
  if (resume !== undefined) {
    const fixed = [
      'dataset',
      'preset',
      'size',
      'images',
      'minutes',
      'seed',
      'device',
      'threads',
      'checkpoint-every',
    ].filter((o) => o in parsed.values);
    if (fixed.length > 0) {
      throw new GantryError('USAGE', `--resume takes all settings from the run; leave out --${fixed[0]}.`);
    }
  }
  using ws = openForWriting(needed(parsed, 'workspace'));
  const options: TrainOptions = {
    signal,
    onStart: (run) =>
      out.item(
        { run: run.id },
        `${run.id}: ${run.preset}, ${run.size} px, on "${run.dataset}", ${run.device}`,
      ),
    onReport: reportTraining(out),
  };
  const result =
    resume === undefined
      ? await trainRun(
          ws,
          {
            dataset: needed(parsed, 'dataset'),
            preset: text(parsed, 'preset'),
            size: number(parsed, 'size'),
            images: number(parsed, 'images'),
            minutes: number(parsed, 'minutes'),
            seed: number(parsed, 'seed'),
            device: text(parsed, 'device'),
            threads: number(parsed, 'threads'),
            checkpointEvery: number(parsed, 'checkpoint-every'),
          },
          options,
        )
      : await resumeRun(ws, resume, options);
  throwIfStopped(result);
  out.done(
    trainingFields(result),
    `${result.run}: ${result.images} images in ${duration(result.seconds)} (${result.imagesPerSecond.toFixed(1)} a second).`,
  );
}
