import type { Builder, Graph, Value } from '../../ir/graph.ts';
import { type ConvGeometry, outputShape } from '../../ops/conv-geometry.ts';
import { rewrite } from '../rewrite.ts';
import { filterGrad, filterGradConv } from './filter-grad.ts';
import { inputGrad, inputGradTransposed } from './input-grad.ts';

export function convForward(b: Builder, operands: readonly Value[], g: ConvGeometry): Value {
  const attrs = {
    kernel_shape: [g.kh, g.kw],
    strides: [g.stride, g.stride],
    pads: [g.pad, g.pad, g.pad, g.pad],
    dilations: [g.dilation, g.dilation],
    group: g.groups,
  };
  return b.add('Conv', operands, attrs, outputShape(g));
}

/** Convolutions and their gradients in ONNX: the fastest known form of each shape, or with `plain` the general one. */
export function lowerConvolutions(graph: Graph, plain = false): Graph {
  return rewrite(graph, (node, b) => {
    const g = node.attrs as unknown as ConvGeometry;
    const [p, q, ...bias] = node.inputs as [Value, Value, ...Value[]];
    switch (node.op) {
      case 'GantryConv':
        return [convForward(b, node.inputs, g)];
      case 'GantryConvInputGrad':
        return [(plain ? inputGradTransposed : inputGrad)(b, p, q, g, bias)];
      case 'GantryConvFilterGrad':
        return [(plain ? filterGradConv : filterGrad)(b, p, q, g)];
      default:
        return undefined;
    }
  });
}
