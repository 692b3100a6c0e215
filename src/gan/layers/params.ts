import type * as tf from '@tensorflow/tfjs-core';
import { Random } from '../../base/random.ts';
import { sizeOf } from '../../engine/index.ts';

/**
 * One trainable tensor: its shape, what it starts as, and how fast it learns.
 *
 * Equalised learning rate (Karras et al. 2018) stores w ~ N(0, 1) and multiplies by a constant c at run time.
 * Adam is invariant to the scale of a gradient, so storing c·w and multiplying the parameter's rate by c is the
 * same training (up to Adam's epsilon) without a pass over every weight in every step; that is `lrScale`.
 */
export interface ParamSpec {
  readonly shape: readonly number[];
  readonly mean: number;
  /** Standard deviation of the normal that it is drawn from; 0 = constant. */
  readonly std: number;
  readonly lrScale: number;
}

export type ParamSpecs = Readonly<Record<string, ParamSpec>>;
export type Params = Readonly<Record<string, tf.Tensor>>;

/** `he`: variance-keeping start, plain rate. `equalised`: see ParamSpec. */
export type Scaling = 'he' | 'equalised';

/** A weight with `fanIn` inputs per output and output gain `gain`. */
export function weight(
  shape: readonly number[],
  fanIn: number,
  scaling: Scaling,
  gain = 1,
  lrMultiplier = 1,
): ParamSpec {
  const std = gain / Math.sqrt(fanIn);
  return { shape, mean: 0, std, lrScale: scaling === 'equalised' ? std * lrMultiplier : lrMultiplier };
}

export function constant(shape: readonly number[], value = 0, lrScale = 1): ParamSpec {
  return { shape, mean: value, std: 0, lrScale };
}

/** Start values; every tensor has its own random sequence, so adding one changes no other. */
export function initialise(specs: ParamSpecs, seed: number, scope: string): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, mean, std }]) => {
      const values = new Float32Array(sizeOf(shape)).fill(mean);
      if (std > 0) {
        const random = new Random(seed, `init/${scope}/${name}`);
        for (let i = 0; i < values.length; i++) values[i] = mean + std * random.normal();
      }
      return [name, values];
    }),
  );
}

/** The tensor of that name. @throws when a network asks for a parameter that it did not declare */
export function param(params: Params, name: string): tf.Tensor {
  const found = params[name];
  if (found === undefined) throw new Error(`no parameter ${name}`);
  return found;
}

/** Total number of trainable values. */
export function countParams(specs: ParamSpecs): number {
  return Object.values(specs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Something with parameters that maps tensors to a tensor. */
export interface Layer<A extends readonly unknown[] = readonly [tf.Tensor]> {
  readonly specs: ParamSpecs;
  apply(params: Params, ...args: A): tf.Tensor;
}

export const withPrefix = <T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}${name}`, value]));

/** The entries whose name begins with `prefix`, named without it. */
export const strip = <T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );

export const shapesOf = (specs: ParamSpecs): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [name, shape]));
