import type { RunSummary } from '../../../src/contract/index.ts';

/** Share of the run that is done, 0 to 1; null where its goal is not known yet. */
export function shareDone({
  images,
  totalImages,
}: Pick<RunSummary, 'images' | 'totalImages'>): number | null {
  if (totalImages === null || totalImages <= 0) return null;
  return Math.min(1, images / totalImages);
}

/** Seconds until the goal at the rate so far; null where that cannot be said. */
export function secondsLeft(run: RunSummary): number | null {
  if (run.state !== 'running' || run.totalImages === null || !run.imagesPerSecond) return null;
  return Math.max(0, run.totalImages - run.images) / run.imagesPerSecond;
}
