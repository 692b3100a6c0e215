import * as tf from '@tensorflow/tfjs-core';
import type { ConvGeometry } from './conv-geometry.ts';
import { filterShape } from './conv-geometry.ts';

/**
 * The three convolution kernels in plain tfjs ops (NHWC, HWIO), for backends other than the tracing one.
 * Dilation is a convolution with zeros between the taps, because tfjs has no gradient kernels for dilation.
 */
const toNHWC = (x: tf.Tensor) => tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D;
const toNCHW = (x: tf.Tensor) => tf.transpose(x, [0, 3, 1, 2]);

function dilate(w: tf.Tensor, g: ConvGeometry): tf.Tensor {
  if (g.dilation === 1) return w;
  const [o, c, kh, kw] = filterShape(g);
  const d = g.dilation;
  const spread = tf.pad(tf.reshape(w, [o, c, kh, 1, kw, 1]), [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, d - 1],
    [0, 0],
    [0, d - 1],
  ]);
  return tf.slice(tf.reshape(spread, [o, c, kh * d, kw * d]), 0, [o, c, (kh - 1) * d + 1, (kw - 1) * d + 1]);
}

function undilate(w: tf.Tensor, g: ConvGeometry): tf.Tensor {
  return g.dilation === 1 ? w : tf.stridedSlice(w, [0, 0, 0, 0], w.shape, [1, 1, g.dilation, g.dilation]);
}

function perGroup(
  g: ConvGeometry,
  inputs: readonly (readonly [tf.Tensor, number])[],
  one: (parts: tf.Tensor[]) => tf.Tensor,
  axis: number,
): tf.Tensor {
  if (g.groups === 1) return one(inputs.map(([t]) => t));
  const parts = inputs.map(([t, splitAxis]) => tf.split(t, g.groups, splitAxis));
  return tf.concat(
    Array.from({ length: g.groups }, (_, i) => one(parts.map((p) => p[i]!))),
    axis,
  );
}

export function convEager(x: tf.Tensor, w: tf.Tensor, g: ConvGeometry): tf.Tensor {
  const one = ([xs, ws]: tf.Tensor[]) =>
    tf.conv2d(toNHWC(xs!), tf.transpose(ws!, [2, 3, 1, 0]) as tf.Tensor4D, g.stride, g.pad);
  return toNCHW(
    perGroup(
      g,
      [
        [x, 1],
        [dilate(w, g), 0],
      ],
      one,
      3,
    ),
  );
}

export function convInputGradEager(dy: tf.Tensor, w: tf.Tensor, g: ConvGeometry): tf.Tensor {
  const shape: [number, number, number, number] = [g.n, g.h, g.w, g.c / g.groups];
  const one = ([ys, ws]: tf.Tensor[]) =>
    tf.conv2dTranspose(toNHWC(ys!), tf.transpose(ws!, [2, 3, 1, 0]) as tf.Tensor4D, shape, g.stride, g.pad);
  return toNCHW(
    perGroup(
      g,
      [
        [dy, 1],
        [dilate(w, g), 0],
      ],
      one,
      3,
    ),
  );
}

export function convFilterGradEager(x: tf.Tensor, dy: tf.Tensor, g: ConvGeometry): tf.Tensor {
  const d = g.dilation;
  const attrs = {
    strides: [g.stride, g.stride],
    pad: g.pad,
    dataFormat: 'NHWC',
    filterShape: [(g.kh - 1) * d + 1, (g.kw - 1) * d + 1, g.c / g.groups, g.o / g.groups],
  };
  const one = ([xs, ys]: tf.Tensor[]) =>
    tf.engine().runKernel(tf.Conv2DBackpropFilter, { x: toNHWC(xs!), dy: toNHWC(ys!) }, attrs) as tf.Tensor;
  return undilate(
    tf.transpose(
      perGroup(
        g,
        [
          [x, 1],
          [dy, 1],
        ],
        one,
        3,
      ),
      [3, 2, 0, 1],
    ),
    g,
  );
}
