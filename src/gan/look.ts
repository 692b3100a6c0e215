import { Random } from '../base/random.ts';
import type { Arrays, Program, Runner } from '../engine/index.ts';
import type { HeldOutScores } from './adaptive.ts';
import { encodeLabels, labelColumns, labelsOfSlice } from './conditions.ts';
import type { RunConfig } from './config.ts';
import { enlarged, type Growth, type Phase, shownAt } from './growth.ts';
import { relativeVariety, type Variety, varietyOf } from './guard/index.ts';
import { strip } from './layers/params.ts';
import type { Discriminator, Generator } from './networks/types.ts';
import type { Batch, BatchSource, ImageSet } from './types.ts';

/** Images of one look at the run's own slices: enough to tell a few kinds from many. */
const LOOKED_AT = 64;

/**
 * Programs beside the training step: images of the average, and the discriminator's logits of given images, all of
 * the run's size. While a resolution fades in, `sharp` is the share of it in the images that are judged: alpha for
 * real ones, 1 for generated ones, which are blended already.
 */
export function lookPrograms(
  config: RunConfig,
  generator: Generator,
  discriminator: Discriminator,
  growth: Growth,
): { readonly look: Program; readonly judge: Program } {
  const { batch, size } = config;
  const columns = labelColumns(config.conditions);
  const given = {
    ...(columns > 0 ? { labels: [batch, columns] } : {}),
    ...(growth.fading ? { alpha: [] } : {}),
  };
  return {
    look: {
      inputs: { z: [batch, generator.latent], ...given },
      fn: (state, { z, labels, alpha }) => ({
        outputs: { images: enlarged(generator.apply(strip('ema/', state), z!, labels, alpha), size) },
      }),
    },
    judge: {
      inputs: { images: [batch, 1, size, size], ...given, ...(growth.fading ? { sharp: [] } : {}) },
      fn: (state, { images, labels, alpha, sharp }) => ({
        outputs: {
          logits: discriminator.apply(strip('d/', state), shownAt(images!, growth, sharp), labels, alpha),
        },
      }),
    },
  };
}

const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * Looks at what a run generates, at fixed latents, and compares it with real images.
 * @param phase where the run stands; its growth is that of the runner's programs
 */
export function createLook(
  config: RunConfig,
  latent: number,
  runner: Runner,
  source: BatchSource,
  heldOut: ImageSet | null,
  phase: () => Phase,
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

  /** Inputs that only a phase that fades has. */
  function shares(values: Readonly<Record<string, number>>): Arrays {
    if (!phase().fading) return {};
    return Object.fromEntries(Object.entries(values).map(([name, v]) => [name, Float32Array.of(v)]));
  }

  async function fakes(round: number): Promise<Batch> {
    const inputs = inputsOf(round);
    const { images } = await runner.run('look', { ...inputs, ...shares({ alpha: phase().alpha }) });
    return { images: images!, labels: inputs.labels ?? null };
  }

  async function logit({ images, labels }: Batch, sharp: number): Promise<number> {
    const { logits } = await runner.run('judge', {
      images,
      ...(labels === null ? {} : { labels }),
      ...shares({ alpha: phase().alpha, sharp }),
    });
    return mean(logits!);
  }

  return {
    /** null where the source cannot show a sample of its images. */
    async variety(): Promise<{ fake: Variety; real: Variety; relative: number } | null> {
      if (source.reference === undefined) return null;
      real ??= varietyOf(source.reference(rounds * batch).images, size, phase().size);
      const all = new Float32Array(rounds * batch * size * size);
      for (let r = 0; r < rounds; r++) all.set((await fakes(r)).images, r * batch * size * size);
      const fake = varietyOf(all, size, phase().size);
      return { fake, real, relative: relativeVariety(fake, real) };
    },
    /** null where there are no held-out images to compare with. */
    async scores(): Promise<HeldOutScores | null> {
      if (heldOut === null || source.reference === undefined) return null;
      const [train, held] = [source.reference(batch), heldOut.sample(batch)];
      const { alpha } = phase();
      return {
        train: await logit(train, alpha),
        heldOut: await logit(held, alpha),
        fake: await logit(await fakes(0), 1),
      };
    },
  };
}
