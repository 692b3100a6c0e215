import type { Builder, Graph, Value } from '../ir/graph.ts';
import { reshape, slice, transpose } from '../ir/shapes.ts';
import type { ConvGeometry } from '../ops/conv-geometry.ts';
import { inputShape, outputShape } from '../ops/conv-geometry.ts';
import { rewrite } from './rewrite.ts';

const both = (n: number) => [n, n];

export function convForward(b: Builder, x: Value, w: Value, g: ConvGeometry): Value {
  const attrs = {
    kernel_shape: [g.kh, g.kw],
    strides: both(g.stride),
    pads: [g.pad, g.pad, g.pad, g.pad],
    dilations: both(g.dilation),
    group: g.groups,
  };
  return b.add('Conv', [x, w], attrs, outputShape(g));
}

/** The general form: ONNX's ConvTranspose, which wants the filter as the convolution has it. */
export function inputGradTransposed(b: Builder, dy: Value, w: Value, g: ConvGeometry): Value {
  const rest = (size: number, out: number, k: number) =>
    size - ((out - 1) * g.stride - 2 * g.pad + g.dilation * (k - 1) + 1);
  const attrs = {
    kernel_shape: [g.kh, g.kw],
    strides: both(g.stride),
    pads: [g.pad, g.pad, g.pad, g.pad],
    dilations: both(g.dilation),
    group: g.groups,
    output_padding: [rest(g.h, g.oh, g.kh), rest(g.w, g.ow, g.kw)],
  };
  return b.add('ConvTranspose', [dy, w], attrs, inputShape(g));
}

/** The filter gradient as a convolution of input by output gradient, batch and channels exchanged. */
export function filterGradConv(b: Builder, x: Value, dy: Value, g: ConvGeometry): Value {
  const { n, c, o, groups } = g;
  const cg = c / groups;
  const og = o / groups;
  const xs =
    groups === 1
      ? transpose(b, x, [1, 0, 2, 3])
      : reshape(b, transpose(b, reshape(b, x, [n, groups, cg, g.h, g.w]), [2, 1, 0, 3, 4]), [
          cg,
          groups * n,
          g.h,
          g.w,
        ]);
  const ys =
    groups === 1
      ? transpose(b, dy, [1, 0, 2, 3])
      : reshape(b, transpose(b, reshape(b, dy, [n, groups, og, g.oh, g.ow]), [1, 2, 0, 3, 4]), [
          o,
          n,
          g.oh,
          g.ow,
        ]);
  const out = (size: number, outs: number) =>
    Math.floor((size + 2 * g.pad - g.stride * (outs - 1) - 1) / g.dilation) + 1;
  const attrs = {
    kernel_shape: [g.oh, g.ow],
    strides: both(g.dilation),
    pads: [g.pad, g.pad, g.pad, g.pad],
    dilations: both(g.stride),
    group: groups,
  };
  const full = b.add('Conv', [xs, ys], attrs, [cg, o, out(g.h, g.oh), out(g.w, g.ow)]);
  // A stride that does not divide leaves rows that the convolution never saw; their taps are cut off.
  return transpose(b, slice(b, full, [2, 3], [0, 0], [g.kh, g.kw]), [1, 0, 2, 3]);
}

export function lowerConvolutions(graph: Graph): Graph {
  return rewrite(graph, (node, b) => {
    const g = node.attrs as unknown as ConvGeometry;
    const [p, q] = node.inputs as [Value, Value];
    if (node.op === 'GantryConv') return [convForward(b, p, q, g)];
    if (node.op === 'GantryConvInputGrad') return [inputGradTransposed(b, p, q, g)];
    if (node.op === 'GantryConvFilterGrad') return [filterGradConv(b, p, q, g)];
    return undefined;
  });
}
