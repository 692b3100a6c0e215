import { type DType, fill, type Graph, type Node, uniform } from '../ir/graph.ts';
import { rewrite } from './rewrite.ts';

const unary: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Abs: Math.abs,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Sign: Math.sign,
  Relu: (x) => Math.max(0, x),
  Tanh: Math.tanh,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Not: (x) => (x ? 0 : 1),
};

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Max: Math.max,
  Min: Math.min,
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Equal: (a, b) => Number(a === b),
};

/** Ops that only move elements: the same number everywhere stays it. */
const MOVING = new Set(['Reshape', 'Expand', 'Transpose', 'Slice', 'Tile', 'Split', 'Identity']);

/** Ops that are linear in each operand: zero in, zero out. */
const LINEAR = new Set(
  [
    'GantryConv',
    'GantryConvInputGrad',
    'GantryConvFilterGrad',
    'GantryMatMul',
    'ReduceSum',
    'ReduceMean',
    'Neg',
  ].concat([
    'GantryUpsample2',
    'GantryAvgPool2',
    'GantryUpsampleFir2',
    'GantryDownsampleFir2',
    'GantryLeakyRelu',
  ]),
);

/**
 * Computes what is uniform while compiling, and lets zeros run through linear ops: the zero gradients of steps and
 * comparisons would otherwise be back-propagated through a whole network.
 */
export function foldUniform(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    const value = folded(node);
    if (value === undefined) return undefined;
    return node.outputs.map((v) => fill(value, v.shape, v.dtype));
  });
}

function folded(node: Node): number | undefined {
  const [a, b] = node.inputs.map(uniform);
  const { op } = node;
  if (MOVING.has(op)) return a;
  if (op === 'Cast') return a === undefined ? undefined : cast(a, node.outputs[0]!.dtype);
  if (LINEAR.has(op) && node.inputs.some((v) => uniform(v) === 0)) return 0;
  if (op === 'Pad') return a !== undefined && a === node.attrs.value ? a : undefined;
  if (op === 'Concat') return node.inputs.every((v) => uniform(v) === a) ? a : undefined;
  if (op === 'Mul' && (a === 0 || b === 0)) return 0;
  if (a !== undefined && op in unary) return Math.fround(unary[op]!(a));
  if (a !== undefined && b !== undefined && op in binary) return Math.fround(binary[op]!(a, b));
  return undefined;
}

function cast(value: number, to: DType): number {
  if (to === 'bool') return Number(value !== 0);
  return to === 'int32' ? Math.trunc(value) : value;
}
