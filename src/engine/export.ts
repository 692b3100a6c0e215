import { GantryError } from '../base/errors.ts';
import type { Graph, Value } from './ir/graph.ts';
import { emitOnnx } from './onnx/emit.ts';
import { compile } from './passes/index.ts';
import { traceGraph } from './trace/trace.ts';
import type { Arrays, Program, Shapes } from './types.ts';

/**
 * A program with its weights as one plain ONNX model (operator set 18, IR 8, static shapes) that any runtime opens:
 * inputs and outputs bear the program's own names, state values are initialisers. Only the default ONNX operators.
 * @param weights one array for every state value that the program reads
 * @throws GantryError OP_UNSUPPORTED, BAD_CONFIG
 */
export function exportOnnx(program: Program, state: Shapes, weights: Arrays, name = 'model'): Uint8Array {
  const graph = compile(
    traceGraph({ inputs: program.inputs, fn: (s, i) => ({ outputs: program.fn(s, i).outputs }) }, state),
  );
  const constants = new Map<Value, Value>();
  const inputs = new Map<string, Value>();
  const used = new Set(graph.nodes.flatMap((node) => node.inputs));
  for (const [key, value] of graph.inputs) {
    if (!used.has(value)) continue;
    const [kind, own] = split(key);
    if (kind === 'input') inputs.set(own, value);
    else {
      const data = weights[own];
      if (!data) throw new GantryError('BAD_CONFIG', `The weight '${own}' of the model is missing.`);
      constants.set(value, { ...value, constant: { kind: 'data', data } });
    }
  }
  const fixed = (v: Value) => constants.get(v) ?? v;
  const plain: Graph = {
    inputs,
    outputs: new Map([...graph.outputs].map(([key, v]) => [split(key)[1], fixed(v)])),
    nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(fixed) })),
  };
  return emitOnnx(plain, name);
}

/** `state:g/w` -> ['state', 'g/w'] */
function split(key: string): [string, string] {
  const cut = key.indexOf(':');
  return [key.slice(0, cut), key.slice(cut + 1)];
}
