import type * as tf from '@tensorflow/tfjs-core';
import { convEager, convFilterGradEager, convInputGradEager } from './conv-eager.ts';
import { type ConvGeometry, type ConvOptions, convGeometry, geometryAttrs } from './conv-geometry.ts';
import { differentiable } from './differentiable.ts';
import { isTracing, native } from './native.ts';

/**
 * The convolution and its two adjoints in one file, because each one's gradient is the other two: the map
 * (x, w) -> y is linear in both, so the three close under differentiation to any order.
 */
function conv(x: tf.Tensor, w: tf.Tensor, g: ConvGeometry): tf.Tensor {
  return differentiable(
    [x, w],
    () => ({
      value: isTracing() ? native('GantryConv', { x, w }, geometryAttrs(g)) : convEager(x, w, g),
      saved: [x, w],
    }),
    (dy, [sx, sw]) => [inputGrad(dy, sw!, g), filterGrad(sx!, dy, g)],
  );
}

function inputGrad(dy: tf.Tensor, w: tf.Tensor, g: ConvGeometry): tf.Tensor {
  return differentiable(
    [dy, w],
    () => ({
      value: isTracing()
        ? native('GantryConvInputGrad', { dy, w }, geometryAttrs(g))
        : convInputGradEager(dy, w, g),
      saved: [dy, w],
    }),
    (dx, [sdy, sw]) => [conv(dx, sw!, g), filterGrad(dx, sdy!, g)],
  );
}

function filterGrad(x: tf.Tensor, dy: tf.Tensor, g: ConvGeometry): tf.Tensor {
  return differentiable(
    [x, dy],
    () => ({
      value: isTracing()
        ? native('GantryConvFilterGrad', { x, dy }, geometryAttrs(g))
        : convFilterGradEager(x, dy, g),
      saved: [x, dy],
    }),
    (dw, [sx, sdy]) => [inputGrad(sdy!, dw, g), conv(sx!, dw, g)],
  );
}

/**
 * Two-dimensional convolution (cross-correlation, as the field says).
 * @param x [n, c, h, w]
 * @param w [o, c / groups, kh, kw]
 * @returns [n, o, oh, ow], oh = floor((h + 2 pad - dilation (kh - 1) - 1) / stride) + 1
 */
export function conv2d(x: tf.Tensor, w: tf.Tensor, options: ConvOptions = {}): tf.Tensor {
  return conv(x, w, convGeometry(x.shape, w.shape, options));
}

export interface InputGradOptions extends ConvOptions {
  /** [h, w] of the convolution's input; default the smallest that fits. */
  readonly outputSize?: readonly [number, number];
}

/**
 * The adjoint of conv2d in x: from the gradient of its output to the gradient of its input.
 * @param dy [n, o, oh, ow]
 * @param w [o, c / groups, kh, kw]
 * @returns [n, c, h, w]
 */
export function conv2dInputGrad(dy: tf.Tensor, w: tf.Tensor, options: InputGradOptions = {}): tf.Tensor {
  const { stride = 1, pad = 0, dilation = 1, groups = 1 } = options;
  const size = (out: number, k: number) => (out - 1) * stride - 2 * pad + dilation * (k - 1) + 1;
  const [h, wd] = options.outputSize ?? [size(dy.shape[2]!, w.shape[2]!), size(dy.shape[3]!, w.shape[3]!)];
  const g = convGeometry([dy.shape[0]!, w.shape[1]! * groups, h, wd], w.shape, options);
  return inputGrad(dy, w, g);
}

/**
 * Transposed ("fractionally strided") convolution: the same map as conv2dInputGrad under its usual name.
 * @param y [n, channels in, h, w]
 * @param w [channels in, channels out / groups, kh, kw]
 * @returns [n, channels out, (h - 1) stride - 2 pad + kh, ...] unless outputSize says otherwise
 */
export function convTranspose2d(y: tf.Tensor, w: tf.Tensor, options: InputGradOptions = {}): tf.Tensor {
  return conv2dInputGrad(y, w, options);
}

/**
 * The adjoint of conv2d in its filter.
 * @param x [n, c, h, w]
 * @param dy [n, o, oh, ow]
 * @returns [o, c / groups, kh, kw]
 */
export function conv2dFilterGrad(
  x: tf.Tensor,
  dy: tf.Tensor,
  options: ConvOptions & { readonly kernelSize: readonly [number, number] },
): tf.Tensor {
  const filter = [dy.shape[1]!, x.shape[1]! / (options.groups ?? 1), ...options.kernelSize];
  return filterGrad(x, dy, convGeometry(x.shape, filter, options));
}
