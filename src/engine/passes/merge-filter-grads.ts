import { type Builder, fill, type Graph, type Node, size, uniform, type Value } from '../ir/graph.ts';
import { constantKey } from './common-subexpressions.ts';
import { type Rule, rewrite } from './rewrite.ts';

/** A filter gradient in a sum, with the constant factor that it is taken by. */
interface Term {
  readonly value: Value;
  readonly node?: Node;
  readonly factor?: number;
}

/**
 * Filter gradients are linear in both operands: F(a, dy) + F(b, dy) = F(a + b, dy), one convolution instead of two
 * where a sum of gradients has several with one operand and geometry in common.
 */
export function mergeFilterGrads(graph: Graph): Graph {
  const merge: Rule = (node, b, uses) => {
    if (node.op !== 'Add') return undefined;
    const terms = node.inputs.flatMap((v) => termsOf(b, v, uses, node.outputs[0]!.shape));
    if (terms.filter((t) => t.node).length < 2) return undefined;
    const joined = joinAll(b, terms);
    return joined.length < terms.length
      ? [joined.map((t) => t.value).reduce((p, q) => b.map('Add', [p, q]))]
      : undefined;
  };
  return rewrite(graph, merge);
}

function termsOf(b: Builder, v: Value, uses: (v: Value) => number, shape: readonly number[]): Term[] {
  const maker = b.maker(v);
  if (!maker || uses(v) !== 1 || v.shape.join() !== shape.join()) return [{ value: v }];
  if (maker.op === 'Add') return maker.inputs.flatMap((part) => termsOf(b, part, uses, shape));
  if (maker.op === 'GantryConvFilterGrad') return [{ value: v, node: maker, factor: 1 }];
  if (maker.op !== 'Mul') return [{ value: v }];
  const [p, q] = maker.inputs as [Value, Value];
  const factor = size(q) === 1 ? uniform(q) : undefined;
  const inner = factor === undefined || uses(p) !== 1 ? undefined : b.maker(p);
  return [inner?.op === 'GantryConvFilterGrad' ? { value: v, node: inner, factor: factor! } : { value: v }];
}

function joinAll(b: Builder, terms: readonly Term[]): Term[] {
  const joined: Term[] = [];
  for (const term of terms) {
    const at = joined.findIndex((other) => sharedOperand(other, term) !== undefined);
    if (at < 0) joined.push(term);
    else joined[at] = join(b, joined[at]!, term);
  }
  return joined;
}

function sharedOperand(p: Term, q: Term): 0 | 1 | undefined {
  if (!p.node || !q.node || p.factor !== q.factor) return undefined;
  if (JSON.stringify(p.node.attrs) !== JSON.stringify(q.node.attrs)) return undefined;
  const same = (index: 0 | 1) => equal(p.node!.inputs[index]!, q.node!.inputs[index]!);
  return same(1) ? 1 : same(0) ? 0 : undefined;
}

const equal = (a: Value, b: Value): boolean => {
  const key = constantKey(a);
  return a === b || (key !== undefined && key === constantKey(b));
};

function join(b: Builder, p: Term, q: Term): Term {
  const shared = sharedOperand(p, q)!;
  const [one, other] = [p.node!, q.node!];
  const sum = b.map('Add', [one.inputs[1 - shared]!, other.inputs[1 - shared]!]);
  const operands = shared === 1 ? [sum, one.inputs[1]!] : [one.inputs[0]!, sum];
  const made = b.add(one.op, operands, one.attrs, one.outputs[0]!.shape);
  const value = p.factor === 1 ? made : b.map('Mul', [made, fill(p.factor!)]);
  return { value, node: b.maker(made)!, factor: p.factor! };
}
