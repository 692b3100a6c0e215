import * as tf from '@tensorflow/tfjs-core';
import { upsampleFir2 } from '../../engine/index.ts';
import { blendImages, borderName, type Growth } from '../growth.ts';
import { collect, dense, lrelu, pixelNorm } from '../layers/basic.ts';
import { inverseHaar } from '../layers/haar.ts';
import { labelEmbedding } from '../layers/labels.ts';
import { modulated } from '../layers/modulated.ts';
import { param, weight } from '../layers/params.ts';
import type { Generator, StyleHalves } from './types.ts';

export interface StyleGenerator {
  readonly latent: number;
  /** Columns of the encoded labels; 0 = unconditional. */
  readonly labels: number;
  /** Layers of the mapping network, each `latent` wide. */
  readonly mapping: number;
  /** Features at 4, 8, 16, ... up to the last level of the fully grown trunk. */
  readonly widths: readonly number[];
  readonly growth: Growth;
  /** Convolutions after the one that doubles the resolution. */
  readonly convs: number;
  readonly upsample: 'transposed' | 'fir';
  /** `haar`: the trunk ends at half the size and its last layer makes the four Haar bands. */
  readonly head: 'haar' | 'image';
  /** Sum of images made at every level (StyleGAN2), upsampled by [1, 3, 3, 1]. */
  readonly skip: boolean;
}

/**
 * StyleGAN2-lite (Karras et al. 2020) without noise: normalised z, mapping network, learned 4x4 constant,
 * modulated convolutions, doubling by smooth transposed convolutions, optional image skips.
 */
export function styleGenerator(options: StyleGenerator): Generator {
  const { latent, mapping, convs, upsample, head, skip, labels, growth } = options;
  const style = latent;
  const first = options.widths[0]!;
  /** Size of the image over that of the features that it is made from. */
  const enlarges = head === 'haar' ? 2 : 1;
  const full = (2 << options.widths.length) * enlarges;
  const widths = options.widths.slice(0, Math.log2(growth.size / enlarges / 2));
  const map = Array.from({ length: mapping }, (_, i) =>
    dense(`map${i}`, style, style, { scaling: 'equalised', lrMultiplier: 0.1 }),
  );
  // The mapping network sees [z, embedding], each normalised: its first layer as the sum of one layer for each.
  const embedding = labels > 0 ? labelEmbedding('labels', labels, style) : null;
  const mapLabels = dense('map0.labels', style, style, {
    scaling: 'equalised',
    lrMultiplier: 0.1,
    bias: null,
  });
  const levels = widths.map((width, level) => {
    const name = `l${4 << level}`;
    const up =
      level === 0
        ? null
        : modulated(`${name}.up`, {
            style,
            inputs: widths[level - 1]!,
            outputs: width,
            size: 3,
            up: upsample,
          });
    const same = Array.from({ length: level === 0 ? 1 : convs }, (_, i) =>
      modulated(`${name}.conv${i}`, { style, inputs: width, outputs: width, size: 3 }),
    );
    const toImage =
      skip && level < widths.length - 1
        ? modulated(`${name}.image`, {
            style,
            inputs: width,
            outputs: 1,
            size: 1,
            demodulate: false,
          })
        : null;
    return { up, same, toImage };
  });
  const outOf = (level: number) =>
    modulated(borderName('out', 'out', (4 << level) * enlarges, full), {
      style,
      inputs: widths[level]!,
      outputs: head === 'haar' ? 4 : 1,
      size: head === 'haar' ? 3 : 1,
      demodulate: false,
    });
  const out = outOf(widths.length - 1);
  const before = growth.fading ? outOf(widths.length - 2) : null;
  const layers = [
    ...map,
    ...(embedding ? [embedding, mapLabels] : []),
    ...levels.flatMap(({ up, same, toImage }) => [
      ...(up ? [up] : []),
      ...same,
      ...(toImage ? [toImage] : []),
    ]),
    out,
    ...(before ? [before] : []),
  ];
  /** The image of a level from what its head made and the sum of the images below. */
  const finish = (made: tf.Tensor, image: tf.Tensor | null): tf.Tensor => {
    if (head === 'image') return image === null ? made : tf.add(made, image);
    return inverseHaar(image === null ? made : tf.add(made, asMeanBand(image)));
  };
  const start = weight([1, first, 4, 4], 1, 'equalised');

  const mapped: StyleHalves['map'] = (p, z, y) => {
    let w = pixelNorm(z);
    map.forEach((layer, i) => {
      let next = layer.apply(p, w);
      if (i === 0 && embedding && y) {
        const told = mapLabels.apply(p, pixelNorm(embedding.apply(p, y)));
        next = tf.mul(tf.add(next, told), Math.SQRT1_2);
      }
      w = lrelu(next);
    });
    return w;
  };

  const synthesise: StyleHalves['synthesise'] = (p, styles, alpha) => {
    const styleOf = (level: number) => (Array.isArray(styles) ? styles[level]! : (styles as tf.Tensor));
    let x: tf.Tensor = param(p, 'const');
    let image: tf.Tensor | null = null;
    let small: tf.Tensor | null = null;
    levels.forEach(({ up, same, toImage }, level) => {
      const w = styleOf(level);
      if (up) x = lrelu(up.apply(p, x, w));
      for (const layer of same) x = lrelu(layer.apply(p, x, w));
      if (before && level === levels.length - 2) small = finish(before.apply(p, x, w), image);
      if (!toImage) return;
      const added: tf.Tensor = toImage.apply(p, x, w);
      image = upsampleFir2(image === null ? added : tf.add(image, added));
    });
    const made = finish(out.apply(p, x, styleOf(levels.length - 1)), image);
    return small !== null && alpha ? blendImages(small, made, alpha) : made;
  };

  return {
    latent,
    specs: { const: start, ...collect(layers) },
    style: { width: style, levels: levels.length, map: mapped, synthesise },
    apply: (p, z, y, alpha) => synthesise(p, mapped(p, z, y), alpha),
  };
}

/** An image at half the size, as the mean band of a Haar transform: constants keep their value (factor 2). */
function asMeanBand(image: tf.Tensor): tf.Tensor {
  return tf.mul(image, tf.tensor([2, 0, 0, 0], [1, 4, 1, 1]));
}
