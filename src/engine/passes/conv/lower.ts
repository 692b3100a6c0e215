import type { Builder, Graph, Value } from '../../ir/graph.ts';
import { type ConvGeometry, geometryOf, inputShape, outputShape } from '../../ops/conv-geometry.ts';
import { rewrite } from '../rewrite.ts';
import { blockedConv, fuseBlockedActivation, worthBlocking } from './blocked.ts';
import { filterGrad, filterGradConv } from './filter-grad.ts';
import { inputGrad, inputGradTransposed, turnedFilter, turnedGeometry } from './input-grad.ts';

export function convForward(b: Builder, operands: readonly Value[], g: ConvGeometry): Value {
  return b.add('Conv', operands, convAttrs(g), outputShape(g));
}

const convAttrs = (g: ConvGeometry) => ({
  kernel_shape: [g.kh, g.kw],
  strides: [g.stride, g.stride],
  pads: [g.pad, g.pad, g.pad, g.pad],
  dilations: [g.dilation, g.dilation],
  group: g.groups,
});

/** Convolutions and their gradients in ONNX: the general form of each. */
export function lowerConvolutionsPlainly(graph: Graph): Graph {
  return rewrite(graph, (node, b) => {
    const g = geometryOf(node);
    const [p, q, ...bias] = node.inputs as [Value, Value, ...Value[]];
    if (node.op === 'GantryConv') return [convForward(b, node.inputs, g)];
    if (node.op === 'GantryConvInputGrad') return [inputGradTransposed(b, p, q, g, bias)];
    return node.op === 'GantryConvFilterGrad' ? [filterGradConv(b, p, q, g)] : undefined;
  });
}

/**
 * Convolutions and their gradients in ONNX: the fastest known form of each shape.
 * @param block channels of a block of ONNX Runtime's blocked layout on the machine that is to run it; 0 = none
 */
export function lowerConvolutions(graph: Graph, block: number): Graph {
  const lowered = rewrite(graph, (node, b) => {
    const g = geometryOf(node);
    const [p, q, ...bias] = node.inputs as [Value, Value, ...Value[]];
    if (node.op === 'GantryConv') {
      if (!worthBlocking(g, block)) return [convForward(b, node.inputs, g)];
      return [blockedConv(b, node.inputs, convAttrs(g), outputShape(g), block)];
    }
    if (node.op === 'GantryConvInputGrad') {
      const turned = turnedGeometry(g);
      if (!turned || !worthBlocking(turned, block)) return [inputGrad(b, p, q, g, bias)];
      const operands = [p, turnedFilter(b, q, g), ...bias];
      return [blockedConv(b, operands, convAttrs(turned), inputShape(g), block)];
    }
    return node.op === 'GantryConvFilterGrad' ? [filterGrad(b, p, q, g)] : undefined;
  });
  return block === 0 ? lowered : rewrite(lowered, fuseBlockedActivation);
}
