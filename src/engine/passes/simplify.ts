import { fill, type Graph, type Node, sameShape, size, uniform, type Value } from '../ir/graph.ts';
import { expand, reshape, transpose } from '../ir/shapes.ts';
import { type Rule, rewrite } from './rewrite.ts';

/** Algebra: identities, chains of scalar factors, and chains of ops that only move elements. */
export function simplify(graph: Graph): Graph {
  return rewrite(graph, identity, scalarChain, movement);
}

const scalar = (v: Value | undefined) =>
  v && (v.shape.length === 0 || size(v) === 1) ? uniform(v) : undefined;

/** x * 1, x + 0, x - 0, x / 1, x ^ 2 and the like. */
const identity: Rule = (node, b) => {
  const [x, y] = node.inputs as [Value, Value];
  const result = node.outputs[0]!;
  const whole = (v: Value) => [expand(b, v, result.shape)];
  const [cx, cy] = [x, y].map((v) => (v ? uniform(v) : undefined));
  switch (node.op) {
    case 'Mul':
      if (cy === 1) return whole(x);
      if (cx === 1) return whole(y);
      return undefined;
    case 'Add':
      if (cy === 0) return whole(x);
      if (cx === 0) return whole(y);
      return undefined;
    case 'Sub':
      if (cy === 0) return whole(x);
      return cx === 0 && sameShape(y.shape, result.shape) ? [b.map('Neg', [y])] : undefined;
    case 'Div':
      if (cy === 1) return whole(x);
      // A power of two has an exact reciprocal; any other differs in the last bit, which training does not mind.
      return cy !== undefined && cy !== 0
        ? [b.map('Mul', [x, fill(Math.fround(1 / cy), y.shape)])]
        : undefined;
    case 'Pow':
      if (cy === 1) return whole(x);
      if (cy === 2 && sameShape(x.shape, result.shape)) return [b.map('Mul', [x, x])];
      return cy === 0.5 && sameShape(x.shape, result.shape) ? [b.map('Sqrt', [x])] : undefined;
    case 'Neg': {
      const maker = b.maker(x);
      return maker?.op === 'Neg' ? [maker.inputs[0]!] : undefined;
    }
    default:
      return undefined;
  }
};

/** (x * a) * b = x * (ab) for scalar constants, and a negation is a factor too. */
const scalarChain: Rule = (node, b, uses) => {
  const outer = factorOf(node);
  if (!outer) return undefined;
  const maker = b.maker(outer.x);
  const inner = maker && uses(outer.x) === 1 ? factorOf(maker) : undefined;
  if (!inner) return undefined;
  const factor = Math.fround(outer.factor * inner.factor);
  return [factor === 1 ? inner.x : b.map('Mul', [inner.x, fill(factor)])];
};

function factorOf(node: Node): { x: Value; factor: number } | undefined {
  const result = node.outputs[0]!;
  const [x, y] = node.inputs as [Value, Value];
  if (node.op === 'Neg') return { x, factor: -1 };
  if (node.op !== 'Mul') return undefined;
  const [cx, cy] = [scalar(x), scalar(y)];
  if (cy !== undefined && sameShape(x.shape, result.shape)) return { x, factor: cy };
  if (cx !== undefined && sameShape(y.shape, result.shape)) return { x: y, factor: cx };
  return undefined;
}

/** Reshapes of reshapes, transposes of transposes, and transposes that move only axes of length 1. */
const movement: Rule = (node, b) => {
  const [x] = node.inputs as [Value];
  const result = node.outputs[0]!;
  const maker = b.maker(x);
  if (node.op === 'Reshape') {
    if (sameShape(x.shape, result.shape)) return [x];
    return maker?.op === 'Reshape' ? [reshape(b, maker.inputs[0]!, result.shape)] : undefined;
  }
  if (node.op === 'Expand' && sameShape(x.shape, result.shape)) return [x];
  if (node.op !== 'Transpose') return undefined;
  const perm = node.attrs.perm as number[];
  if (maker?.op === 'Transpose') {
    const inner = maker.attrs.perm as number[];
    return [
      transpose(
        b,
        maker.inputs[0]!,
        perm.map((p) => inner[p]!),
      ),
    ];
  }
  return keepsOrder(perm, x.shape) ? [reshape(b, x, result.shape)] : undefined;
};

function keepsOrder(perm: readonly number[], shape: readonly number[]): boolean {
  const long = perm.filter((p) => shape[p] !== 1);
  return long.every((p, i) => i === 0 || long[i - 1]! < p);
}
