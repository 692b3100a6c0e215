import * as tf from '@tensorflow/tfjs-core';

export const TRACE_BACKEND = 'gantry-trace';

/** True while a program is being traced: ops are then recorded as one kernel each instead of composed. */
export function isTracing(): boolean {
  return tf.getBackend() === TRACE_BACKEND;
}

export type Attributes = Readonly<Record<string, number | boolean | string | readonly number[]>>;

/** Runs a kernel that only the tracing backend has (see trace/kernels). */
export function native(kernel: string, inputs: Record<string, tf.Tensor>, attrs: Attributes = {}): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, { ...attrs } as tf.NamedAttrMap) as tf.Tensor;
}
