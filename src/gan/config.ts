import { z } from 'zod';
import { GantryError } from '../base/errors.ts';
import { augmentationSchema } from './augmentation.ts';
import { conditionsSchema } from './conditions.ts';
import { progressiveSchema } from './growth.ts';
import { lossKinds } from './losses.ts';
import { pathLengthSchema } from './path-length-settings.ts';
import { scheduleSchema } from './schedules.ts';

/** Numbers of features by resolution of the feature map ("4", "8", ...); a network uses those up to its size. */
const featuresSchema = z.record(z.string().regex(/^\d+$/), z.number().int().positive());

const generatorStyle = z.strictObject({
  family: z.literal('stylegan2'),
  latent: z.number().int().positive(),
  /** Layers of the mapping network. */
  mapping: z.number().int().min(1).max(8),
  features: featuresSchema,
  convs: z.number().int().min(0).max(2),
  upsample: z.enum(['transposed', 'fir']),
  head: z.enum(['haar', 'image']),
  skip: z.boolean(),
  /** Share of the images whose fine levels are trained with the style of another latent; 0 = none. */
  mixing: z.number().min(0).max(1).default(0),
  /** Path length regularisation; null: none. */
  pathLength: pathLengthSchema.nullable().default(null),
});

const generatorPlain = z.strictObject({
  family: z.literal('dcgan'),
  latent: z.number().int().positive(),
  features: featuresSchema,
});

const r3Network = {
  features: featuresSchema,
  blocksPerLevel: z.number().int().min(1).max(4),
  groupChannels: z.number().int().positive(),
};
const generatorR3 = z.strictObject({
  family: z.literal('r3gan'),
  latent: z.number().int().positive(),
  ...r3Network,
});

const discriminatorConv = z.strictObject({
  family: z.literal('conv'),
  features: featuresSchema,
  input: z.enum(['haar', 'image']),
  blocks: z.enum(['plain', 'residual']),
  top: z.number().int().positive(),
  /** Samples of a group of the minibatch standard deviation, 0 = none. */
  minibatchGroup: z.number().int().min(0),
  scaling: z.enum(['he', 'equalised']),
});
const discriminatorR3 = z.strictObject({ family: z.literal('r3gan'), ...r3Network });

const recipe = {
  description: z.string(),
  generator: z.discriminatedUnion('family', [generatorStyle, generatorPlain, generatorR3]),
  discriminator: z.discriminatedUnion('family', [discriminatorConv, discriminatorR3]),
  batch: z.number().int().min(2),
  loss: z.enum(lossKinds),
  optimiser: z.strictObject({
    generatorRate: z.number().positive(),
    discriminatorRate: z.number().positive(),
    /** Factor on both rates. */
    factor: scheduleSchema,
    beta1: z.number().min(0).max(0.99),
    beta2: scheduleSchema,
  }),
  /** Growing from a low resolution; null: the run's own size from the start. */
  progressive: progressiveSchema.nullable().default(null),
  ema: z.strictObject({ halfLifeImages: z.number().positive(), ramp: z.number().positive() }),
  augmentation: augmentationSchema,
};

const penaltySchema = z.strictObject({
  /** `zero-centred`: R1 and R2. `interpolated`: WGAN-GP's, on one image between every real and generated one. */
  kind: z.enum(['zero-centred', 'interpolated']).default('zero-centred'),
  /** R1: on real images. */
  real: z.boolean(),
  /** R2: on generated ones. */
  fake: z.boolean(),
  gamma: scheduleSchema,
  /** Every how many steps; the weight is multiplied by it, so that the mean stays (lazy regularisation). */
  every: z.number().int().min(1),
});

/** A preset as it stands in its file: the sizes that it can do, and the penalty's weight for each. */
export const presetSchema = z.strictObject({
  ...recipe,
  /** Length of a run when nobody says otherwise. */
  images: z.number().int().positive(),
  defaultSize: z.number().int().positive(),
  sizes: z.record(z.string().regex(/^\d+$/), z.strictObject({ gamma: scheduleSchema })),
  penalty: penaltySchema.omit({ gamma: true }),
});
export type Preset = z.infer<typeof presetSchema>;

/** All that a run depends on beside its data: kept with every checkpoint. */
const runConfigFields = z.strictObject({
  formatVersion: z.literal(1),
  preset: z.string(),
  size: z.number().int().positive(),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  ...recipe,
  penalty: penaltySchema,
  conditions: conditionsSchema.nullable().default(null),
  /**
   * Parts that the batch is cut in, each computed on a core of its own; 1 for configurations from before. A
   * minibatch deviation sees its part. Part of the configuration, because it decides how sums are rounded.
   */
  shards: z.number().int().min(1).max(16).default(1),
});
export const runConfigSchema = runConfigFields.check(({ value, issues }) => {
  const { progressive, size, generator, discriminator } = value;
  if (progressive === null) return;
  const wrong = (path: string, message: string) =>
    issues.push({ code: 'custom', input: value, path: ['progressive', ...(path ? [path] : [])], message });
  if (progressive.start >= size) {
    wrong('start', `a run of ${size} pixels must begin at fewer; ${progressive.start} is not`);
  }
  if (generator.family === 'r3gan' || discriminator.family === 'r3gan') {
    wrong('', 'the R3GAN networks do not grow; use the style-based or the plain family');
  }
});
export type RunConfig = z.infer<typeof runConfigSchema>;

/** @throws GantryError BAD_CONFIG naming the setting */
export function parseRunConfig(value: unknown): RunConfig {
  const parsed = runConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new GantryError(
    'BAD_CONFIG',
    `The setting "${issue?.path.join('.')}" is not possible: ${issue?.message}`,
  );
}
