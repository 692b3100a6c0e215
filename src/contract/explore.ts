import { oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, studioErrorSchema } from './app.ts';
import { generateRequestSchema } from './outputs.ts';

const call = oc.errors({ STUDIO: { message: 'The studio refused the call.', data: studioErrorSchema } });

/** What a run's latent space allows. */
export const exploreChoicesSchema = z.object({
  /** There is a checkpoint to explore. */
  hasCheckpoint: z.boolean(),
  /** Its generator has styles, so that a projection may take one for each level. */
  hasStyles: z.boolean(),
  /** Labels that can vary. */
  labels: z.array(z.string()),
  /** Real slices that were held out of the training; 0: none can be projected without naming one. */
  heldOut: z.number().int().nonnegative(),
  canPick: z.boolean(),
});
export type ExploreChoices = z.infer<typeof exploreChoicesSchema>;

/** A slice as Generate numbers it. */
const placeSchema = z.strictObject({
  seed: z.number().int().min(0).max(0xffffffff),
  index: z.number().int().min(0).max(1_000_000),
});
const frames = z.number().int().min(2).max(65);

export const exploreRequestSchema = z.strictObject({
  runId: idSchema,
  wish: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('interpolate'), from: placeSchema, to: placeSchema, frames }),
    z.strictObject({ type: z.literal('vary'), at: placeSchema, label: z.string().max(200), frames }),
    z.strictObject({
      type: z.literal('project'),
      /** Left out: a held-out slice, drawn by the seed. */
      sliceId: idSchema.optional(),
      space: z.enum(['w', 'w+']).optional(),
      seed: placeSchema.shape.seed,
      steps: z.number().int().min(10).max(5000),
    }),
    z.strictObject({
      type: z.literal('near'),
      /** A generated slice, or the latent that an exploration has found for a real one. */
      centre: z.discriminatedUnion('type', [
        placeSchema.extend({ type: z.literal('slice') }),
        z.strictObject({ type: z.literal('exploration'), jobId: idSchema }),
      ]),
      radius: z.number().min(0).max(1),
      count: z.number().int().min(1).max(64),
      seed: placeSchema.shape.seed,
    }),
  ]),
});
export type ExploreRequest = z.infer<typeof exploreRequestSchema>;

/**
 * The line of JSON before the pixels of an exploration (`explorationUrl`): `size` x `size` 16-bit little-endian values
 * a picture, 0 for -1 and 65535 for +1; the frames, then the real slice and the training slice nearest to it.
 */
export interface ExplorationHead {
  readonly size: number;
  readonly frames: readonly {
    readonly text: string;
    readonly labels?: Readonly<Record<string, string | number>>;
  }[];
  /** How many real pictures follow the frames: the projected slice, and perhaps its nearest training slice. */
  readonly real: number;
  readonly projection: {
    readonly slice: number;
    readonly side: 'train' | 'heldOut';
    readonly space: string;
    readonly rmse: number;
    readonly nearestTraining: { readonly slice: number; readonly rmse: number } | null;
    readonly curve: readonly number[];
  } | null;
}

export const exploreCalls = {
  choices: call.input(z.strictObject({ runId: idSchema })).output(exploreChoicesSchema),
  /** Makes the frames as a job; they are kept with it and lie at `explorationUrl`. */
  start: call.input(exploreRequestSchema).output(z.object({ jobId: idSchema })),
  /** Exports the frames of an exploration as a job, as `outputs.start` exports slices. */
  export: call
    .input(
      z.strictObject({
        jobId: idSchema,
        format: generateRequestSchema.shape.format,
        keepNearCopies: z.boolean(),
        target: generateRequestSchema.shape.target,
      }),
    )
    .output(z.object({ jobId: idSchema })),
};
