import * as tf from '@tensorflow/tfjs-core';
import type { Program, RunnerSpec, Tensors } from '../engine/index.ts';
import { applyWarp, enabled, warpFields } from './augmentation.ts';
import type { RunConfig } from './config.ts';
import type { ParamSpecs, Params } from './layers/params.ts';
import { gradientPenalty, losses } from './losses.ts';
import { buildDiscriminator, buildGenerator } from './networks/build.ts';
import type { Discriminator, Generator } from './networks/types.ts';
import { adam, adamSlots } from './optimiser.ts';

/** What a step is given beside its state. All randomness and all schedules enter here. */
export const scalarInputs = [
  'rateG',
  'epsilonG',
  'rateD',
  'epsilonD',
  'freshness',
  'penaltyWeight',
  'emaWeight',
] as const;

export interface TrainingGraph {
  readonly spec: RunnerSpec;
  readonly generator: Generator;
  readonly discriminator: Discriminator;
}

export const withPrefix = <T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}${name}`, value]));

export const strip = <T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );

const shapesOf = (specs: ParamSpecs) =>
  Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [name, shape]));

/** Value and gradients of `f` with respect to named parameters. */
function valueAndGradients(f: (params: Params) => tf.Scalar, params: Params) {
  const names = Object.keys(params);
  const run = tf.valueAndGrads((...values: tf.Tensor[]) =>
    f(Object.fromEntries(names.map((name, i) => [name, values[i]!]))),
  );
  const { value, grads } = run(names.map((name) => params[name]!));
  return { value, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])) as Tensors };
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
 * The generator runs twice here; its second pass is the same graph on the same inputs and is merged with the first.
 */
export function trainingGraph(config: RunConfig): TrainingGraph {
  const generator = buildGenerator(config);
  const discriminator = buildDiscriminator(config);
  const { batch, size, penalty, optimiser } = config;
  const { beta1 } = optimiser;
  const loss = losses[config.loss];
  const augmenting = enabled(config.augmentation);

  const augmented = (which: 'real' | 'fake', inputs: Tensors) => (images: tf.Tensor) =>
    augmenting ? applyWarp(images, strip(`${which}.`, inputs)) : images;

  const program = (penalised: boolean): Program => ({
    inputs: {
      real: [batch, 1, size, size],
      z: [batch, generator.latent],
      ...Object.fromEntries(scalarInputs.map((name) => [name, []])),
      ...(augmenting
        ? Object.fromEntries(
            warpFields.flatMap((f) => [
              [`real.${f}`, [batch, 1, 1]],
              [`fake.${f}`, [batch, 1, 1]],
            ]),
          )
        : {}),
    },
    fn: (state, inputs) => {
      const [g, d] = [strip('g/', state), strip('d/', state)];
      const { real, z } = inputs as { real: tf.Tensor; z: tf.Tensor };
      const augmentReal = augmented('real', inputs);
      const augmentFake = augmented('fake', inputs);
      const fake = generator.apply(g, z);

      const judge = (params: Params) => ({
        real: (x: tf.Tensor) => discriminator.apply(params, augmentReal(x)),
        fake: (x: tf.Tensor) => discriminator.apply(params, augmentFake(x)),
      });
      const penaltyOf = (params: Params) => {
        const logits = judge(params);
        const terms = [
          ...(penalty.real ? [gradientPenalty(logits.real, real)] : []),
          ...(penalty.fake ? [gradientPenalty(logits.fake, fake)] : []),
        ];
        return terms.reduce((a, b) => tf.add(a, b));
      };
      const forD = valueAndGradients((params) => {
        const logits = judge(params);
        const adversarial = loss.discriminator(logits.real(real), logits.fake(fake));
        if (!penalised) return adversarial;
        return tf.add(adversarial, tf.mul(penaltyOf(params), inputs.penaltyWeight!)) as tf.Scalar;
      }, d);
      const nextD = adam(discriminator.specs, beta1, d, forD.gradients, strip('adam/d/', state), {
        rate: inputs.rateD!,
        epsilon: inputs.epsilonD!,
        freshness: inputs.freshness!,
      });

      const logits = judge(nextD.params);
      const forG = valueAndGradients((params) => {
        const logitsFake = logits.fake(generator.apply(params, z));
        return loss.generator(logitsFake, loss.paired ? logits.real(real) : logitsFake);
      }, g);
      const nextG = adam(generator.specs, beta1, g, forG.gradients, strip('adam/g/', state), {
        rate: inputs.rateG!,
        epsilon: inputs.epsilonG!,
        freshness: inputs.freshness!,
      });
      const ema = Object.fromEntries(
        Object.entries(strip('ema/', state)).map(([name, e]) => [
          name,
          tf.add(e, tf.mul(tf.sub(nextG.params[name]!, e), inputs.emaWeight!)),
        ]),
      );
      const normD = squaredNorm(forD.gradients);
      const normG = squaredNorm(forG.gradients);
      const ok = [normD, forD.value, normG, forG.value].map(finite).reduce((a, b) => tf.mul(a, b));
      const before = judge(d);
      const one = (x: tf.Tensor) => tf.reshape(x, []);
      const scores = { real: before.real(real), fake: before.fake(fake) };
      return {
        state: {
          ...withPrefix('g/', nextG.params),
          ...withPrefix('d/', nextD.params),
          ...withPrefix('ema/', ema),
          ...withPrefix('adam/g/', nextG.slots),
          ...withPrefix('adam/d/', nextD.slots),
        },
        outputs: {
          ok: one(ok),
          lossD: one(loss.discriminator(scores.real, scores.fake)),
          lossG: one(forG.value),
          scoreReal: one(tf.mean(scores.real)),
          scoreFake: one(tf.mean(scores.fake)),
          squaredNormD: one(normD),
          squaredNormG: one(normG),
          ...(penalised ? { penalty: one(penaltyOf(d)) } : {}),
        },
      };
    },
    commitIf: 'ok',
  });

  const gShapes = shapesOf(generator.specs);
  const dShapes = shapesOf(discriminator.specs);
  const penalises = penalty.real || penalty.fake;
  return {
    generator,
    discriminator,
    spec: {
      state: {
        ...withPrefix('g/', gShapes),
        ...withPrefix('d/', dShapes),
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
