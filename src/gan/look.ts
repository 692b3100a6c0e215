import { Random } from '../base/random.ts';
import type { Arrays, Program, Runner } from '../engine/index.ts';
import type { HeldOutScores } from './adaptive.ts';
import { encodeLabels, labelColumns, labelsOfSlice } from './conditions.ts';
import type { RunConfig } from './config.ts';
import { relativeVariety, type Variety, varietyOf } from './guard/index.ts';
import { strip } from './layers/params.ts';
import type { Discriminator, Generator } from './networks/types.ts';
import type { Batch, BatchSource, ImageSet } from './types.ts';

/** Images of one look at the run's own slices: enough to tell a few kinds from many. */
const LOOKED_AT = 64;

/** Programs beside the training step: images of the average, and the discriminator's logits of given images. */
export function lookPrograms(
  config: RunConfig,
  generator: Generator,
  discriminator: Discriminator,
): { readonly look: Program; readonly judge: Program } {
  const { batch, size } = config;
  const columns = labelColumns(config.conditions);
  const labels = columns > 0 ? { labels: [batch, columns] } : undefined;
  return {
    look: {
      inputs: { z: [batch, generator.latent], ...labels },
      fn: (state, inputs) => ({
        outputs: { images: generator.apply(strip('ema/', state), inputs.z!, inputs.labels) },
      }),
    },
    judge: {
      inputs: { images: [batch, 1, size, size], ...labels },
      fn: (state, inputs) => ({
        outputs: { logits: discriminator.apply(strip('d/', state), inputs.images!, inputs.labels) },
      }),
    },
  };
}

const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;

/** Looks at what a run generates, at fixed latents, and compares it with real images. */
export function createLook(
  config: RunConfig,
  latent: number,
  runner: Runner,
  source: BatchSource,
  heldOut: ImageSet | null,
) {
  const { batch, size, conditions, seed } = config;
  const rounds = Math.ceil(LOOKED_AT / batch);
  let real: Variety | null = null;

  function inputsOf(round: number): Arrays {
    const z = new Random(seed, 'look', round).fillNormal(new Float32Array(batch * latent));
    if (conditions === null) return { z };
    const columns = labelColumns(conditions);
    const labels = new Float32Array(batch * columns);
    for (let i = 0; i < batch; i++) {
      const values = labelsOfSlice(conditions, 'as-data', seed, round * batch + i);
      labels.set(encodeLabels(conditions, values), i * columns);
    }
    return { z, labels };
  }

  async function fakes(round: number): Promise<Batch> {
    const inputs = inputsOf(round);
    const { images } = await runner.run('look', inputs);
    return { images: images!, labels: inputs.labels ?? null };
  }

  async function logit({ images, labels }: Batch): Promise<number> {
    const { logits } = await runner.run('judge', { images, ...(labels === null ? {} : { labels }) });
    return mean(logits!);
  }

  return {
    /** null where the source cannot show a sample of its images. */
    async variety(): Promise<{ fake: Variety; real: Variety; relative: number } | null> {
      if (source.reference === undefined) return null;
      real ??= varietyOf(source.reference(rounds * batch).images, size);
      const all = new Float32Array(rounds * batch * size * size);
      for (let r = 0; r < rounds; r++) all.set((await fakes(r)).images, r * batch * size * size);
      const fake = varietyOf(all, size);
      return { fake, real, relative: relativeVariety(fake, real) };
    },
    /** null where there are no held-out images to compare with. */
    async scores(): Promise<HeldOutScores | null> {
      if (heldOut === null || source.reference === undefined) return null;
      const [train, held] = [source.reference(batch), heldOut.sample(batch)];
      return { train: await logit(train), heldOut: await logit(held), fake: await logit(await fakes(0)) };
    },
  };
}
