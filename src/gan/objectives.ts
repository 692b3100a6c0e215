import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/index.ts';
import { applyWarp, enabled } from './augmentation.ts';
import type { RunConfig } from './config.ts';
import { fullyGrown, type Growth, shownAt } from './growth.ts';
import type { Params } from './layers/params.ts';
import { strip } from './layers/params.ts';
import { gradientPenalty, interpolatedPenalty, losses } from './losses.ts';
import { generate } from './mixing.ts';
import type { Discriminator, Generator } from './networks/types.ts';

export interface Scores {
  /** Logits. */
  readonly real: tf.Tensor;
  readonly fake: tf.Tensor;
  /** Sign of the logits of real images: r_t of adaptive augmentation (Karras et al. 2020). */
  readonly signReal: tf.Tensor;
  /** Share of pairs whose real image has the higher logit, from -1 (none) to 1 (all). */
  readonly accuracy: tf.Tensor;
}

/** What both players optimise in one step, as functions of their parameters. */
export interface Objectives {
  readonly fake: tf.Tensor;
  /** Mean adversarial loss of the discriminator, without the penalty. */
  adversarial(d: Params): tf.Scalar;
  /** R1 and R2, or WGAN-GP's penalty, as configured, without weight. */
  penalty(d: Params): tf.Scalar;
  /** Loss of the generator through a discriminator. */
  generator(g: Params, d: Params): tf.Scalar;
  /** How the discriminator judges the step's images; all means over the batch. */
  scores(d: Params): Scores;
}

/**
 * @param g the generator's parameters that the fakes of this step are made with
 * @param inputs real [n, 1, s, s] of the run's size, z [n, latent], of a conditional run labels [n, columns] of the
 *   reals, which the fakes of the same rows are made for, where augmentation is on `real.*`, `fake.*` (see Warp),
 *   while a resolution fades in `alpha` [], and with style mixing `zMixed` and `keeps` (see mixing.ts)
 * @param growth of both networks; default: the run's own size
 */
export function objectives(
  config: RunConfig,
  generator: Generator,
  discriminator: Discriminator,
  g: Params,
  inputs: Tensors,
  growth: Growth = fullyGrown(config.size),
): Objectives {
  const { labels, alpha } = inputs;
  const real = shownAt(inputs.real!, growth, alpha);
  const loss = losses[config.loss];
  const augmented = (which: 'real' | 'fake', images: tf.Tensor) =>
    enabled(config.augmentation) ? applyWarp(images, strip(`${which}.`, inputs)) : images;
  const judge = (d: Params, which: 'real' | 'fake', images: tf.Tensor) =>
    discriminator.apply(d, augmented(which, images), labels, alpha);
  const fake = generate(generator, g, inputs);

  return {
    fake,
    adversarial: (d) => loss.discriminator(judge(d, 'real', real), judge(d, 'fake', fake)),
    penalty(d) {
      const { penalty } = config;
      if (penalty.kind === 'interpolated') {
        return interpolatedPenalty((x) => judge(d, 'real', x), real, fake, inputs.mix!);
      }
      const terms = [
        ...(penalty.real ? [gradientPenalty((x) => judge(d, 'real', x), real)] : []),
        ...(penalty.fake ? [gradientPenalty((x) => judge(d, 'fake', x), fake)] : []),
      ];
      return terms.reduce<tf.Tensor>((a, b) => tf.add(a, b), tf.scalar(0)) as tf.Scalar;
    },
    generator(params, d) {
      const logits = judge(d, 'fake', generate(generator, params, inputs));
      return loss.generator(logits, loss.paired ? judge(d, 'real', real) : logits);
    },
    scores(d) {
      const [ofReal, ofFake] = [judge(d, 'real', real), judge(d, 'fake', fake)];
      return {
        real: tf.mean(ofReal),
        fake: tf.mean(ofFake),
        signReal: tf.mean(tf.sign(ofReal)),
        accuracy: tf.mean(tf.sign(tf.sub(ofReal, ofFake))),
      };
    },
  };
}

/** Value and gradients of `f` with respect to named parameters. */
export function valueAndGradients(f: (params: Params) => tf.Scalar, params: Params) {
  const names = Object.keys(params);
  const run = tf.valueAndGrads((...values: tf.Tensor[]) =>
    f(Object.fromEntries(names.map((name, i) => [name, values[i]!]))),
  );
  const { value, grads } = run(names.map((name) => params[name]!));
  return { value, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])) as Tensors };
}
