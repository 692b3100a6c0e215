import * as tf from '@tensorflow/tfjs-core';
import { GantryError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { Program, Runner } from '../engine/index.ts';
import type { RunConfig } from './config.ts';
import type { Params } from './layers/params.ts';
import type { StyleHalves } from './networks/types.ts';

/**
 * Truncation: less variety for more typical slices. psi is 1 for none. A style-based generator moves its styles
 * towards their mean, w' = m + psi (w - m), 0 is the mean slice (Karras et al. 2019); R3GAN's latents are drawn from
 * a normal cut off at two deviations and multiplied by psi (Brock et al. 2019, BigGAN). A plain generator (dcgan)
 * brings whatever length its latents have to one, so that scaling them does next to nothing: it is refused.
 * @throws GantryError BAD_CONFIG
 */
export function checkTruncation(psi: number, family: RunConfig['generator']['family']): void {
  if (!(psi >= 0 && psi <= 1)) {
    throw new GantryError('BAD_CONFIG', `A truncation of ${psi} is not possible.`, {
      action: 'Give a number from 0 (least variety) to 1 (none).',
    });
  }
  if (psi < 1 && family === 'dcgan') {
    throw new GantryError(
      'BAD_CONFIG',
      'Truncation has no sensible effect on this run: its plain generator evens out what truncation scales.',
      { action: 'Leave it at 1, or train with a style-based preset (tiny, progressive, preview).' },
    );
  }
}

const CUT = 2;

/**
 * Latents of one slice cut off and scaled, in place. Values within the cut keep their place in the draw, so a slice
 * stays recognisably itself at every psi.
 */
export function truncateLatents(z: Float32Array, psi: number, seed: number, index: number): void {
  const again = new Random(seed, 'latent/redrawn', index);
  for (let i = 0; i < z.length; i++) {
    let value = z[i]!;
    while (Math.abs(value) > CUT) value = again.normal();
    z[i] = psi * value;
  }
}

/** Latents that a mean style is taken over. */
const MEAN_OF = 1024;

/** Programs of a style-based sampler: the mean style of a label, and images with truncated styles. */
export function truncationPrograms(
  style: StyleHalves,
  batch: number,
  latent: number,
  columns: number,
): { readonly meanStyle: Program; readonly truncated: Program } {
  const labels = (n: number) => (columns > 0 ? { labels: [n, columns] } : {});
  return {
    meanStyle: {
      inputs: { z: [MEAN_OF, latent], ...labels(MEAN_OF) },
      fn: (state, inputs) => ({
        outputs: { mean: tf.mean(style.map(state, inputs.z!, inputs.labels), 0) },
      }),
    },
    truncated: {
      inputs: { z: [batch, latent], ...labels(batch), mean: [batch, style.width], psi: [] },
      fn: (state, { z, labels: given, mean, psi }) => ({
        outputs: { images: style.synthesise(state, truncate(style, state, z!, mean!, psi!, given)) },
      }),
    },
  };
}

function truncate(
  style: StyleHalves,
  params: Params,
  z: tf.Tensor,
  mean: tf.Tensor,
  psi: tf.Tensor,
  labels?: tf.Tensor,
): tf.Tensor {
  return tf.add(mean, tf.mul(tf.sub(style.map(params, z, labels), mean), psi));
}

/**
 * Mean styles of a runner's `meanStyle` program, one a label row, kept: a conditional generator's slices move towards
 * the typical slice of their own label, not of all.
 * @param seed of the run, so that the mean is a property of the model alone
 */
export function meanStyles(runner: Runner, latent: number, seed: number) {
  const known = new Map<string, Promise<Float32Array>>();
  const z = () => new Random(seed, 'mean-style').fillNormal(new Float32Array(MEAN_OF * latent));
  return (row: Float32Array | null): Promise<Float32Array> => {
    const key = row === null ? '' : row.join();
    let mean = known.get(key);
    if (mean === undefined) {
      const labels =
        row && Float32Array.from({ length: MEAN_OF * row.length }, (_, i) => row[i % row.length]!);
      mean = runner
        .run('meanStyle', { z: z(), ...(labels === null ? {} : { labels }) })
        .then((out) => out.mean!);
      known.set(key, mean);
    }
    return mean;
  };
}
