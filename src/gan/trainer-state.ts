import { z } from 'zod';
import { GantryError } from '../base/errors.ts';
import type { Shapes } from '../engine/index.ts';
import { runConfigSchema } from './config.ts';
import { freshGuard, guardStateSchema } from './guard/index.ts';
import { isPathMemory } from './path-length.ts';
import type { Checkpoint, Json } from './types.ts';

/** What resume needs beside the tensors. Random numbers need no state: they are functions of (seed, step). */
const trainerStateSchema = z.object({
  formatVersion: z.literal(1),
  /** Steps begun, dropped ones included. */
  steps: z.number().int().min(0),
  /** Steps whose update was taken (Adam's t). */
  updates: z.number().int().min(0),
  images: z.number().int().min(0),
  totalImages: z.number().int().positive().nullable(),
  /** Images of the data set, to notice that it is another one. */
  sourceCount: z.number().int().positive(),
  source: z.custom<Json>((value) => value !== undefined),
  /** Probability of adaptive augmentation. */
  augmentation: z.number().default(0),
  guard: guardStateSchema.default(freshGuard),
  config: runConfigSchema,
});
export type TrainerState = z.infer<typeof trainerStateSchema>;

/**
 * The state of a checkpoint whose tensors are those that a run in this state has, and that fits this source.
 * @throws GantryError BAD_CHECKPOINT, DATASET_CHANGED
 */
export function parseTrainerState(
  checkpoint: Checkpoint,
  shapesAt: (state: TrainerState) => Shapes,
  sourceCount: number,
): TrainerState {
  const parsed = trainerStateSchema.safeParse(checkpoint.state);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.');
    throw new GantryError('BAD_CHECKPOINT', `The checkpoint's state cannot be read (at "${where}").`);
  }
  const shapes = shapesAt(parsed.data);
  const names = Object.keys(shapes);
  const extra = Object.keys(checkpoint.tensors).find((name) => !(name in shapes) && !isPathMemory(name));
  const missing = names.find((name) => {
    const tensor = checkpoint.tensors[name];
    // A branch may turn path length regularisation on, or off.
    if (tensor === undefined && isPathMemory(name)) return false;
    return tensor === undefined || tensor.shape.join() !== shapes[name]!.join();
  });
  if (extra !== undefined || missing !== undefined) {
    throw new GantryError(
      'BAD_CHECKPOINT',
      `The checkpoint's tensors are not those of this run's networks (first difference: ${extra ?? missing}).`,
    );
  }
  if (parsed.data.sourceCount !== sourceCount) {
    throw new GantryError(
      'DATASET_CHANGED',
      `The run was started on ${parsed.data.sourceCount} images; the dataset now gives ${sourceCount}.`,
      { action: 'Start a new run on the changed dataset.' },
    );
  }
  return parsed.data;
}
