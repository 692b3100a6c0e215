import type { Builder, Value } from '../../ir/graph.ts';
import { pad, reshape, slice, transpose } from '../../ir/shapes.ts';
import { type ConvGeometry, inputShape } from '../../ops/conv-geometry.ts';

/** The general form: ONNX's ConvTranspose, which wants the filter as the convolution has it. */
export function inputGradTransposed(
  b: Builder,
  dy: Value,
  w: Value,
  g: ConvGeometry,
  bias: readonly Value[] = [],
): Value {
  const rest = (size: number, out: number, k: number) =>
    size - ((out - 1) * g.stride - 2 * g.pad + g.dilation * (k - 1) + 1);
  const attrs = {
    kernel_shape: [g.kh, g.kw],
    strides: [g.stride, g.stride],
    pads: [g.pad, g.pad, g.pad, g.pad],
    dilations: [g.dilation, g.dilation],
    group: g.groups,
    output_padding: [rest(g.h, g.oh, g.kh), rest(g.w, g.ow, g.kw)],
  };
  return b.add('ConvTranspose', [dy, w, ...bias], attrs, inputShape(g));
}

/** The filter turned by 180 degrees with its channels exchanged: [o, c/g, kh, kw] -> [c, o/g, kh, kw]. */
export function turnedFilter(b: Builder, w: Value, g: ConvGeometry): Value {
  const { groups, kh, kw } = g;
  const og = g.o / groups;
  const cg = g.c / groups;
  const swapped =
    groups === 1
      ? transpose(b, w, [1, 0, 2, 3])
      : reshape(b, transpose(b, reshape(b, w, [groups, og, cg, kh, kw]), [0, 2, 1, 3, 4]), [g.c, og, kh, kw]);
  if (kh === 1 && kw === 1) return swapped;
  const attrs = { starts: [kh - 1, kw - 1], ends: [-kh - 1, -kw - 1], axes: [2, 3], steps: [-1, -1] };
  return b.add('Slice', [swapped], attrs, swapped.shape);
}

/** The input gradient of stride 1 with equal sides as the convolution that it is; undefined for others. */
export function turnedGeometry(g: ConvGeometry): ConvGeometry | undefined {
  if (g.stride !== 1 || g.dilation !== 1 || g.kh !== g.kw || g.pad >= g.kh) return undefined;
  return { ...g, c: g.o, o: g.c, h: g.oh, w: g.ow, oh: g.h, ow: g.w, pad: g.kh - 1 - g.pad };
}

/** Stride 1: the input gradient is a convolution by the turned filter. */
export function inputGradTurned(
  b: Builder,
  dy: Value,
  w: Value,
  g: ConvGeometry,
  bias: readonly Value[] = [],
): Value {
  const p = g.kh - 1 - g.pad;
  const q = g.kw - 1 - g.pad;
  const attrs = {
    kernel_shape: [g.kh, g.kw],
    strides: [1, 1],
    pads: [p, q, p, q],
    dilations: [1, 1],
    group: g.groups,
  };
  return b.add('Conv', [dy, turnedFilter(b, w, g), ...bias], attrs, inputShape(g));
}

/**
 * Small images, stride 2: the same ConvTranspose over one tall image, all samples stacked with a row of zeros
 * between, so that the filter is packed once and not once a sample.
 */
export function inputGradStacked(
  b: Builder,
  dy: Value,
  w: Value,
  g: ConvGeometry,
  bias: readonly Value[] = [],
): Value {
  const { n, c, o, oh, ow, kh, kw, stride, pad: p } = g;
  const rows = oh + 1;
  const spaced = pad(b, dy, [
    [0, 0],
    [0, 0],
    [0, 1],
    [0, 0],
  ]);
  const tall = reshape(b, transpose(b, spaced, [1, 0, 2, 3]), [1, o, n * rows, ow]);
  const attrs = {
    kernel_shape: [kh, kw],
    strides: [stride, stride],
    pads: [p, p, p, p],
    dilations: [1, 1],
    group: 1,
  };
  const height = stride * rows * n;
  const made = b.add('ConvTranspose', [tall, w, ...bias], attrs, [1, c, height, g.w]);
  const each = slice(b, reshape(b, made, [c, n, stride * rows, g.w]), [2], [0], [g.h]);
  return transpose(b, each, [1, 0, 2, 3]);
}

/** 4x4, stride 2, pad 1: every sample's rows then fill 2 (oh + 1) rows, and one row of zeros separates them. */
const stackable = (g: ConvGeometry) =>
  g.stride === 2 &&
  g.kh === 4 &&
  g.kw === 4 &&
  g.pad === 1 &&
  g.dilation === 1 &&
  g.groups === 1 &&
  g.h === 2 * g.oh;

/**
 * Measured on one core (ms, ConvTranspose / turned): 32 px 32->32 3x3 7.5 / 2.7; 64 px 32->32 32 / 12; 32 px to 4
 * from 32 channels 0.5 / 1.4; from 4 to 32 2.2 / 0.6; 8 px 128->128 2.5 / 2.5; 4 px 256->128 1.9 / 2.4. Stride 2,
 * 4 px 128->128, ConvTranspose / stacked 2.6 / 1.8; 512->256 36 / 25; 8 px 128->64 2.9 / 3.3. Stride 2 as
 * four sub-pixel filters in one convolution lost everywhere (16 px 128->64 2.8 / 12).
 */
export function inputGrad(
  b: Builder,
  dy: Value,
  w: Value,
  g: ConvGeometry,
  bias: readonly Value[] = [],
): Value {
  const possible = g.stride === 1 && g.dilation === 1 && g.pad < g.kh && g.pad < g.kw;
  if (stackable(g) && g.oh * g.ow <= 16 && g.o >= 64 && g.c >= 32) return inputGradStacked(b, dy, w, g, bias);
  const fewOutputs = g.groups === 1 && g.c < 8 && g.c < g.o;
  return possible && g.oh * g.ow >= 64 && !fewOutputs
    ? inputGradTurned(b, dy, w, g, bias)
    : inputGradTransposed(b, dy, w, g, bias);
}
