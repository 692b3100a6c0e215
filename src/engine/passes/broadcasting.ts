import { broadcast, fill, type Graph, sameShape, size, uniform, type Value } from '../ir/graph.ts';
import { rewrite } from './rewrite.ts';

const ELEMENTWISE = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Max',
  'Min',
  'Where',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Equal',
  'And',
  'Or',
]);

/**
 * Uniform operands of elementwise ops become scalars, and operands that were only expanded are used unexpanded,
 * wherever the other operands already give the result its full shape. (Where they do not, the expanded form stays:
 * dropping it there would change the result's shape.)
 */
export function broadcastOperands(graph: Graph): Graph {
  return rewrite(graph, (node, b) => {
    if (!ELEMENTWISE.has(node.op)) return undefined;
    const result = node.outputs[0]!;
    const inputs = [...node.inputs];
    let changed = false;
    inputs.forEach((v, i) => {
      const smaller = unexpanded(v, b.maker(v)?.op === 'Expand' ? b.maker(v)!.inputs[0]! : undefined);
      if (!smaller) return;
      const others = inputs.map((o, j) => (j === i ? smaller : o).shape);
      if (!sameShape(broadcast(...others), result.shape)) return;
      inputs[i] = smaller;
      changed = true;
    });
    return changed ? [b.add(node.op, inputs, node.attrs, result.shape, result.dtype)] : undefined;
  });
}

function unexpanded(v: Value, source: Value | undefined): Value | undefined {
  const value = uniform(v);
  if (value !== undefined) return v.shape.length > 0 && size(v) >= 1 ? fill(value, [], v.dtype) : undefined;
  return source;
}
