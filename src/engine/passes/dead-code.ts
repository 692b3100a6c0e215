import type { Graph, Node, Value } from '../ir/graph.ts';

/** Drops every node whose outputs nobody needs. */
export function dropDeadCode(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs.values());
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((v) => needed.has(v))) continue;
    nodes.push(node);
    for (const v of node.inputs) needed.add(v);
  }
  return { ...graph, nodes: nodes.reverse() };
}
