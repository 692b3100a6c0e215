import * as tf from '@tensorflow/tfjs-core';
import { blendImages, borderName, type Growth } from '../growth.ts';
import { collect, convUp, dense, pixelNorm } from '../layers/basic.ts';
import { labelEmbedding } from '../layers/labels.ts';
import type { Generator } from './types.ts';

export interface DcganGenerator {
  readonly latent: number;
  /** Columns of the encoded labels; 0 = unconditional. */
  readonly labels: number;
  /** Features at 4, 8, ... up to half the size. */
  readonly widths: readonly number[];
  readonly growth: Growth;
}

/**
 * The plain convolutional generator (Radford et al. 2016): z to 4x4, then 4x4 transposed convolutions of stride
 * 2, ReLU, tanh. Batch normalisation is replaced by pixel normalisation, because with batch statistics a slice
 * would depend on the slices that it is generated with.
 */
export function dcganGenerator({ latent, labels, widths, growth }: DcganGenerator): Generator {
  const scaling = 'he' as const;
  const full = 4 << widths.length;
  const first = dense('in', latent, widths[0]! * 16, { scaling, gain: Math.SQRT2 });
  const ofLabels = labels > 0 ? labelEmbedding('labels', labels, widths[0]! * 16) : null;
  const depth = Math.log2(growth.size / 4);
  const trunk = widths
    .slice(1, depth)
    .map((width, i) => convUp(`up${8 << i}`, widths[i]!, width, { scaling, gain: Math.SQRT2 }));
  /** Makes an image of `size` from the features of half of it. */
  const image = (size: number) =>
    convUp(borderName(`up${full}`, 'image', size, full), widths[Math.log2(size / 8)]!, 1, { scaling });
  const out = image(growth.size);
  const before = growth.fading ? image(growth.size / 2) : null;
  return {
    style: null,
    latent,
    specs: collect([first, ...(ofLabels ? [ofLabels] : []), ...trunk, out, ...(before ? [before] : [])]),
    apply: (p, z, y, alpha) => {
      const start = ofLabels && y ? tf.add(first.apply(p, z), ofLabels.apply(p, y)) : first.apply(p, z);
      const active = (x: tf.Tensor) => tf.relu(pixelNorm(x));
      let x = active(tf.reshape(start, [-1, widths[0]!, 4, 4]));
      let half = x;
      for (const up of trunk) {
        half = x;
        x = active(up.apply(p, x));
      }
      const made = tf.tanh(out.apply(p, x));
      return before && alpha ? blendImages(tf.tanh(before.apply(p, half)), made, alpha) : made;
    },
  };
}
