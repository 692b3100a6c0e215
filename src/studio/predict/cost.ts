import { programCost, type Shapes } from '../../engine/index.ts';
import type { RunConfig } from '../../gan/index.ts';
import { trainingGraph } from '../../gan/training-program.ts';

export interface StepCost {
  /** Floating-point operations of a step, divided by its images; the mean over steps with and without penalty. */
  readonly flopsPerImage: number;
  /** Weights, moments and moving average, once. */
  readonly stateBytes: number;
  /** Least bytes of values that live at the same time, summed over the models that one lane (or the device) loads. */
  readonly activationBytes: number;
}

const bytesOf = (shapes: Shapes) =>
  Object.values(shapes).reduce((sum, shape) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);

/** What a training step costs, from its traced operations; nothing is run. Takes up to a second. */
export function stepCost(config: RunConfig): StepCost {
  const { spec } = trainingGraph(config);
  const { every } = config.penalty;
  const both = Object.keys(spec.programs).length > 1;
  const stateBytes = bytesOf(spec.state);
  let flopsPerImage = 0;
  let activationBytes = 0;
  for (const [name, program] of Object.entries(spec.programs)) {
    const share = !both ? 1 : name === 'penalised' ? 1 / every : 1 - 1 / every;
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
