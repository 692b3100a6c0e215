import * as tf from '@tensorflow/tfjs-core';
import { binaryGradients } from './binary.ts';
import { elementwiseGradients } from './elementwise.ts';
import { linearGradients } from './linear.ts';
import { reductionGradients } from './reductions.ts';
import { shapeGradients } from './shapes.ts';

/**
 * The gradients of tfjs's kernels. tfjs-core registers its own only through the union package or through
 * `dist/register_all_gradients`, whose module form Node cannot load; these are written so that each is made of
 * differentiable ops (gradients of gradients) and keeps as little as possible.
 */
const gradients = [
  ...elementwiseGradients,
  ...binaryGradients,
  ...reductionGradients,
  ...shapeGradients,
  ...linearGradients,
];

let registered = false;

export function registerGradients(): void {
  if (registered) return;
  registered = true;
  tf.enableProdMode(); // No advice on other packages on stderr.
  for (const config of gradients) {
    if (tf.getGradient(config.kernelName) !== undefined) tf.unregisterGradient(config.kernelName);
    tf.registerGradient(config);
  }
}
