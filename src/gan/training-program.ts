import * as tf from '@tensorflow/tfjs-core';
import type { Program, RunnerSpec } from '../engine/index.ts';
import { enabled, warpFields } from './augmentation.ts';
import { labelColumns } from './conditions.ts';
import type { RunConfig } from './config.ts';
import { type Params, shapesOf, strip, withPrefix } from './layers/params.ts';
import { buildDiscriminator, buildGenerator } from './networks/build.ts';
import type { Discriminator, Generator } from './networks/types.ts';
import { objectives, valueAndGradients } from './objectives.ts';
import { adam, adamSlots, clipFactor } from './optimiser.ts';

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

/** 1 when the value is finite, else 0. NaN compares false. */
const finite = (x: tf.Tensor) => tf.cast(tf.less(tf.abs(x), 3e38), 'float32');

/**
 * One training step as one program over one state:
 * 1. fake = G(z); D's loss on real and fake, both augmented, plus the penalty when it is due; Adam on D.
 * 2. G's loss on the same fakes through the new D; Adam on G.
 * 3. Moving average of G.
 * A step with a loss or gradient that is not finite reports `ok` = 0, and the engine keeps the old state.
 * The generator and the old discriminator are written down several times here; equal graphs on equal inputs are
 * merged by the engine, so each runs once.
 */
export function trainingGraph(config: RunConfig): TrainingGraph {
  const generator = buildGenerator(config);
  const discriminator = buildDiscriminator(config);
  const { batch, size, penalty } = config;
  const { beta1 } = config.optimiser;

  const labels = labelColumns(config.conditions);
  const labelInput = labels > 0 ? { labels: [batch, labels] } : undefined;

  const program = (penalised: boolean): Program => ({
    inputs: {
      real: [batch, 1, size, size],
      z: [batch, generator.latent],
      ...labelInput,
      ...Object.fromEntries(scalarInputs.map((name) => [name, []])),
      ...(enabled(config.augmentation) ? warpInputs(batch) : {}),
    },
    fn: (state, inputs) => {
      const [g, d] = [strip('g/', state), strip('d/', state)];
      const scalar = (name: (typeof scalarInputs)[number]) => inputs[name]!;
      const goal = objectives(config, generator, discriminator, g, inputs);

      const forD = valueAndGradients((params) => {
        const adversarial = goal.adversarial(params);
        if (!penalised) return adversarial;
        return tf.add(adversarial, tf.mul(goal.penalty(params), scalar('penaltyWeight'))) as tf.Scalar;
      }, d);
      const normD = squaredNorm(forD.gradients);
      const nextD = adam(discriminator.specs, beta1, d, forD.gradients, strip('adam/d/', state), {
        rate: scalar('rateD'),
        epsilon: scalar('epsilonD'),
        freshness: scalar('freshness'),
        clip: clipFactor(normD, scalar('limitD')),
      });

      const forG = valueAndGradients((params) => goal.generator(params, nextD.params), g);
      const normG = squaredNorm(forG.gradients);
      const nextG = adam(generator.specs, beta1, g, forG.gradients, strip('adam/g/', state), {
        rate: scalar('rateG'),
        epsilon: scalar('epsilonG'),
        freshness: scalar('freshness'),
        clip: clipFactor(normG, scalar('limitG')),
      });
      const ema = Object.entries(strip('ema/', state)).map(([name, average]) => [
        name,
        tf.add(average, tf.mul(tf.sub(nextG.params[name]!, average), scalar('emaWeight'))),
      ]);

      const scores = goal.scores(d);
      const one = (x: tf.Tensor) => tf.reshape(x, []);
      return {
        state: {
          ...withPrefix('g/', nextG.params),
          ...withPrefix('d/', nextD.params),
          ...withPrefix('ema/', Object.fromEntries(ema)),
          ...withPrefix('adam/g/', nextG.slots),
          ...withPrefix('adam/d/', nextD.slots),
        },
        outputs: {
          ok: one([normD, forD.value, normG, forG.value].map(finite).reduce((a, b) => tf.mul(a, b))),
          lossD: one(goal.adversarial(d)),
          lossG: one(forG.value),
          scoreReal: one(scores.real),
          scoreFake: one(scores.fake),
          signReal: one(scores.signReal),
          accuracy: one(scores.accuracy),
          squaredNormD: one(normD),
          squaredNormG: one(normG),
          ...(penalised ? { penalty: one(goal.penalty(d)) } : {}),
        },
      };
    },
    commitIf: 'ok',
  });

  const gShapes = shapesOf(generator.specs);
  const penalises = penalty.real || penalty.fake;
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
      },
      programs: {
        ...(penalises ? { penalised: program(true) } : {}),
        ...(!penalises || penalty.every > 1 ? { plain: program(false) } : {}),
      },
    },
  };
}

function warpInputs(batch: number): Record<string, readonly number[]> {
  const names = ['real', 'fake'].flatMap((which) => warpFields.map((field) => `${which}.${field}`));
  return Object.fromEntries(names.map((name) => [name, [batch, 1, 1]]));
}
