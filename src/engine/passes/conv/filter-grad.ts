import type { Builder, Value } from '../../ir/graph.ts';
import { concat, pad, reduce, reshape, slice, transpose } from '../../ir/shapes.ts';
import type { ConvGeometry } from '../../ops/conv-geometry.ts';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const NONE = [0, 0] as const;

/** The general form: a convolution of input by output gradient, batch and channels exchanged. */
export function filterGradConv(b: Builder, x: Value, dy: Value, g: ConvGeometry): Value {
  const { n, c, o, groups } = g;
  const cg = c / groups;
  const og = o / groups;
  const exchange = (v: Value, perGroup: number, h: number, w: number, perm: number[], shape: number[]) =>
    groups === 1
      ? transpose(b, v, [1, 0, 2, 3])
      : reshape(b, transpose(b, reshape(b, v, [n, groups, perGroup, h, w]), perm), shape);
  const xs = exchange(x, cg, g.h, g.w, [2, 1, 0, 3, 4], [cg, groups * n, g.h, g.w]);
  const ys = exchange(dy, og, g.oh, g.ow, [1, 2, 0, 3, 4], [o, n, g.oh, g.ow]);
  const out = (size: number, outs: number) =>
    Math.floor((size + 2 * g.pad - g.stride * (outs - 1) - 1) / g.dilation) + 1;
  const attrs = {
    kernel_shape: [g.oh, g.ow],
    strides: [g.dilation, g.dilation],
    pads: [g.pad, g.pad, g.pad, g.pad],
    dilations: [g.stride, g.stride],
    group: groups,
  };
  const full = b.add('Conv', [xs, ys], attrs, [cg, o, out(g.h, g.oh), out(g.w, g.ow)]);
  // A stride that does not divide leaves rows that the convolution never saw; their taps are cut off.
  return transpose(b, slice(b, full, [2, 3], [0, 0], [g.kh, g.kw]), [1, 0, 2, 3]);
}

/**
 * Stride 1: a matrix product per sample over the padded image. With the rows of dy shifted by each vertical tap and
 * the columns of x by each horizontal one,
 *   dw[o, c, i, j] = sum over pixels f of dyShifted_i[o, f] * xShifted_j[c, f],
 * so kh copies of dy and kw copies of x replace the kh * kw copies of an im2col, and every product is of use.
 */
export function filterGradShifted(b: Builder, x: Value, dy: Value, g: ConvGeometry): Value {
  const { n, groups, kh, kw, oh, ow, pad: p } = g;
  const cg = g.c / groups;
  const og = g.o / groups;
  const hp = g.h + 2 * p;
  const padded = pad(b, x, [NONE, NONE, [p, p], [p, p]]);
  const columns = range(kw).map((j) =>
    reshape(b, slice(b, padded, [3], [j], [j + ow]), [n, groups, cg, hp * ow]),
  );
  const rows = range(kh).map((i) =>
    reshape(b, pad(b, dy, [NONE, NONE, [i, hp - oh - i], NONE]), [n, groups, og, hp * ow]),
  );
  const right = transpose(b, concat(b, columns, 2), [0, 1, 3, 2]);
  const each = b.add('MatMul', [concat(b, rows, 2), right], {}, [n, groups, kh * og, kw * cg]);
  const sum = reduce(b, 'ReduceSum', each, [0], false);
  const ordered = transpose(b, reshape(b, sum, [groups, kh, og, kw, cg]), [0, 2, 4, 1, 3]);
  return reshape(b, ordered, [g.o, cg, kh, kw]);
}

/** Stride 1, one group: one matrix product over all samples and an explicit im2col; for small images. */
export function filterGradColumns(b: Builder, x: Value, dy: Value, g: ConvGeometry): Value {
  const { n, c, o, kh, kw, oh, ow, pad: p } = g;
  const padded = pad(b, transpose(b, x, [1, 0, 2, 3]), [NONE, NONE, [p, p], [p, p]]);
  const taps = range(kh).flatMap((i) =>
    range(kw).map((j) => slice(b, padded, [2, 3], [i, j], [i + oh, j + ow])),
  );
  const columns = reshape(b, concat(b, taps, 0), [kh * kw * c, n * oh * ow]);
  const rows = reshape(b, transpose(b, dy, [1, 0, 2, 3]), [o, n * oh * ow]);
  const product = b.add('Gemm', [rows, columns], { transA: 0, transB: 1 }, [o, kh * kw * c]);
  return transpose(b, reshape(b, product, [o, kh, kw, c]), [0, 3, 1, 2]);
}

/**
 * Measured on one core (ms, convolution / columns / shifted): 3x3 32 px 32->32 17 / 12 / 5; 16 px 64->64 10 / 6 / 3.3;
 * 64 px 32->32 60 / 36 / 20; 8 px 128->128 6 / 3.8 / 11; 8 px 256->256 35 / 18 / 44; 4 px 128->256 1.7 / 1.8 / 7;
 * 1x1 32 px 96->192 65 / 7 / 4; 8 px 128->256 2 / 0.5 / 0.9. Stride 2 (4x4, 16 taps) is well served by the
 * convolution (16 px 64->128 2.5).
 */
export function filterGrad(b: Builder, x: Value, dy: Value, g: ConvGeometry): Value {
  if (g.stride !== 1 || g.dilation !== 1) return filterGradConv(b, x, dy, g);
  const pixels = g.oh * g.ow;
  if (g.groups > 1 || pixels >= 256) return filterGradShifted(b, x, dy, g);
  // A filter as large as the image (4x4 to 1x1) has one position: the convolution is a product already.
  return pixels === 1 ? filterGradConv(b, x, dy, g) : filterGradColumns(b, x, dy, g);
}
