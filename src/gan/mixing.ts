import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../base/random.ts';
import type { Shapes, Tensors } from '../engine/index.ts';
import type { RunConfig } from './config.ts';
import type { Params } from './layers/params.ts';
import type { Generator } from './networks/types.ts';

/**
 * Style mixing (Karras et al. 2019): a share of the images that are trained on take the styles of their coarse levels
 * from one latent and those of the fine ones from another, so that levels do not come to rely on each other.
 */
export const mixes = ({ generator }: RunConfig): boolean =>
  generator.family === 'stylegan2' && generator.mixing > 0;

/** Inputs that a training step has for it: a second latent, and 1 for every level that keeps the first, else 0. */
export function mixingInputs(config: RunConfig, { latent, style }: Generator): Shapes {
  if (!mixes(config) || style === null) return {};
  return { zMixed: [config.batch, latent], keeps: [config.batch, style.levels] };
}

/** Those inputs of one step, drawn from (seed, step). @param levels of the generator as it has grown */
export function drawMixing(config: RunConfig, latent: number, levels: number, step: number) {
  const { batch, seed, generator } = config;
  const probability = generator.family === 'stylegan2' ? generator.mixing : 0;
  const random = new Random(seed, 'mixing', step);
  const keeps = new Float32Array(batch * levels);
  for (let i = 0; i < batch; i++) {
    const mixed = random.uniform() < probability;
    // At least the first level keeps its own; with one level there is nothing to mix.
    const crossover = 1 + Math.floor(random.uniform() * (levels - 1));
    keeps.fill(1, i * levels, i * levels + (mixed && levels > 1 ? crossover : levels));
  }
  return { keeps, zMixed: new Random(seed, 'z/mixed', step).fillNormal(new Float32Array(batch * latent)) };
}

/** Images of a training step: plain, or with mixed styles where the step has inputs for it. */
export function generate(generator: Generator, g: Params, inputs: Tensors): tf.Tensor {
  const { z, labels, alpha, zMixed, keeps } = inputs;
  const { style } = generator;
  if (style === null || zMixed === undefined || keeps === undefined) {
    return generator.apply(g, z!, labels, alpha);
  }
  const [own, other] = [style.map(g, z!, labels), style.map(g, zMixed, labels)];
  const rows = keeps.shape[0]!;
  const styles = Array.from({ length: style.levels }, (_, level) => {
    const keep = tf.slice(keeps, [0, level], [rows, 1]);
    return tf.add(other, tf.mul(tf.sub(own, other), keep));
  });
  return style.synthesise(g, styles, alpha);
}
