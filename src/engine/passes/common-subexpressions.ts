import type { Graph, Value } from '../ir/graph.ts';
import { rewrite } from './rewrite.ts';

/** Ops whose two operands may change places. */
const COMMUTATIVE = new Set(['Add', 'Mul', 'Max', 'Min', 'Equal', 'And', 'Or']);

/**
 * Computes equal things once: equal constants become one, and nodes of equal op, attributes and operands too.
 * Gradients of gradients and outputs computed again from inputs make many such pairs.
 */
export function shareCommonSubexpressions(graph: Graph): Graph {
  const ids = new Map<Value, number>();
  const constants = new Map<string, number>();
  let next = 0;
  const idOf = (v: Value): number => {
    let id = ids.get(v);
    if (id !== undefined) return id;
    const key = constantKey(v);
    id = key === undefined ? next++ : (constants.get(key) ?? next++);
    if (key !== undefined) constants.set(key, id);
    ids.set(v, id);
    return id;
  };
  const seen = new Map<string, readonly Value[]>();
  return rewrite(graph, (node) => {
    const operands = node.inputs.map(idOf);
    if (COMMUTATIVE.has(node.op)) operands.sort((p, q) => p - q);
    const key = `${node.op}(${operands})${JSON.stringify(node.attrs)}`;
    const known = seen.get(key);
    if (!known) seen.set(key, node.outputs);
    return known;
  });
}

/** A name that equal small constants share; undefined for what is no constant. */
export function constantKey(v: Value): string | undefined {
  if (!v.constant) return undefined;
  if (v.constant.kind === 'fill') return `${v.dtype}[${v.shape}]=${v.constant.value}`;
  const { data } = v.constant;
  return data.length <= 256 ? `${v.dtype}[${v.shape}]:${data}` : undefined;
}
