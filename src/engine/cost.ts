import type { Graph, Node, Value } from './ir/graph.ts';
import { size } from './ir/graph.ts';
import { compile } from './passes/index.ts';
import { traceGraph } from './trace/trace.ts';
import type { Program, Shapes } from './types.ts';

export interface Cost {
  /** Floating-point operations of convolutions and matrix products, a multiply-add counted as two. */
  readonly flops: number;
  /** Values that all nodes together read and write. */
  readonly elements: number;
  /** Least memory that one run needs: state and its next value, and the values that live at the same time. */
  readonly peakBytes: number;
}

const PRODUCTS: Readonly<Record<string, (node: Node) => number>> = {
  Conv: ({ inputs, outputs }) => 2 * size(outputs[0]!) * perOutput(inputs[1]!),
  NchwcConv: ({ inputs, outputs }) => 2 * size(outputs[0]!) * perOutput(inputs[1]!),
  ConvTranspose: ({ inputs }) => 2 * size(inputs[0]!) * perOutput(inputs[1]!),
  Gemm: ({ inputs, outputs, attrs }) => 2 * size(outputs[0]!) * inputs[0]!.shape[attrs.transA ? 0 : 1]!,
  MatMul: ({ inputs, outputs }) => 2 * size(outputs[0]!) * inputs[0]!.shape.at(-1)!,
};

const perOutput = (filter: Value) => filter.shape.slice(1).reduce((a, d) => a * d, 1);

/** What one run of a program costs, from its compiled graph; nothing is run. */
export function programCost(program: Program, state: Shapes): Cost {
  const graph = compile(traceGraph(program, state));
  let flops = 0;
  let elements = 0;
  for (const node of graph.nodes) {
    flops += PRODUCTS[node.op]?.(node) ?? 0;
    for (const v of [...node.inputs, ...node.outputs]) elements += size(v);
  }
  return { flops, elements, peakBytes: peak(graph) };
}

/** Bytes at the fullest moment when values are freed after their last use, graph inputs and outputs never. */
function peak(graph: Graph): number {
  const lastUse = new Map<Value, number>();
  graph.nodes.forEach((node, i) => {
    for (const v of node.inputs) lastUse.set(v, i);
  });
  const kept = new Set([...graph.inputs.values(), ...graph.outputs.values()]);
  const bytes = (v: Value) => (v.constant?.kind === 'fill' ? 0 : 4 * size(v));
  let now = [...kept].reduce((sum, v) => sum + bytes(v), 0);
  let most = now;
  graph.nodes.forEach((node, i) => {
    for (const v of node.outputs) if (!kept.has(v)) now += bytes(v);
    most = Math.max(most, now);
    for (const v of new Set([...node.inputs, ...node.outputs])) {
      if (!kept.has(v) && !v.constant && (lastUse.get(v) ?? i) === i) now -= bytes(v);
    }
  });
  return most;
}
