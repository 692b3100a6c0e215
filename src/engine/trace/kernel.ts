import * as tf from '@tensorflow/tfjs-core';
import type { Builder, Value } from '../ir/graph.ts';

/** One row of the kernel table: how a tfjs kernel is written as graph nodes. */
export interface TraceKernel {
  readonly name: string;
  readonly emit: (call: KernelCall) => Value | Value[];
}

/** One call of a kernel while tracing. */
export interface KernelCall {
  readonly b: Builder;
  /** The operand of that name (tfjs names them x, a, b, …; lists are "0", "1", …). */
  readonly input: (name: string) => Value;
  readonly inputs: readonly Value[];
  readonly attrs: tf.NamedAttrMap;
}

/** tfjs hands attributes over untyped; this is the one place that says what they are. */
export function attr<T>(call: KernelCall, name: string): T {
  return call.attrs[name] as unknown as T;
}

export function axesOf(call: KernelCall, name: string, shape: readonly number[]): number[] {
  return tf.util.parseAxisParam(attr<number | number[]>(call, name), [...shape]);
}

export const kernel = (name: string, emit: TraceKernel['emit']): TraceKernel => ({ name, emit });
