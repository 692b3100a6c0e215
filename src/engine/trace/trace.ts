import * as tf from '@tensorflow/tfjs-core';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { registerGradients } from '../gradients/register.ts';
import { type Graph, sameShape, type Value } from '../ir/graph.ts';
import { TRACE_BACKEND } from '../ops/native.ts';
import type { Program, Shapes, Tensors } from '../types.ts';
import { traceBackend } from './backend.ts';

/** Names in the graph: state in and out, inputs, outputs. */
export const stateName = (name: string) => `state:${name}`;
export const nextName = (name: string) => `next:${name}`;
export const inputName = (name: string) => `input:${name}`;
export const outputName = (name: string) => `output:${name}`;

/**
 * Runs a program once on the tracing backend and returns what it recorded, unoptimised. Synchronous, so that
 * the switch of tfjs's global backend is seen by nobody else.
 * @throws GantryError OP_UNSUPPORTED with the kernel's name when the table lacks it
 */
export function traceGraph(program: Program, stateShapes: Shapes): Graph {
  registerGradients();
  const backend = traceBackend();
  const before = tf.engine().backendName;
  const builder = backend.begin();
  const inputs = new Map<string, Value>();
  const outputs = new Map<string, Value>();
  const declare = (name: string, shape: readonly number[]): tf.Tensor => {
    const value: Value = { shape: [...shape], dtype: 'float32' };
    inputs.set(name, value);
    return backend.tensorOf(value);
  };
  tf.setBackend(TRACE_BACKEND);
  try {
    tf.engine().startScope('trace');
    try {
      const state = named(stateShapes, stateName, declare);
      const result = program.fn(state, named(program.inputs, inputName, declare));
      for (const [name, tensor] of Object.entries(result.state ?? {})) {
        const value = backend.valueFor(tensor);
        const shape = stateShapes[name];
        if (!shape || !sameShape(shape, value.shape)) {
          throw new GantryError(
            'BAD_CONFIG',
            `The program gives state '${name}' the shape [${value.shape}], declared is [${shape ?? 'nothing'}].`,
          );
        }
        outputs.set(nextName(name), value);
      }
      for (const [name, tensor] of Object.entries(result.outputs)) {
        outputs.set(outputName(name), backend.valueFor(tensor));
      }
    } finally {
      tf.engine().endScope();
    }
  } catch (error) {
    throw explained(error);
  } finally {
    if (before) tf.setBackend(before);
  }
  return { inputs, outputs, nodes: builder.nodes };
}

function named(
  shapes: Shapes,
  rename: (name: string) => string,
  declare: (name: string, shape: readonly number[]) => tf.Tensor,
): Tensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, declare(rename(name), shape)]),
  );
}

function explained(error: unknown): GantryError {
  const message = error instanceof Error ? error.message : '';
  const missing = /registered kernel '(\w+)'|Kernel '(\w+)' not registered/.exec(message);
  if (!missing) return toGantryError(error);
  return new GantryError(
    'OP_UNSUPPORTED',
    `A program uses the operation ${missing[1] ?? missing[2]}, which the engine cannot trace.`,
    {
      action: 'Write it with other operations, or add it to the kernel table in src/engine/trace/kernels.',
      cause: error,
    },
  );
}
