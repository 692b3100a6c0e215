import * as tf from '@tensorflow/tfjs-core';
import { type Program, type RunnerSpec, type Stage, shardedProgram } from '../engine/index.ts';
import { enabled, warpFields } from './augmentation.ts';
import { labelColumns } from './conditions.ts';
import type { RunConfig } from './config.ts';
import { fullyGrown, type Growth } from './growth.ts';
import { type Params, shapesOf, strip, withPrefix } from './layers/params.ts';
import { mixingInputs } from './mixing.ts';
import { buildDiscriminator, buildGenerator } from './networks/build.ts';
import type { Discriminator, Generator } from './networks/types.ts';
import { objectives, valueAndGradients } from './objectives.ts';
import { adam, adamSlots, clipFactor } from './optimiser.ts';
import {
  nextPathMemory,
  pathInputs,
  pathLengthOf,
  pathLengths,
  pathMemory,
  pathPenalty,
} from './path-length.ts';
import { kindsOf, programOf, type StepKind } from './step-kinds.ts';

/** What a step is given beside images and latents: everything that a schedule decides. */
const scalarInputs = [
  'rateG',
  'epsilonG',
  'rateD',
  'epsilonD',
  'freshness',
  'penaltyWeight',
  'emaWeight',
  'limitD',
  'limitG',
] as const;

export interface TrainingGraph {
  readonly spec: RunnerSpec;
  readonly generator: Generator;
  readonly discriminator: Discriminator;
}

/** Sum of squares over all gradients: not finite exactly when one of them is not (or is beyond any use). */
function squaredNorm(gradients: Params): tf.Tensor {
  return Object.values(gradients)
    .map((g) => tf.sum(tf.square(g)))
    .reduce((a, b) => tf.add(a, b));
}

const one = (x: tf.Tensor) => tf.reshape(x, []);

/** 1 when the value is finite, else 0. NaN compares false. */
const finite = (x: tf.Tensor) => tf.cast(tf.less(tf.abs(x), 3e38), 'float32');

/**
 * One training step as one program over one state, in two stages whose gradients are means over the shards of the
 * batch:
 * 1. fake = G(z); D's loss on real and fake, both augmented, plus the penalty when it is due; Adam on D.
 * 2. G's loss on the same fakes through the new D, plus path length regularisation when it is due; Adam on G; moving
 *    average of G.
 * A step with a loss or gradient that is not finite reports `ok` = 0, and the engine keeps the old state.
 * The generator and the old discriminator are written down several times here; equal graphs on equal inputs are
 * merged by the engine, so each runs once (in shards the fakes are made in both stages).
 * @param growth of both networks; default: the run's own size
 */
