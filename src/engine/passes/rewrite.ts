import { Builder, type Graph, type Node, type Value } from '../ir/graph.ts';

/**
 * A peephole rule: looks at one node (its operands already rewritten; `b.maker` tells who made them) and returns
 * the values that stand for its outputs, adding nodes to `b` as needed; undefined keeps the node.
 */
export type Rule = (node: Node, b: Builder, uses: (value: Value) => number) => readonly Value[] | undefined;

/** Walks a graph once in order and applies rules; the first that answers wins. */
export function rewrite(graph: Graph, ...rules: readonly Rule[]): Graph {
  const b = new Builder();
  const replaced = new Map<Value, Value>();
  const now = (v: Value): Value => replaced.get(v) ?? v;
  const counts = countUses(graph);
  // How often the original graph uses what now stands as `value`; a made-up value counts as used once.
  const originals = new Map<Value, number>();
  const uses = (value: Value) => originals.get(value) ?? counts.get(value) ?? 1;
  for (const node of graph.nodes) {
    const moved = node.inputs.some((v) => replaced.has(v)) ? { ...node, inputs: node.inputs.map(now) } : node;
    const outputs = firstAnswer(rules, moved, b, uses);
    if (!outputs) {
      b.push(moved);
      continue;
    }
    node.outputs.forEach((old, i) => {
      const fresh = outputs[i]!;
      if (fresh === old) return;
      replaced.set(old, fresh);
      originals.set(fresh, (counts.get(old) ?? 0) + (originals.get(fresh) ?? counts.get(fresh) ?? 0));
    });
  }
  return {
    inputs: graph.inputs,
    outputs: new Map([...graph.outputs].map(([name, v]) => [name, now(v)])),
    nodes: b.nodes,
  };
}

function firstAnswer(rules: readonly Rule[], node: Node, b: Builder, uses: (v: Value) => number) {
  for (const rule of rules) {
    const answer = rule(node, b, uses);
    if (answer) return answer;
  }
  return undefined;
}

export function countUses(graph: Graph): Map<Value, number> {
  const counts = new Map<Value, number>();
  const use = (v: Value) => counts.set(v, (counts.get(v) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(use);
  for (const v of graph.outputs.values()) use(v);
  return counts;
}
