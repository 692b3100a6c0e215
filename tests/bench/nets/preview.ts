import { Random } from '../../../src/base/random.ts';
import { initialise, shapesOf } from '../../../src/gan/layers/params.ts';
import { buildGenerator } from '../../../src/gan/networks/build.ts';
import { createConfig } from '../../../src/gan/presets.ts';
import type { Net } from './net.ts';

/** The generator of the preset `preview` at 64 px; its peer is engine/torch_preview.py. */
export function previewGenerator(batch: number): Net {
  const generator = buildGenerator(createConfig({ preset: 'preview', size: 64, seed: 1 }));
  return {
    name: 'preview-64',
    batch,
    spec: {
      state: shapesOf(generator.specs),
      programs: {
        generate: {
          inputs: { z: [batch, generator.latent] },
          fn: (weights, { z }) => ({ outputs: { images: generator.apply(weights, z!) } }),
        },
      },
    },
    state: initialise(generator.specs, 1, 'g'),
    inputs: () => ({
      z: new Random(1, 'bench').fillNormal(new Float32Array(batch * generator.latent)),
    }),
  };
}
