import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { GantryError } from '../../base/errors.ts';
import { registerGradients } from '../gradients/register.ts';
import { type Arrays, type Runner, type RunnerSpec, sizeOf, type Tensors } from '../types.ts';
import { checkArrays, commits, findProgram } from './check.ts';

/**
 * Runs programs op by op on a tfjs backend: slow on `cpu`, but independent of the tracer, the compiler and ONNX
 * Runtime, which makes it the oracle of the tests.
 * @throws GantryError DEVICE_UNAVAILABLE when the backend cannot start
 */
export async function createEagerRunner(
  spec: RunnerSpec,
  options: { backend?: string } = {},
): Promise<Runner> {
  const backend = options.backend ?? 'cpu';
  registerGradients();
  if (!(await tf.setBackend(backend))) {
    throw new GantryError('DEVICE_UNAVAILABLE', `TensorFlow.js has no working backend '${backend}'.`);
  }
  const state: Tensors = {};
  const put = (name: string, data: Float32Array) => {
    const fresh = tf.keep(tf.tensor(data.slice(), [...spec.state[name]!], 'float32'));
    state[name]?.dispose();
    state[name] = fresh;
  };
  for (const [name, shape] of Object.entries(spec.state)) put(name, new Float32Array(sizeOf(shape)));

  return {
    device: `tfjs-${backend}`,
    setState(values) {
      checkArrays('state', values, spec.state, false);
      tf.setBackend(backend);
      for (const [name, data] of Object.entries(values)) put(name, data);
    },
    async getState(names = Object.keys(spec.state)) {
      return read(Object.fromEntries(names.map((name) => [name, pick(state, name)])));
    },
    async run(name, inputs) {
      const program = findProgram(spec, name);
      checkArrays('input', inputs, program.inputs, true);
      await tf.setBackend(backend);
      const result = tf.tidy(() => {
        const tensors = Object.fromEntries(
          Object.entries(inputs).map(([key, data]) => [
            key,
            tf.tensor(data, [...program.inputs[key]!], 'float32'),
          ]),
        );
        const { state: changed = {}, outputs } = program.fn({ ...state }, tensors);
        // Clones, so that a value that is handed on unchanged survives the disposal of its old owner.
        const keep = (all: Tensors) =>
          Object.fromEntries(Object.entries(all).map(([key, t]) => [key, tf.keep(tf.clone(t))]));
        return { changed: keep(changed), outputs: keep(outputs) };
      });
      const arrays = await read(result.outputs);
      tf.dispose(result.outputs);
      if (!commits(program, arrays)) tf.dispose(result.changed);
      else {
        for (const [key, tensor] of Object.entries(result.changed)) {
          pick(state, key).dispose();
          state[key] = tensor;
        }
      }
      return arrays;
    },
    async dispose() {
      tf.dispose(state);
    },
  };
}

function pick(state: Tensors, name: string): tf.Tensor {
  const tensor = state[name];
  if (!tensor) throw new GantryError('BAD_CONFIG', `There is no state value '${name}'.`);
  return tensor;
}

async function read(tensors: Tensors): Promise<Arrays> {
  const arrays: Arrays = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    arrays[name] = new Float32Array((await tensor.data()) as Float32Array);
  }
  return arrays;
}
