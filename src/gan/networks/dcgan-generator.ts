import * as tf from '@tensorflow/tfjs-core';
import { collect, convUp, dense, pixelNorm } from '../layers/basic.ts';
import { labelEmbedding } from '../layers/labels.ts';
import type { Generator } from './types.ts';

export interface DcganGenerator {
  readonly latent: number;
  /** Columns of the encoded labels; 0 = unconditional. */
  readonly labels: number;
  /** Features at 4, 8, ... up to half the size. */
  readonly widths: readonly number[];
}

/**
 * The plain convolutional generator (Radford et al. 2016): z to 4x4, then 4x4 transposed convolutions of stride
 * 2, ReLU, tanh. Batch normalisation is replaced by pixel normalisation, because with batch statistics a slice
 * would depend on the slices that it is generated with.
 */
export function dcganGenerator({ latent, labels, widths }: DcganGenerator): Generator {
  const scaling = 'he' as const;
  const first = dense('in', latent, widths[0]! * 16, { scaling, gain: Math.SQRT2 });
  const ofLabels = labels > 0 ? labelEmbedding('labels', labels, widths[0]! * 16) : null;
  const ups = [...widths.slice(1), 1].map((width, i) =>
    convUp(`up${8 << i}`, widths[i]!, width, { scaling, gain: i === widths.length - 1 ? 1 : Math.SQRT2 }),
  );
  return {
    latent,
    specs: collect([first, ...(ofLabels ? [ofLabels] : []), ...ups]),
    apply: (p, z, y) => {
      const start = ofLabels && y ? tf.add(first.apply(p, z), ofLabels.apply(p, y)) : first.apply(p, z);
      let x: tf.Tensor = tf.reshape(start, [-1, widths[0]!, 4, 4]);
      for (const up of ups) x = up.apply(p, tf.relu(pixelNorm(x)));
      return tf.tanh(x);
    },
  };
}
