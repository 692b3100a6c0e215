import type { TrainerReport } from '../../trainer/messages.ts';
import { about, byteText, rateText } from './words.ts';

/** What a minute of training says of the whole run. */
export interface Correction {
  readonly imagesPerSecond: number;
  /** Of the whole run, what has passed among it. */
  readonly seconds: number;
  readonly secondsLeft: number;
  /** Main memory of the trainer process; null where it was not told. */
  readonly memoryBytes: number | null;
}

/** Steps that count begin after these, because the first ones compile and allocate. */
const warmUpSeconds = 5;
const measuredSeconds = 60;

/**
 * Watches a session's progress and gives the correction once, after about a minute whose length in images is known.
 * @param size of the run, pixels: a progressive run is measured once it works at it, because it slows down on its way
 * @returns a function to tell of every report
 */
export function corrector(size = 0): (report: TrainerReport) => Correction | null {
  let first: number | undefined;
  let begin: { images: number; seconds: number } | undefined;
  let isDone = false;
  return (report) => {
    if (report.type === 'continued') begin = undefined;
    if (isDone || report.type !== 'progress') return null;
    const { images, seconds, totalImages, extra } = report;
    const { resolution = size, alpha = 1 } = extra;
    if (resolution < size || alpha < 1) return null;
    first ??= seconds;
    if (seconds - first < warmUpSeconds) return null;
    begin ??= { images, seconds };
    const took = seconds - begin.seconds;
    if (took < measuredSeconds || totalImages === null || images <= begin.images) return null;
    isDone = true;
    const imagesPerSecond = (images - begin.images) / took;
    const secondsLeft = Math.max(0, totalImages - images) / imagesPerSecond;
    const { memoryMb } = extra;
    return {
      imagesPerSecond,
      seconds: seconds + secondsLeft,
      secondsLeft,
      memoryBytes: memoryMb === undefined ? null : memoryMb * 1e6,
    };
  };
}

/** The correction in a sentence, beside what was predicted. @param predicted seconds; null when nothing was */
export function correctionText(
  { imagesPerSecond, seconds, secondsLeft, memoryBytes }: Correction,
  predicted: number | null,
): string {
  const before = predicted === null ? '' : ` (${about(predicted)} were predicted)`;
  const memory = memoryBytes === null ? '' : ` The trainer takes ${byteText(memoryBytes)} of memory.`;
  return `Measured over a minute: ${rateText(imagesPerSecond)} images a second; the run takes about ${about(seconds)} in all${before}, about ${about(secondsLeft)} are left.${memory}`;
}
