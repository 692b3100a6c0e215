import { z } from 'zod';

/** Figures that the guard keeps the newest values of, each with its own list. */
export const watched = [
  'lossD',
  'lossG',
  'penalty',
  /** Gradients of steps with a penalty are larger, so they are compared among themselves. */
  'normG',
  'normG/paths',
  'normD/plain',
  'normD/penalised',
  'accuracy',
  'signReal',
] as const;
export type Watched = (typeof watched)[number];

const noHistory = (): Record<Watched, number[]> => ({
  lossD: [],
  lossG: [],
  penalty: [],
  normG: [],
  'normG/paths': [],
  'normD/plain': [],
  'normD/penalised': [],
  accuracy: [],
  signReal: [],
});

/** What the guard has changed of the run's own settings. */
const settingsSchema = z.object({
  /** Factors on both learning rates and on the penalty's weight. */
  rate: z.number(),
  gamma: z.number(),
  /** Least weight of the penalty at the run's own size, for a run that has none; smaller while it grows. */
  gammaFloor: z.number(),
  /** Least probability of augmentation. */
  augmentation: z.number(),
});

/** Checkpoints from before a figure was watched have no list of it. */
const withAll = (recent: unknown) =>
  recent !== null && typeof recent === 'object' ? { ...noHistory(), ...recent } : recent;

/** History of the guard: part of every checkpoint, so that a resumed run judges as the one that was left. */
export const guardStateSchema = z.object({
  recent: z.preprocess(withAll, z.record(z.enum(watched), z.array(z.number()))),
  /** Steps in a row on which a figure was far above its history, or beyond every sensible value. */
  above: z.record(z.string(), z.number()),
  dropped: z.number().int(),
  /** Rollbacks that followed each other; forgiven after a long good stretch. */
  rollbacks: z.number().int(),
  lastRollbackStep: z.number().int().nullable(),
  settings: settingsSchema,
  /** Step at which something was last said or done, by kind. */
  said: z.record(z.string(), z.number().int()),
  /** Largest variety of the run's own images so far, relative to the real ones. */
  bestVariety: z.number(),
});
export type GuardState = z.infer<typeof guardStateSchema>;
export type GuardSettings = GuardState['settings'];

export const freshGuard = (): GuardState => ({
  recent: noHistory(),
  above: {},
  dropped: 0,
  rollbacks: 0,
  lastRollbackStep: null,
  settings: { rate: 1, gamma: 1, gammaFloor: 0, augmentation: 0 },
  said: {},
  bestVariety: 0,
});

/** Figures of another resolution are no measure for the next one: their history begins anew, the settings stay. */
export const atNewGrowth = (state: GuardState): GuardState => {
  const { recent, above, bestVariety } = freshGuard();
  return { ...state, recent, above, bestVariety };
};
