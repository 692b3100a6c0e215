import * as tf from '@tensorflow/tfjs-core';
import { avgPool2 } from '../../engine/index.ts';
import { blend, borderName, type Growth } from '../growth.ts';
import { collect, conv, lrelu } from '../layers/basic.ts';
import { haar } from '../layers/haar.ts';
import { labelProjection } from '../layers/labels.ts';
import { minibatchStddev } from '../layers/minibatch-stddev.ts';
import type { Scaling } from '../layers/params.ts';
import type { Discriminator } from './types.ts';

export interface ConvDiscriminator {
  /** Features at half the full size, a quarter, ... down to 4. */
  readonly widths: readonly number[];
  readonly growth: Growth;
  /** `haar`: the first layer sees the four Haar bands; `image`: it is a 4x4 convolution of stride 2. */
  readonly input: 'haar' | 'image';
  /** `plain`: one 4x4 convolution of stride 2 a level; `residual`: 3x3 and 4x4 beside a pooled 1x1. */
  readonly blocks: 'plain' | 'residual';
  /** Features of the last 3x3 convolution. */
  readonly top: number;
  /** Samples of a group of the minibatch standard deviation; 0 = none. */
  readonly minibatchGroup: number;
  readonly scaling: Scaling;
  /** Columns of the encoded labels; 0 = unconditional. */
  readonly labels: number;
}

/** Features that are compared with an embedding of the labels. */
const PROJECTION = 64;

/** Convolutional discriminator without normalisation, for the StyleGAN2-lite and the plain family. */
export function convDiscriminator(options: ConvDiscriminator): Discriminator {
  const { input, blocks, top, minibatchGroup, scaling, labels, growth } = options;
  const full = 4 << options.widths.length;
  /** Levels of the full network that are not there yet. */
  const absent = Math.log2(full / growth.size);
  const widths = options.widths.slice(absent);
  // Equalised layers start at unit variance and their activation restores it; He layers bring the gain along.
  const gain = scaling === 'he' ? Math.SQRT2 / Math.sqrt(1.04) : 1;
  const activate = scaling === 'he' ? (x: tf.Tensor) => tf.mul(lrelu(x), Math.SQRT1_2) : lrelu;
  const strided = { stride: 2, pad: 1, scaling, gain };
  /** Sees images of `size`, gives features of half of it. */
  const entry = (size: number, width: number) => {
    const name = borderName('in', 'in', size, full);
    return input === 'haar'
      ? conv(name, 4, width, 3, { pad: 1, scaling, gain })
      : conv(name, 1, width, 4, strided);
  };
  const first = entry(growth.size, widths[0]!);
  const before = growth.fading ? entry(growth.size / 2, widths[1]!) : null;
  const levels = widths.slice(1).map((width, i) => {
    const from = widths[i]!;
    const name = `b${absent + i}`;
    return {
      same: blocks === 'residual' ? conv(`${name}.same`, from, from, 3, { pad: 1, scaling, gain }) : null,
      down: conv(`${name}.down`, from, width, 4, strided),
      skip: blocks === 'residual' ? conv(`${name}.skip`, from, width, 1, { scaling, bias: false }) : null,
    };
  });
  const last = widths[widths.length - 1]!;
  const mix = conv('top', last, top, 3, { pad: 1, scaling, gain });
  // The minibatch deviation is one more input plane of `top`; a second filter avoids the concatenation.
  const mixDeviation = conv('top.deviation', 1, top, 3, { pad: 1, scaling, gain, bias: false });
  const logit = conv('logit', top, 1, 4, { scaling });
  const project = labels > 0 ? labelProjection(labels, top, 4, { width: PROJECTION, scaling }) : null;
  const layers = [
    first,
    ...(before ? [before] : []),
    ...levels.flatMap(({ same, down, skip }) => [...(same ? [same] : []), down, ...(skip ? [skip] : [])]),
    mix,
    ...(minibatchGroup > 0 ? [mixDeviation] : []),
    logit,
  ];
  const specs = { ...collect(layers), ...project?.specs };

  return {
    specs,
    apply: (p, images, given, alpha) => {
      const enter = (layer: typeof first, seen: tf.Tensor) =>
        activate(layer.apply(p, input === 'haar' ? haar(seen) : seen));
      let x = enter(first, images);
      levels.forEach(({ same, down, skip }, i) => {
        const main = activate(down.apply(p, same ? activate(same.apply(p, x)) : x));
        x = skip ? tf.mul(tf.add(main, skip.apply(p, avgPool2(x))), Math.SQRT1_2) : main;
        if (i === 0 && before && alpha) x = blend(enter(before, avgPool2(images)), x, alpha);
      });
      let y = mix.apply(p, x);
      if (minibatchGroup > 0) {
        const plane = tf.mul(minibatchStddev(x, minibatchGroup), tf.ones([1, 1, 4, 4]));
        y = tf.add(y, mixDeviation.apply(p, plane));
      }
      const features = activate(y);
      const plain = tf.reshape(logit.apply(p, features), [-1]);
      return project && given ? tf.add(plain, project.apply(p, features, given)) : plain;
    },
  };
}
