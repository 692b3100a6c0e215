import { type Builder, type Graph, type Node, size, type Value } from '../ir/graph.ts';
import { reduce, reshape, transpose } from '../ir/shapes.ts';
import { type Rule, rewrite } from './rewrite.ts';

const ELEMENTWISE = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Max',
  'Min',
  'Neg',
  'Abs',
  'Exp',
  'Log',
  'Sqrt',
  'Reciprocal',
  'Tanh',
  'Sigmoid',
  'Softplus',
  'Relu',
  'Clip',
  'Sign',
  'GantryLeakyRelu',
  'GantryLeakyReluMask',
  'Greater',
  'Less',
  'Cast',
  'Where',
]);
const REDUCTIONS = new Set(['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin']);

/**
 * Layout: moves transposes behind elementwise ops and into the axes of reductions, where they meet their inverses
 * and cancel. Programs in tfjs's own NHWC ops are left with the transposes at their ends; without this, a fifth of
 * such a step was spent on them.
 */
export function sinkTransposes(graph: Graph): Graph {
  return rewrite(graph, behindElementwise, intoReduction);
}

const permOf = (b: Builder, v: Value): readonly number[] | undefined => {
  const maker = b.maker(v);
  return maker?.op === 'Transpose' ? (maker.attrs.perm as number[]) : undefined;
};

const behindElementwise: Rule = (node, b) => {
  if (!ELEMENTWISE.has(node.op)) return undefined;
  const result = node.outputs[0]!;
  const perm = node.inputs
    .map((v) => (v.shape.length === result.shape.length ? permOf(b, v) : undefined))
    .find(Boolean);
  if (!perm) return undefined;
  const sources = node.inputs.map((v) => untransposed(b, v, perm, size(result)));
  if (sources.some((v) => v === undefined)) return undefined;
  return [transpose(b, b.map(node.op, sources as Value[], node.attrs, result.dtype), perm)];
};

/** The operand before the transpose; small operands (biases) are turned back instead, which costs next to nothing. */
function untransposed(b: Builder, v: Value, perm: readonly number[], resultSize: number): Value | undefined {
  if (v.shape.length === 0) return v;
  const own = permOf(b, v);
  if (own?.every((p, i) => p === perm[i])) return b.maker(v)!.inputs[0]!;
  if (size(v) * 8 > resultSize) return undefined;
  const padded = [...Array.from({ length: perm.length - v.shape.length }, () => 1), ...v.shape];
  return transpose(
    b,
    reshape(b, v, padded),
    perm.map((_, i) => perm.indexOf(i)),
  );
}

const intoReduction: Rule = (node: Node, b) => {
  if (!REDUCTIONS.has(node.op)) return undefined;
  const perm = permOf(b, node.inputs[0]!);
  if (!perm) return undefined;
  const axes = node.attrs.axes as number[];
  const source = b.maker(node.inputs[0]!)!.inputs[0]!;
  const reduced = reduce(
    b,
    node.op,
    source,
    axes.map((axis) => perm[axis]!),
    true,
  );
  const turned = transpose(b, reduced, perm);
  return [reshape(b, turned, node.outputs[0]!.shape)];
};
