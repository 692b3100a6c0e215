import { GantryError } from '../../base/errors.ts';
import {
  type Conditions,
  type ConditionValues,
  createLatentModel,
  createSampler,
  type LatentModel,
  labelsOfSlice,
  nameLabels,
  namesOfSlice,
  type SlicePlace,
} from '../../gan/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { checkLabels } from '../generate/index.ts';
import { type OpenedGenerator, onCpu, openGenerator } from '../generate/model.ts';
import { near, projectSlice } from './near.ts';
import {
  type Asked,
  inWords,
  type LatentOptions,
  type Made,
  type Of,
  type Sequence,
  type SequenceProgress,
} from './types.ts';

/** Makes the frames of a sequence in a run's latent space. @throws what loading, sampling and projecting throw */
export async function makeSequence(
  ws: Workspace,
  options: LatentOptions,
  progress: SequenceProgress = {},
): Promise<Sequence> {
  const opened = await openGenerator(ws, options.run, options.checkpoint);
  checkLabels(opened, options.labels);
  const latents = await createLatentModel(opened.config, opened.ema, onCpu, opened.images);
  try {
    const { request } = options;
    const common = { model: opened, size: opened.config.size };
    switch (request.type) {
      case 'interpolate':
        return { ...common, ...(await interpolate(opened, latents, request, options, progress)) };
      case 'vary':
        return { ...common, ...(await vary(opened, request, options, progress)) };
      case 'project': {
        const projected = await projectSlice(ws, opened, latents, request, progress);
        const { space, values } = projected.found;
        const how = `made to resemble a real slice: projected into ${space}, ${values.length} numbers`;
        return {
          ...common,
          kind: 'projection',
          seed: request.projection.seed,
          frames: [{ pixels: projected.image, text: how }],
          projected,
        };
      }
      case 'near':
        return { ...common, ...(await near(ws, opened, latents, request, options, progress)) };
    }
  } finally {
    await latents.dispose();
  }
}

/** Slices of seeds exactly as `generate` makes them. */
async function generated(
  { config, ema, images }: OpenedGenerator,
  asked: readonly (SlicePlace & Asked)[],
  { signal, onProgress }: SequenceProgress,
): Promise<Float32Array[]> {
  const sampler = await createSampler(config, ema, onCpu, images);
  try {
    const made: Float32Array[] = [];
    for (const { seed, index, labels, truncation } of asked) {
      signal?.throwIfAborted();
      made.push(await sampler.generate(seed, index, 1, labels, truncation));
      onProgress?.(made.length, asked.length);
    }
    return made;
  } finally {
    await sampler.dispose();
  }
}

async function interpolate(
  opened: OpenedGenerator,
  latents: LatentModel,
  { from, to, frames }: Of<'interpolate'>,
  asked: Asked,
  progress: SequenceProgress,
): Promise<Made> {
  const shares = Array.from({ length: frames }, (_, i) => i / (frames - 1));
  const points = await latents.path(from, to, shares, asked);
  const made = await latents.images(points);
  // The ends are slices that generate gives too, so they are made as it makes them, to the last bit.
  const [first, last] = await generated(
    opened,
    [
      { ...from, ...asked },
      { ...to, ...asked },
    ],
    { signal: progress.signal },
  );
  const pixels = opened.config.size ** 2;
  const { conditions } = opened.config;
  const labelsAt = ({ seed, index }: SlicePlace) => namesOfSlice(conditions, asked.labels, seed, index);
  const [a, b] = [labelsAt(from), labelsAt(to)];
  const shared = JSON.stringify(a) === JSON.stringify(b) ? a : undefined;
  progress.onProgress?.(frames, frames);
  return {
    kind: 'interpolation',
    seed: from.seed,
    projected: null,
    frames: shares.map((share, i) => ({
      pixels: i === 0 ? first! : i === frames - 1 ? last! : made.slice(i * pixels, (i + 1) * pixels),
      text: `frame ${i + 1} of ${frames} from ${inWords(from)} to ${inWords(to)}, ${Math.round(share * 1000) / 10} % of the way`,
      ...(shared === undefined ? {} : { labels: shared }),
    })),
  };
}

async function vary(
  opened: OpenedGenerator,
  request: Of<'vary'>,
  { labels = 'as-data', truncation }: Asked,
  progress: SequenceProgress,
): Promise<Made> {
  const { at, label } = request;
  const { conditions } = opened.config;
  if (conditions === null) {
    throw new GantryError('BAD_CONFIG', `${opened.run.id} was not trained with labels, so none can vary.`, {
      action: 'Train a run with: gantry train --condition NAME',
    });
  }
  const walk = valuesToWalk(conditions, request).map((value) =>
    // One label is asked for; what the slice has of the others stays.
    walked(conditions, labelsOfSlice(conditions, labels, at.seed, at.index), label, value),
  );
  const made = await generated(
    opened,
    walk.map((values) => ({ ...at, labels: values, truncation })),
    progress,
  );
  return {
    kind: 'label-walk',
    seed: at.seed,
    projected: null,
    frames: made.map((pixels, i) => {
      const named = nameLabels(conditions, walk[i]!);
      return { pixels, labels: named, text: `${inWords(at)} with ${label} = ${named[label]}` };
    }),
  };
}

/** Values of a slice with one label changed. @throws BAD_CONFIG for a label or a value that the run does not know */
function walked(
  conditions: Conditions,
  values: ConditionValues,
  label: string,
  value: string,
): ConditionValues {
  const place = conditions.labels.findIndex(({ name }) => name === label);
  const asked = labelsOfSlice(conditions, { [label]: value }, 0, 0);
  return values.map((own, i) => (i === place ? (asked[i] ?? null) : own));
}

function valuesToWalk(conditions: Conditions, { label, values, frames }: Of<'vary'>): string[] {
  if (values !== undefined) return values;
  const known = conditions.labels.find(({ name }) => name === label);
  // An unknown label is told of by name when the first value is asked for.
  if (known === undefined) return [''];
  if (known.kind === 'class') return [...known.values];
  return evenly(known.low, known.high, frames);
}

/** Numbers from one to another in equal steps, both ends exactly, as `generate --label` takes them. */
export function evenly(from: number, to: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    String(i === count - 1 ? to : from + ((to - from) * i) / (count - 1)),
  );
}