export function trainingGraph(config: RunConfig, growth: Growth = fullyGrown(config.size)): TrainingGraph {
  const generator = buildGenerator(config, growth);
  const discriminator = buildDiscriminator(config, growth);
  const { batch, size, penalty } = config;
  const { beta1 } = config.optimiser;

  const labels = labelColumns(config.conditions);
  const labelInput = labels > 0 ? { labels: [batch, labels] } : undefined;

  const discriminatorStage = (penalised: boolean): Stage => ({
    partial(state, inputs) {
      const [g, d] = [strip('g/', state), strip('d/', state)];
      const goal = objectives(config, generator, discriminator, g, inputs, growth);
      const { value, gradients } = valueAndGradients((params) => {
        const adversarial = goal.adversarial(params);
        if (!penalised) return adversarial;
        return tf.add(adversarial, tf.mul(goal.penalty(params), inputs.penaltyWeight!)) as tf.Scalar;
      }, d);
      const { real, fake, signReal, accuracy } = goal.scores(d);
      return {
        ...withPrefix('gradient/', gradients),
        value,
        lossD: goal.adversarial(d),
        scoreReal: real,
        scoreFake: fake,
        signReal,
        accuracy,
        ...(penalised ? { penalty: goal.penalty(d) } : {}),
      };
    },
    combine(state, means, inputs) {
      const gradients = strip('gradient/', means);
      const squaredNormD = squaredNorm(gradients);
      const next = adam(discriminator.specs, beta1, strip('d/', state), gradients, strip('adam/d/', state), {
        rate: inputs.rateD!,
        epsilon: inputs.epsilonD!,
        freshness: inputs.freshness!,
        clip: clipFactor(squaredNormD, inputs.limitD!),
      });
      const figures = ['lossD', 'scoreReal', 'scoreFake', 'signReal', 'accuracy'] as const;
      return {
        state: { ...withPrefix('d/', next.params), ...withPrefix('adam/d/', next.slots) },
        outputs: {
          okD: one(tf.mul(finite(squaredNormD), finite(means.value!))),
          squaredNormD: one(squaredNormD),
          ...Object.fromEntries(figures.map((name) => [name, one(means[name]!)])),
          ...(penalised ? { penalty: one(means.penalty!) } : {}),
        },
      };
    },
  });

  const paths = pathLengthOf(config);
  const generatorStage = (withPaths: boolean): Stage => ({
    partial(state, inputs) {
      const [g, d] = [strip('g/', state), strip('d/', state)];
      const goal = objectives(config, generator, discriminator, g, inputs, growth);
      if (!withPaths || paths === null) {
        const { value, gradients } = valueAndGradients((params) => goal.generator(params, d), g);
        return { ...withPrefix('gradient/', gradients), value };
      }
      const lengths = (params: Params) => pathLengths(generator, params, inputs);
      const { value, gradients } = valueAndGradients((params) => {
        const penalty = tf.mul(pathPenalty(lengths(params), state), paths.weight * paths.every);
        return tf.add(goal.generator(params, d), penalty) as tf.Scalar;
      }, g);
      return {
        ...withPrefix('gradient/', gradients),
        value,
        lossG: goal.generator(g, d),
        pathLength: tf.mean(lengths(g)),
        pathPenalty: pathPenalty(lengths(g), state),
      };
    },
    combine(state, means, inputs, { okD }) {
      const gradients = strip('gradient/', means);
      const squaredNormG = squaredNorm(gradients);
      const next = adam(generator.specs, beta1, strip('g/', state), gradients, strip('adam/g/', state), {
        rate: inputs.rateG!,
        epsilon: inputs.epsilonG!,
        freshness: inputs.freshness!,
        clip: clipFactor(squaredNormG, inputs.limitG!),
      });
      const ema = Object.entries(strip('ema/', state)).map(([name, average]) => [
        name,
        tf.add(average, tf.mul(tf.sub(next.params[name]!, average), inputs.emaWeight!)),
      ]);
      return {
        state: {
          ...withPrefix('g/', next.params),
          ...withPrefix('adam/g/', next.slots),
          ...withPrefix('ema/', Object.fromEntries(ema)),
          ...(withPaths && paths !== null ? nextPathMemory(state, means.pathLength!, paths) : {}),
        },
        outputs: {
          ok: one(tf.mul(okD!, tf.mul(finite(squaredNormG), finite(means.value!)))),
          lossG: one(means.lossG ?? means.value!),
          squaredNormG: one(squaredNormG),
          ...(withPaths ? { pathLength: one(means.pathLength!), pathPenalty: one(means.pathPenalty!) } : {}),
        },
      };
    },
  });

  const program = ({ penalised, paths: withPaths }: StepKind): Program =>
    shardedProgram({
      batch,
      shards: config.shards,
      inputs: {
        real: [batch, 1, size, size],
        z: [batch, generator.latent],
        ...labelInput,
        ...mixingInputs(config, generator),
        ...(withPaths ? pathInputs(config, growth) : {}),
        ...(growth.fading ? { alpha: [] } : {}),
        ...(penalty.kind === 'interpolated' ? { mix: [batch, 1, 1, 1] } : {}),
        ...Object.fromEntries(scalarInputs.map((name) => [name, []])),
        ...(enabled(config.augmentation) ? warpInputs(batch) : {}),
      },
      stages: [discriminatorStage(penalised), generatorStage(withPaths)],
      commitIf: 'ok',
    });

  const gShapes = shapesOf(generator.specs);
  return {
    generator,
    discriminator,
    spec: {
      state: {
        ...withPrefix('g/', gShapes),
        ...withPrefix('d/', shapesOf(discriminator.specs)),
        ...withPrefix('ema/', gShapes),
        ...withPrefix('adam/g/', adamSlots(generator.specs, beta1)),
        ...withPrefix('adam/d/', adamSlots(discriminator.specs, beta1)),
        ...pathMemory(config),
      },
      programs: Object.fromEntries(kindsOf(config).map(({ kind }) => [programOf(kind), program(kind)])),
    },
  };
}

function warpInputs(batch: number): Record<string, readonly number[]> {
  const names = ['real', 'fake'].flatMap((which) => warpFields.map((field) => `${which}.${field}`));
  return Object.fromEntries(names.map((name) => [name, [batch, 1, 1]]));
}
