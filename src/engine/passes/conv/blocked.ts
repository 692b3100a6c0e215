import type { Attrs, Builder, Value } from '../../ir/graph.ts';
import { reshape, transpose } from '../../ir/shapes.ts';
import type { ConvGeometry } from '../../ops/conv-geometry.ts';
import type { Rule } from '../rewrite.ts';

/**
 * A convolution in ONNX Runtime's blocked layout (domain com.microsoft.nchwc): the channels of a block side by side,
 * [n, c / block, h, w, block], so that the convolution is computed directly, without an im2col. ONNX Runtime itself
 * uses it only where filters are constants, which weights in training are not.
 *
 * Measured on one core with the reordering of input, filter and output (ms, plain / blocked): 64 px, 128 channels in
 * groups of 16, 8 images 36 / 16; 32 px, 192 in groups of 16 8.3 / 6.6; 16 px, 256 in groups of 16 3.7 / 2.2; 32 px
 * 32->32 2.1 / 1.5; 64->64 6.1 / 4.6; 16 px 128->128 11 / 4.6. Loses: 8 px 128->128 1.5 / 1.9, 256->256 5.2 / 6.0; 1x1 7.6 / 9.0; 4x4 of stride 2: 7.6 / 9.0, 9 / 18.
 * @param block channels of a block on this machine (see runner/block.ts); 0 = no such layout
 */
export function worthBlocking(g: ConvGeometry, block: number): boolean {
  if (block === 0 || g.stride !== 1 || g.dilation !== 1 || g.kh < 3 || g.kh !== g.kw) return false;
  const perGroup = [g.c / g.groups, g.o / g.groups];
  // The filter is reordered too, which large ones over small images do not pay back.
  const filter = g.o * perGroup[0]! * g.kh * g.kw;
  return perGroup.every((channels) => channels % block === 0) && filter <= g.n * g.c * g.h * g.w;
}

/**
 * @param operands input [n, c, h, w], filter [o, c / groups, kh, kw] and perhaps a bias [o]
 * @param attrs as of an ONNX Conv
 */
export function blockedConv(
  b: Builder,
  operands: readonly Value[],
  attrs: Attrs,
  shape: readonly number[],
  block: number,
): Value {
  const [x, w, ...bias] = operands as [Value, Value, ...Value[]];
  const [o, c, kh, kw] = w.shape as [number, number, number, number];
  const cut = reshape(b, w, [o / block, block, c / block, block, kh, kw]);
  const filter = reshape(b, transpose(b, cut, [0, 2, 4, 5, 3, 1]), w.shape);
  const blocked = b.add('ReorderInput', [x], {}, x.shape);
  const result = b.add('NchwcConv', [blocked, filter, ...bias], attrs, shape);
  return b.add('ReorderOutput', [result], { channels: o }, shape);
}

/** A leaky ReLU that alone uses a blocked convolution is computed by it; a second one stays, there is place for one. */
export const fuseBlockedActivation: Rule = (node, b, uses) => {
  if (node.op !== 'GantryLeakyRelu' || node.attrs.gain !== 1) return undefined;
  const [x] = node.inputs as [Value];
  const reorder = b.maker(x);
  if (reorder?.op !== 'ReorderOutput' || uses(x) !== 1) return undefined;
  const conv = b.maker(reorder.inputs[0]!)!;
  if (conv.attrs.activation !== undefined) return undefined;
  const attrs = { ...conv.attrs, activation: 'LeakyRelu', activation_params: [Number(node.attrs.alpha)] };
  const result = b.add('NchwcConv', conv.inputs, attrs, x.shape);
  return [b.add('ReorderOutput', [result], reorder.attrs, x.shape)];
};
