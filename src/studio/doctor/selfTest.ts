import * as tf from '@tensorflow/tfjs-core';
import { GantryError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import {
  type Arrays,
  conv2d,
  createEagerRunner,
  createRunner,
  leakyRelu,
  type Program,
  sizeOf,
} from '../../engine/index.ts';

const shapes = { w: [8, 3, 3, 3], x: [2, 3, 8, 8] } as const;

/** A convolution, its loss and the gradient of its filter: what a training step is made of. */
const program: Program = {
  inputs: { x: shapes.x },
  fn(state, inputs) {
    const loss = (w: tf.Tensor) => tf.mean(tf.square(leakyRelu(conv2d(inputs.x!, w, { pad: 1 }))));
    return { outputs: { gradient: tf.grad(loss)(state.w!) } };
  },
};

function random(name: string, shape: readonly number[]): Float32Array {
  return new Random(1, name).fillNormal(new Float32Array(sizeOf(shape)));
}

/**
 * Computes one small gradient on the CPU through ONNX Runtime and through eager TensorFlow.js, and compares.
 * Gives a sentence with the relative error. @throws DEVICE_UNAVAILABLE when they disagree by more than 1e-3
 */
export async function selfTest(): Promise<string> {
  const spec = { state: { w: shapes.w }, programs: { test: program } };
  const results: Float32Array[] = [];
  for (const runner of [await createRunner(spec, { device: 'cpu' }), await createEagerRunner(spec)]) {
    runner.setState({ w: random('w', shapes.w) });
    const outputs: Arrays = await runner.run('test', { x: random('x', shapes.x) });
    results.push(Float32Array.from(outputs.gradient!));
    await runner.dispose();
  }
  const [traced, eager] = results as [Float32Array, Float32Array];
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < eager.length; i++) {
    difference += (traced[i]! - eager[i]!) ** 2;
    norm += eager[i]! ** 2;
  }
  const error = Math.sqrt(difference / norm);
  if (!(error < 1e-3)) {
    throw new GantryError('DEVICE_UNAVAILABLE', `The CPU computes wrongly (relative error ${error}).`);
  }
  return `computes rightly (relative error ${error.toExponential(1)} against TensorFlow.js)`;
}
