import { z } from 'zod';

const whole = z.number().int().min(0);

/** A slice as `generate` numbers it. */
export const slicePlaceSchema = z.strictObject({
  seed: whole.max(Number.MAX_SAFE_INTEGER),
  index: whole.max(0xffffffff),
});

/** How a real slice is projected; see gan/latent/projection.ts. */
export const projectionRequestSchema = z.strictObject({
  /** Id of a slice of the run's dataset; left out: a held-out one, drawn by the seed. */
  slice: whole.optional(),
  space: z.enum(['w', 'w+']).optional(),
  steps: z.number().int().min(10).max(10_000).default(400),
  starts: z.number().int().min(1).max(16).default(4),
  seed: whole.default(1),
});

/** A latent that was found once, with all that is needed to go on from it. */
export const foundLatentSchema = z.strictObject({
  kind: z.literal('gantry-latent'),
  version: z.literal(1),
  run: z.string(),
  /** Of the generator that it belongs to. */
  modelSha256: z.string(),
  space: z.enum(['z', 'w', 'w+']),
  values: z.array(z.number()).max(1_000_000),
  /** Encoded labels beside z. */
  labels: z.array(z.number()).max(100_000).nullable(),
  /** Labels of the slice as the run knows them. */
  conditions: z.array(z.number().nullable()).nullable(),
  /** The real slice that it was found for. */
  slice: whole,
  projection: projectionRequestSchema,
});
export type FoundLatent = z.infer<typeof foundLatentSchema>;

/** A sequence of slices that are neighbours in the latent space of a run. */
export const latentRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('interpolate'),
    from: slicePlaceSchema,
    to: slicePlaceSchema,
    frames: z.number().int().min(2).max(1000),
  }),
  z.strictObject({
    type: z.literal('vary'),
    at: slicePlaceSchema,
    label: z.string().max(10_000),
    /** As `generate --label` takes them; left out: every class, or `frames` numbers over the whole range. */
    values: z.array(z.string().max(10_000)).min(1).max(1000).optional(),
    frames: z.number().int().min(2).max(1000).default(9),
  }),
  z.strictObject({
    type: z.literal('project'),
    projection: projectionRequestSchema,
    /** What that search found before: nothing is searched again. */
    found: foundLatentSchema.optional(),
  }),
  z.strictObject({
    type: z.literal('near'),
    centre: z.discriminatedUnion('type', [
      slicePlaceSchema.extend({ type: z.literal('slice') }),
      projectionRequestSchema.extend({ type: z.literal('projection') }),
      z.strictObject({ type: z.literal('found'), latent: foundLatentSchema }),
    ]),
    /** 0: the centre itself; 1: slices that have nothing to do with it. */
    radius: z.number().min(0).max(1),
    count: z.number().int().min(1).max(1000),
    seed: whole,
  }),
]);
export type LatentRequest = z.infer<typeof latentRequestSchema>;
export type ProjectionRequest = z.infer<typeof projectionRequestSchema>;
