import { programCost, type Shapes, sizeOf } from '../../engine/index.ts';
import { fullyGrown, type Growth } from '../../gan/growth.ts';
import type { RunConfig } from '../../gan/index.ts';
import { kindsOf, programOf } from '../../gan/step-kinds.ts';
import { trainingGraph } from '../../gan/training-program.ts';

export interface StepCost {
  /** Floating-point operations of a step, divided by its images; the mean over steps with and without penalties. */
  readonly flopsPerImage: number;
  /** The same while a progressive run grows, each from a number of images on, the run's own size last. */
  readonly growing: readonly { readonly fromImages: number; readonly flopsPerImage: number }[];
  /** Weights, moments and moving average, once. */
  readonly stateBytes: number;
  /** Least bytes of values that live at the same time, summed over the models that one lane (or the device) loads. */
  readonly activationBytes: number;
}

const bytesOf = (shapes: Shapes) => Object.values(shapes).reduce((sum, shape) => sum + 4 * sizeOf(shape), 0);

/** What a training step costs, from its traced operations; nothing is run. Takes up to a second, progressive more. */
export function stepCost(config: RunConfig): StepCost {
  const whole = costAt(config, fullyGrown(config.size));
  const { progressive } = config;
  if (progressive === null) return { ...whole, growing: [] };
  const growing = [];
  const each = progressive.fadeImages + progressive.stableImages;
  // The first resolution has no fade; a fade costs about what the resolution does that fades in.
  for (let size = progressive.start, fromImages = 0; size < config.size; size *= 2) {
    const { flopsPerImage } = costAt(config, { size, fading: false });
    growing.push({ fromImages, flopsPerImage });
    fromImages += fromImages === 0 ? progressive.stableImages : each;
    if (size * 2 === config.size) growing.push({ fromImages, flopsPerImage: whole.flopsPerImage });
  }
  return { ...whole, growing };
}

/** Operations that so many images take from the beginning of a run on. */
export function flopsOf({ flopsPerImage, growing }: StepCost, images: number): number {
  if (growing.length === 0) return flopsPerImage * images;
  return growing.reduce((sum, { fromImages, flopsPerImage: each }, i) => {
    const end = Math.min(images, growing[i + 1]?.fromImages ?? Number.POSITIVE_INFINITY);
    return sum + Math.max(0, end - fromImages) * each;
  }, 0);
}

/** Images, whole or not, that so many operations suffice for. */
export function imagesFor({ flopsPerImage, growing }: StepCost, flops: number): number {
  let left = flops;
  for (const [i, { fromImages, flopsPerImage: each }] of growing.entries()) {
    const next = growing[i + 1]?.fromImages;
    const needed = next === undefined ? Number.POSITIVE_INFINITY : (next - fromImages) * each;
    if (left < needed) return fromImages + left / each;
    left -= needed;
  }
  return left / flopsPerImage;
}

function costAt(config: RunConfig, growth: Growth): Omit<StepCost, 'growing'> {
  const { spec } = trainingGraph(config, growth);
  const stateBytes = bytesOf(spec.state);
  let flopsPerImage = 0;
  let activationBytes = 0;
  for (const { kind, share } of kindsOf(config)) {
    const program = spec.programs[programOf(kind)]!;
    const { sharding } = program;
    const rows = config.batch / config.shards;
    const shapes = Object.entries(program.inputs).map(([input, shape]): [string, readonly number[]] =>
      shape[0] === config.batch ? [input, [rows, ...shape.slice(1)]] : [input, shape],
    );
    // What a runner loads: a model a stage for shards, else the whole program.
    const models =
      config.shards > 1 && sharding !== undefined
        ? sharding.stages.map(({ partial }) => ({
            inputs: Object.fromEntries(shapes),
            fn: (state: Parameters<typeof partial>[0], inputs: Parameters<typeof partial>[1]) => ({
              outputs: partial(state, inputs),
            }),
          }))
        : [program];
    const images = models.length > 1 ? rows : config.batch;
    for (const model of models) {
      const { flops, peakBytes } = programCost(model, spec.state);
      flopsPerImage += (flops * share) / images;
      activationBytes += Math.max(0, peakBytes - stateBytes);
    }
  }
  return { flopsPerImage, stateBytes, activationBytes };
}
