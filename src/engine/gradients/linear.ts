import * as tf from '@tensorflow/tfjs-core';
import { type Attrs, attr, define } from './define.ts';
import { reduceTo } from './reduce-to.ts';

const run = (kernel: string, inputs: Record<string, tf.Tensor>, attrs: object) =>
  tf.engine().runKernel(kernel, inputs, attrs as Attrs) as tf.Tensor;

export const linearGradients: readonly tf.GradConfig[] = [
  define(tf.BatchMatMul, { inputs: ['a', 'b'] }, (dy, [a, b], attrs) => {
    const ta = attr<boolean>(attrs, 'transposeA');
    const tb = attr<boolean>(attrs, 'transposeB');
    return {
      a: () => reduceTo(ta ? tf.matMul(b!, dy, tb, true) : tf.matMul(dy, b!, false, !tb), a!.shape),
      b: () => reduceTo(tb ? tf.matMul(dy, a!, true, ta) : tf.matMul(a!, dy, !ta, false), b!.shape),
    };
  }),
  // tfjs's own NHWC convolutions, for programs that use them; GANs use ops/conv2d.ts.
  define(tf.Conv2D, { inputs: ['x', 'filter'] }, (dy, [x, filter], attrs) => ({
    x: () => run(tf.Conv2DBackpropInput, { dy, filter: filter! }, { ...attrs, inputShape: x!.shape }),
    filter: () => run(tf.Conv2DBackpropFilter, { x: x!, dy }, { ...attrs, filterShape: filter!.shape }),
  })),
  define(tf.Conv2DBackpropInput, { inputs: ['dy', 'filter'] }, (dx, [dy, filter], attrs) => ({
    dy: () => run(tf.Conv2D, { x: dx, filter: filter! }, { dilations: 1, ...attrs }),
    filter: () => run(tf.Conv2DBackpropFilter, { x: dx, dy: dy! }, { ...attrs, filterShape: filter!.shape }),
  })),
  define(tf.Conv2DBackpropFilter, { inputs: ['x', 'dy'] }, (dw, [x, dy], attrs) => ({
    x: () => run(tf.Conv2DBackpropInput, { dy: dy!, filter: dw }, { ...attrs, inputShape: x!.shape }),
    dy: () => run(tf.Conv2D, { x: x!, filter: dw }, { dilations: 1, ...attrs }),
  })),
];
