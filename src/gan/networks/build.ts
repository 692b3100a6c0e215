import * as tf from '@tensorflow/tfjs-core';
import { GantryError } from '../../base/errors.ts';
import { labelColumns } from '../conditions.ts';
import type { RunConfig } from '../config.ts';
import { enlarged, fullyGrown, type Growth, phaseAt } from '../growth.ts';
import { convDiscriminator } from './conv-discriminator.ts';
import { dcganGenerator } from './dcgan-generator.ts';
import { r3Discriminator, r3Generator } from './r3gan.ts';
import { styleGenerator } from './stylegan2-generator.ts';
import type { Discriminator, Generator } from './types.ts';

/** Features at 4, 8, ... `last`. @throws GantryError BAD_SIZE when a level is missing or `last` is no power of 2 */
function widthsUpTo(features: Readonly<Record<string, number>>, last: number): number[] {
  const widths: number[] = [];
  for (let side = 4; side <= last; side *= 2) {
    const width = features[String(side)];
    if (width === undefined) {
      throw new GantryError('BAD_SIZE', `The networks have no features for maps of ${side} pixels.`);
    }
    widths.push(width);
  }
  if (widths.length === 0 || 4 << (widths.length - 1) !== last) {
    throw new GantryError(
      'BAD_SIZE',
      `The image size must be a power of two, at least 8; it is not possible here.`,
    );
  }
  return widths;
}

/** @param growth how far a progressive run has come; default: all the way */
export function buildGenerator(config: RunConfig, growth: Growth = fullyGrown(config.size)): Generator {
  const { generator: g, size, conditions } = config;
  const labels = labelColumns(conditions);
  switch (g.family) {
    case 'stylegan2':
      return styleGenerator({
        ...g,
        labels,
        growth,
        widths: widthsUpTo(g.features, g.head === 'haar' ? size / 2 : size),
      });
    case 'dcgan':
      return dcganGenerator({
        latent: g.latent,
        labels,
        growth,
        widths: widthsUpTo(g.features, size / 2),
      });
    case 'r3gan':
      return r3Generator(g.latent, { ...g, labels, widths: widthsUpTo(g.features, size) });
  }
}

/**
 * The generator of a run as it stood after `images` images. One that had not grown to the run's size makes images of
 * its own, with the blend of that moment, and copies their pixels to the run's size.
 */
export function generatorAfter(config: RunConfig, images: number): Generator {
  const { size, progressive } = config;
  const phase = phaseAt(size, progressive, images);
  const generator = buildGenerator(config, phase);
  const { style } = generator;
  const alpha = () => tf.scalar(phase.alpha);
  return {
    ...generator,
    style: style && {
      ...style,
      synthesise: (p, w) => enlarged(style.synthesise(p, w, alpha()), size),
    },
    apply: (p, z, labels) => enlarged(generator.apply(p, z, labels, alpha()), size),
  };
}

export function buildDiscriminator(
  config: RunConfig,
  growth: Growth = fullyGrown(config.size),
): Discriminator {
  const { discriminator: d, size, conditions } = config;
  const labels = labelColumns(conditions);
  switch (d.family) {
    case 'conv':
      return convDiscriminator({
        ...d,
        labels,
        growth,
        widths: widthsUpTo(d.features, size / 2).reverse(),
      });
    case 'r3gan':
      return r3Discriminator({ ...d, labels, widths: widthsUpTo(d.features, size) });
  }
}
