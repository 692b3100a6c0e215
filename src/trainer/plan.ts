/**
 * Turns minutes into a number of images, once, from a measured rate. The first steps are left out (programs are
 * compiled, caches are cold), and measuring ends after whole cycles of the lazy penalty, so that cheap and dear
 * steps have their right shares.
 */
export interface Plan {
  readonly totalImages: number;
  readonly imagesPerSecond: number;
}

export interface PlannerOptions {
  /** Seconds that training may take from now on, loading and the last checkpoint included. */
  readonly budgetSeconds: number;
  readonly batch: number;
  /** Steps after which the pattern of programs repeats. */
  readonly cycle: number;
}

/** Kept for the last checkpoint and the end of the process. */
export const RESERVE_SECONDS = 2;
const LONGEST_MEASURE_SECONDS = 15;

/** @returns a function to call after every step, with the seconds since the budget began; null = not known yet */
export function planner({ budgetSeconds, batch, cycle }: PlannerOptions) {
  const measure = Math.min(LONGEST_MEASURE_SECONDS, budgetSeconds / 8);
  let begin: { steps: number; seconds: number } | null = null;
  let steps = 0;
  return (seconds: number, images: number): Plan | null => {
    steps++;
    if (begin === null) {
      // Each of the programs has run twice.
      if (steps >= cycle + 1) begin = { steps, seconds };
      return null;
    }
    const measured = seconds - begin.seconds;
    const whole = (steps - begin.steps) % cycle === 0;
    const outOfTime = seconds >= budgetSeconds - RESERVE_SECONDS;
    if (!(whole && measured >= measure) && !outOfTime) return null;
    const imagesPerSecond = ((steps - begin.steps) * batch) / measured;
    const left = Math.max(0, budgetSeconds - RESERVE_SECONDS - seconds);
    const batches = Math.floor((imagesPerSecond * left) / batch);
    return { totalImages: images + batches * batch, imagesPerSecond };
  };
}
