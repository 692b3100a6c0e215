import { z } from 'zod';

/** Settings of path length regularisation (path-length.ts). */
export const pathLengthSchema = z.strictObject({
  weight: z.number().positive().default(2),
  /** Every how many steps; the weight is multiplied by it, so that the mean stays (lazy regularisation). */
  every: z.number().int().min(1).default(4),
  /** Share of the newest length in the running mean. */
  decay: z.number().positive().max(1).default(0.01),
});
export type PathLength = z.infer<typeof pathLengthSchema>;
