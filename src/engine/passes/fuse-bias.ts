import type { Graph, Value } from '../ir/graph.ts';
import { reshape } from '../ir/shapes.ts';
import { rewrite } from './rewrite.ts';

const TAKES_BIAS = new Set(['GantryConv', 'GantryConvInputGrad']);

/**
 * conv(x, w) + bias becomes one convolution with three operands, which saves a pass over memory, and ONNX Runtime
 * then fuses a following leaky ReLU too.
 */
export function fuseBias(graph: Graph): Graph {
  return rewrite(graph, (node, b, uses) => {
    if (node.op !== 'Add') return undefined;
    for (const [conv, bias] of [node.inputs, node.inputs.toReversed()] as [Value, Value][]) {
      const maker = b.maker(conv);
      if (!maker || !TAKES_BIAS.has(maker.op) || maker.inputs.length > 2 || uses(conv) !== 1) continue;
      const channels = conv.shape[1]!;
      const fits =
        bias.constant === undefined && bias.shape.join() === [1, channels, 1, 1].join() && channels > 1;
      if (!fits) continue;
      const operands = [...maker.inputs, reshape(b, bias, [channels])];
      return [b.add(maker.op, operands, maker.attrs, conv.shape)];
    }
    return undefined;
  });
}
