import * as tf from '@tensorflow/tfjs-core';
import { downsampleFir2, leakyRelu, upsampleFir2 } from '../../engine/index.ts';
import { collect, conv, dense } from '../layers/basic.ts';
import { labelEmbedding, labelProjection } from '../layers/labels.ts';
import { type Layer, param, weight } from '../layers/params.ts';
import type { Discriminator, Generator } from './types.ts';

/**
 * Reduced R3GAN (Huang et al. 2024, "The GAN is dead; long live the GAN!"): residual blocks of 1x1, grouped 3x3
 * and 1x1 convolutions, no normalisation layer, resampling by [1, 3, 3, 1], and a start scaled by the number of
 * blocks (Zhang et al. 2019, Fixup): the first two convolutions by L^(-1/4), the last one at zero.
 */
export interface R3Network {
  /** Features at 4, 8, ... up to the size. */
  readonly widths: readonly number[];
  readonly blocksPerLevel: number;
  /** Channels of one group of the 3x3 convolutions. */
  readonly groupChannels: number;
  /** Columns of the encoded labels; 0 = unconditional. */
  readonly labels: number;
}

const EXPANSION = 2;
const SLOPE = 0.2;
const scaling = 'he' as const;
const activate = (x: tf.Tensor) => leakyRelu(x, SLOPE, 1);

function residual(name: string, channels: number, groupChannels: number, totalBlocks: number): Layer {
  const wide = channels * EXPANSION;
  const groups = Math.max(1, Math.round(wide / groupChannels));
  const gain = Math.sqrt(2 / (1 + SLOPE ** 2)) * totalBlocks ** -0.25;
  const expand = conv(`${name}.expand`, channels, wide, 1, { scaling, gain });
  const spatial = conv(`${name}.spatial`, wide, wide, 3, { pad: 1, groups, scaling, gain });
  const reduce = conv(`${name}.reduce`, wide, channels, 1, { scaling, std: 0, bias: false });
  return {
    specs: collect([expand, spatial, reduce]),
    apply: (p, x) => tf.add(x, reduce.apply(p, activate(spatial.apply(p, activate(expand.apply(p, x)))))),
  };
}

function stage(name: string, channels: number, options: R3Network): Layer[] {
  const { widths, blocksPerLevel, groupChannels } = options;
  const total = widths.length * blocksPerLevel;
  return Array.from({ length: blocksPerLevel }, (_, i) =>
    residual(`${name}.block${i}`, channels, groupChannels, total),
  );
}

/** 1x1 convolution where the number of features changes. */
function transition(name: string, from: number, to: number): Layer[] {
  return from === to ? [] : [conv(`${name}.width`, from, to, 1, { scaling, bias: false })];
}

export function r3Generator(latent: number, options: R3Network): Generator {
  const { widths, labels } = options;
  const first = widths[0]!;
  const scale = dense('in', latent, first, { scaling, bias: null });
  // The same as a linear layer on z and an embedding of the labels, side by side.
  const ofLabels = labels > 0 ? labelEmbedding('labels', labels, first) : null;
  const levels = widths.map((width, i) => ({
    up: i > 0,
    layers: [
      ...(i > 0 ? transition(`l${4 << i}`, widths[i - 1]!, width) : []),
      ...stage(`l${4 << i}`, width, options),
    ],
  }));
  const out = conv('out', widths[widths.length - 1]!, 1, 1, { scaling, bias: false });
  return {
    style: null,
    latent,
    specs: {
      basis: weight([1, first, 4, 4], 1, scaling),
      ...collect([scale, ...(ofLabels ? [ofLabels] : []), ...levels.flatMap((l) => l.layers), out]),
    },
    apply: (p, z, y) => {
      const start = ofLabels && y ? tf.add(scale.apply(p, z), ofLabels.apply(p, y)) : scale.apply(p, z);
      let x = tf.mul(param(p, 'basis'), tf.reshape(start, [-1, first, 1, 1]));
      for (const { up, layers } of levels) {
        // A 1x1 convolution and the upsampling commute; widths fall on the way up, so the smaller map goes first.
        const [change, ...rest] = up && layers.length > options.blocksPerLevel ? layers : [null, ...layers];
        if (change) x = change.apply(p, x);
        if (up) x = upsampleFir2(x);
        for (const layer of rest) x = layer!.apply(p, x);
      }
      return out.apply(p, x);
    },
  };
}

export function r3Discriminator(options: R3Network): Discriminator {
  const widths = [...options.widths].reverse();
  const last = widths[widths.length - 1]!;
  const input = conv('in', 1, widths[0]!, 1, { scaling, bias: false });
  const levels = widths.map((width, i) => ({
    down: i > 0,
    change: i > 0 ? transition(`b${i}`, widths[i - 1]!, width) : [],
    blocks: stage(`b${i}`, width, options),
  }));
  // A depthwise 4x4 convolution is a product and a sum, so it is written as one.
  const spatial = weight([1, last, 4, 4], 16, scaling);
  const logit = dense('logit', last, 1, { scaling, bias: null });
  const { labels } = options;
  const project = labels > 0 ? labelProjection(labels, last, 1, { width: last, scaling }) : null;
  return {
    specs: {
      spatial,
      ...collect([
        input,
        ...levels.flatMap((l) => [...l.change, ...l.blocks]),
        logit,
        ...(project ? [project] : []),
      ]),
    },
    apply: (p, images, y) => {
      let x = input.apply(p, images);
      for (const { down, change, blocks } of levels) {
        if (down) x = downsampleFir2(x);
        for (const layer of [...change, ...blocks]) x = layer.apply(p, x);
      }
      const features = tf.sum(tf.mul(x, param(p, 'spatial')), [2, 3]);
      const plain = tf.reshape(logit.apply(p, features), [-1]);
      if (project === null || y === undefined) return plain;
      return tf.add(plain, project.apply(p, tf.reshape(features, [-1, last, 1, 1]), y));
    },
  };
}
