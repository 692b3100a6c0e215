import { z } from 'zod';

/**
 * A number that changes over a run. Everything here is a pure function of the images seen and the total, so that
 * a resumed run follows the same path and two machines of different speed train the same model.
 */
export const scheduleSchema = z.union([
  z.number(),
  z.strictObject({
    from: z.number(),
    to: z.number(),
    shape: z.enum(['linear', 'cosine']),
    /** Shares of the run between which the value moves; before it is `from`, after it is `to`. */
    start: z.number().min(0).max(1),
    end: z.number().min(0).max(1),
  }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

/** @param progress share of the run, 0..1; while the length of a run is unknown it is 0 */
export function valueAt(schedule: Schedule, progress: number): number {
  if (typeof schedule === 'number') return schedule;
  const { from, to, shape, start, end } = schedule;
  if (progress <= start) return from;
  if (progress >= end) return to;
  const t = (progress - start) / (end - start);
  return from + (to - from) * (shape === 'linear' ? t : 0.5 * (1 - Math.cos(Math.PI * t)));
}

/** Share of the run that lies behind. @param total images of the whole run, null = not known yet */
export function progressOf(images: number, total: number | null): number {
  return total === null ? 0 : Math.min(1, images / total);
}

/**
 * Weight of the new generator in its exponential moving average for one step of `batch` images. The half-life is
 * given in images and ramps up with `ramp` of the images seen, so that the early average is not the start values
 * (Karras et al. 2020, ADA).
 */
export function emaWeight(images: number, batch: number, halfLifeImages: number, ramp: number): number {
  const halfLife = Math.min(halfLifeImages, images * ramp);
  return halfLife > 0 ? 1 - 0.5 ** (batch / halfLife) : 1;
}
