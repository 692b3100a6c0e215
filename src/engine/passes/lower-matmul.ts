import type { Graph, Value } from '../ir/graph.ts';
import { transpose } from '../ir/shapes.ts';
import { rewrite } from './rewrite.ts';

/** Matrix products: rank 2 as Gemm, which transposes for free; batches as MatMul. */
export function lowerMatMul(graph: Graph): Graph {
  return rewrite(graph, (node, b) => {
    if (node.op !== 'GantryMatMul') return undefined;
    const [x, y] = node.inputs as [Value, Value];
    const { transA, transB } = node.attrs;
    const shape = node.outputs[0]!.shape;
    if (x.shape.length === 2 && y.shape.length === 2) {
      return [b.add('Gemm', [x, y], transA || transB ? { transA: transA!, transB: transB! } : {}, shape)];
    }
    const swapped = (v: Value) => {
      const perm = v.shape.map((_, i) => i);
      perm.push(...perm.splice(-2).reverse());
      return transpose(b, v, perm);
    };
    return [b.add('MatMul', [transA ? swapped(x) : x, transB ? swapped(y) : y], {}, shape)];
  });
}
