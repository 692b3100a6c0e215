import * as tf from '@tensorflow/tfjs-core';

/** Kernels that an activation of a network is traced as. */
const ACTIVATIONS = new Set(['Relu', 'GantryLeakyRelu']);

/**
 * What every activation gives, without its gain, while `make` runs in a trace, in their order. The networks keep their inner values to
 * themselves; the engine through which every operation goes sees them all.
 */
export function activationsOf<T>(make: () => T): { readonly made: T; readonly activations: tf.Tensor[] } {
  const engine = tf.engine();
  const activations: tf.Tensor[] = [];
  const run = engine.runKernel;
  engine.runKernel = function recorded(name, inputs, attrs) {
    const result = run.call(engine, name, inputs, attrs);
    if (ACTIVATIONS.has(name)) {
      const gain = typeof attrs?.gain === 'number' ? attrs.gain : 1;
      activations.push(tf.mul(result as tf.Tensor, 1 / gain));
    }
    return result;
  } as typeof run;
  try {
    return { made: make(), activations };
  } finally {
    engine.runKernel = run;
  }
}
