import type * as tf from '@tensorflow/tfjs-core';

/** attrs as tfjs hands them to a gradient: untyped by tfjs, so read through this. */
export type Attrs = tf.NamedAttrMap;

export function attr<T>(attrs: Attrs, name: string): T {
  return attrs[name] as unknown as T;
}

export function define(
  kernelName: string,
  save: { inputs?: string[]; output?: boolean; allInputs?: boolean },
  gradFunc: (dy: tf.Tensor, saved: tf.Tensor[], attrs: Attrs) => Record<string, () => tf.Tensor>,
): tf.GradConfig {
  return {
    kernelName,
    ...(save.inputs ? { inputsToSave: save.inputs } : {}),
    ...(save.allInputs ? { saveAllInputs: true } : {}),
    ...(save.output ? { outputsToSave: [true] } : {}),
    gradFunc: (dy, saved, attrs) => gradFunc(dy as tf.Tensor, saved, attrs),
  };
}
