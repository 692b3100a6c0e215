import * as tf from '@tensorflow/tfjs-core';
import { type ParamSpecs, type Params, param } from './layers/params.ts';

/**
 * Adam (Kingma and Ba 2015) as graph operations. Bias correction is folded into two numbers of the host,
 * rate = lr sqrt(1 - beta2^t) / (1 - beta1^t) and epsilon = eps sqrt(1 - beta2^t), which is the paper's own
 * reordering; without a first moment (beta1 = 0) none is stored.
 */
export interface AdamScalars {
  readonly rate: tf.Tensor;
  readonly epsilon: tf.Tensor;
  /** 1 - beta2. */
  readonly freshness: tf.Tensor;
  /** Factor on every gradient: 1, or less where their common norm is clipped. */
  readonly clip: tf.Tensor;
}

/** Share of the limit that a clipped gradient is brought to. */
const CLIPPED_TO = 0.3;

/**
 * Clipping by the common norm (Pascanu et al. 2013) that leaves all norms up to the limit alone and brings what is
 * above it well below: 1, or 0.3 limit / norm.
 */
export function clipFactor(squaredNorm: tf.Tensor, limit: tf.Tensor): tf.Tensor {
  const norm = tf.sqrt(tf.maximum(tf.reshape(squaredNorm, []), 1e-30));
  const most = tf.reshape(limit, []);
  const over = tf.step(tf.sub(norm, most));
  return tf.add(tf.sub(1, over), tf.mul(over, tf.div(tf.mul(most, CLIPPED_TO), tf.maximum(norm, most))));
}

export interface AdamHost {
  readonly rate: number;
  readonly epsilon: number;
  readonly freshness: number;
}

const EPSILON = 1e-8;

/** @param t number of this update, from 1 */
export function adamScalars(rate: number, beta1: number, beta2: number, t: number): AdamHost {
  const correction = Math.sqrt(1 - beta2 ** t);
  return {
    rate: (rate * correction) / (1 - beta1 ** t),
    epsilon: EPSILON * correction,
    freshness: 1 - beta2,
  };
}

/** Names and shapes of the moments, one of each for every parameter. */
export function adamSlots(specs: ParamSpecs, beta1: number): Record<string, readonly number[]> {
  const slots: Record<string, readonly number[]> = {};
  for (const [name, { shape }] of Object.entries(specs)) {
    slots[`v/${name}`] = shape;
    if (beta1 > 0) slots[`m/${name}`] = shape;
  }
  return slots;
}

export interface AdamResult {
  readonly params: Record<string, tf.Tensor>;
  readonly slots: Record<string, tf.Tensor>;
}

/**
 * One update of every parameter. The clipping factor c rides on the scalars: v + (c² g² - v) f = v (1 - f) + g² c² f
 * and the step's own c on the rate, so clipping is no pass over the gradients (one with a first moment).
 */
export function adam(
  specs: ParamSpecs,
  beta1: number,
  params: Params,
  gradients: Params,
  slots: Params,
  scalars: AdamScalars,
): AdamResult {
  const next: AdamResult = { params: {}, slots: {} };
  const { clip, freshness, epsilon } = scalars;
  const keep = tf.sub(1, freshness);
  const fresh = tf.mul(freshness, tf.square(clip));
  const rate = beta1 > 0 ? scalars.rate : tf.mul(scalars.rate, clip);
  for (const [name, { lrScale }] of Object.entries(specs)) {
    const gradient = param(gradients, name);
    const v = param(slots, `v/${name}`);
    const v1 = tf.add(tf.mul(v, keep), tf.mul(tf.square(gradient), fresh));
    let direction = gradient;
    if (beta1 > 0) {
      const m = param(slots, `m/${name}`);
      direction = tf.add(m, tf.mul(tf.sub(tf.mul(gradient, clip), m), 1 - beta1));
      next.slots[`m/${name}`] = direction;
    }
    const step = tf.div(direction, tf.add(tf.sqrt(v1), epsilon));
    next.slots[`v/${name}`] = v1;
    next.params[name] = tf.sub(param(params, name), tf.mul(step, tf.mul(rate, lrScale)));
  }
  return next;
}
