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

/** One update of every parameter. */
export function adam(
  specs: ParamSpecs,
  beta1: number,
  params: Params,
  gradients: Params,
  slots: Params,
  scalars: AdamScalars,
): AdamResult {
  const next: AdamResult = { params: {}, slots: {} };
  for (const [name, { lrScale }] of Object.entries(specs)) {
    const gradient = param(gradients, name);
    const v = param(slots, `v/${name}`);
    const v1 = tf.add(v, tf.mul(tf.sub(tf.square(gradient), v), scalars.freshness));
    let direction = gradient;
    if (beta1 > 0) {
      const m = param(slots, `m/${name}`);
      direction = tf.add(m, tf.mul(tf.sub(gradient, m), 1 - beta1));
      next.slots[`m/${name}`] = direction;
    }
    const step = tf.div(direction, tf.add(tf.sqrt(v1), scalars.epsilon));
    next.slots[`v/${name}`] = v1;
    next.params[name] = tf.sub(param(params, name), tf.mul(step, tf.mul(scalars.rate, lrScale)));
  }
  return next;
}
