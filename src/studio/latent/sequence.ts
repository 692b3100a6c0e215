import { GantryError } from '../../base/errors.ts';
import type { SliceOrigin } from '../../exporting/index.ts';
import {
  type Conditions,
  type ConditionValues,
  createLatentModel,
  createSampler,
  type LabelRequest,
  type LatentModel,
  type LatentPoint,
  labelsOfSlice,
  nameLabels,
  type Projection,
  project,
  rootMeanSquare,
  type SlicePlace,
} from '../../gan/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { checkLabels } from '../generate/index.ts';
import { type OpenedGenerator, onCpu, openGenerator } from '../generate/model.ts';
import type { FoundLatent, LatentRequest, ProjectionRequest } from './request.ts';
import { openTarget, type Target } from './target.ts';

export interface LatentOptions {
  readonly run: string;
  readonly request: LatentRequest;
  /** What a conditional run is asked for, where slices of seeds are meant; default: as in its training data. */
  readonly labels?: LabelRequest | undefined;
  /** 0 .. 1 for slices of seeds; default 1 (none). */
  readonly truncation?: number | undefined;
  /** `newest`, `best` or images seen; default `newest`. */
  readonly checkpoint?: string | undefined;
}

export interface Frame {
  /** float32 [size, size], about -1 .. +1. */
  readonly pixels: Float32Array;
  /** How it was made. */
  readonly text: string;
  readonly labels?: Record<string, string | number>;
}

/** A projected slice and how near it came. */
export interface Projected {
  readonly target: Target;
  /** Root mean squared difference of the projection to its target, of values from -1 to +1. */
  readonly rmse: number;
  readonly image: Float32Array;
  readonly curve: readonly number[];
  readonly ends: readonly number[];
  readonly found: FoundLatent;
}

export interface Sequence {
  readonly model: OpenedGenerator;
  readonly kind: SliceOrigin['kind'];
  readonly size: number;
  /** Written beside each frame: the seed of what is drawn, or of the slice that all began with. */
  readonly seed: number;
  readonly frames: readonly Frame[];
  /** The real slice that the frames come from, for those that do. */
  readonly projected: Projected | null;
  /** Real slice that lies behind the frames, which may not copy it; also where its latent was found before. */
  readonly behind: Target | null;
}

export interface SequenceProgress {
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number): void;
}

const word = ({ seed, index }: SlicePlace) => `slice ${index} of seed ${seed}`;

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
        const projected = await projectSlice(ws, opened, latents, request.projection, progress);
        const { space, values } = projected.found;
        const how = `made to resemble a real slice: projected into ${space}, ${values.length} numbers`;
        return {
          ...common,
          kind: 'projection',
          seed: request.projection.seed,
          frames: [{ pixels: projected.image, text: how }],
          projected,
          behind: projected.target,
        };
      }
      case 'near':
        return { ...common, ...(await near(ws, opened, latents, request, options, progress)) };
    }
  } finally {
    await latents.dispose();
  }
}

type Made = Omit<Sequence, 'model' | 'size'>;
type Of<T extends LatentRequest['type']> = Extract<LatentRequest, { type: T }>;
type Asked = Pick<LatentOptions, 'labels' | 'truncation'>;

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
  const labelsAt = (place: SlicePlace) => namesOf(conditions, place, asked.labels);
  const [a, b] = [labelsAt(from), labelsAt(to)];
  const shared = JSON.stringify(a) === JSON.stringify(b) ? a : undefined;
  progress.onProgress?.(frames, frames);
  return {
    kind: 'interpolation',
    seed: from.seed,
    projected: null,
    behind: null,
    frames: shares.map((share, i) => ({
      pixels: i === 0 ? first! : i === frames - 1 ? last! : made.slice(i * pixels, (i + 1) * pixels),
      text: `frame ${i + 1} of ${frames} from ${word(from)} to ${word(to)}, ${Math.round(share * 1000) / 10} % of the way`,
      ...(shared === undefined ? {} : { labels: shared }),
    })),
  };
}

function namesOf(
  conditions: Conditions | null,
  { seed, index }: SlicePlace,
  labels: LabelRequest = 'as-data',
): Record<string, string | number> | undefined {
  return conditions === null
    ? undefined
    : nameLabels(conditions, labelsOfSlice(conditions, labels, seed, index));
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
    behind: null,
    frames: made.map((pixels, i) => {
      const named = nameLabels(conditions, walk[i]!);
      return { pixels, labels: named, text: `${word(at)} with ${label} = ${named[label]}` };
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
  const { low, high } = known;
  return Array.from({ length: frames }, (_, i) =>
    String(i === frames - 1 ? high : low + ((high - low) * i) / (frames - 1)),
  );
}

async function projectSlice(
  ws: Workspace,
  opened: OpenedGenerator,
  latents: LatentModel,
  request: ProjectionRequest,
  { signal, onProgress }: SequenceProgress,
): Promise<Projected> {
  const target = await openTarget(ws, opened.run.dataset, opened.config, request, signal);
  const { space, steps, starts, seed } = request;
  const projection: Projection = await project(opened, latents, onCpu, {
    target: target.pixels,
    space,
    labels: target.conditions,
    steps,
    starts,
    seed,
    signal,
    onProgress,
  });
  const { point, image, curve, ends } = projection;
  return {
    target,
    image,
    curve,
    ends,
    rmse: rootMeanSquare(image, target.pixels),
    found: {
      kind: 'gantry-latent',
      version: 1,
      run: opened.run.id,
      modelSha256: opened.sha256,
      space: point.space,
      values: [...point.values],
      labels: point.labels === null ? null : [...point.labels],
      conditions: target.conditions === null ? null : [...target.conditions],
      slice: target.slice,
      projection: request,
    },
  };
}

/** A latent that was found before. @throws BAD_CONFIG for one of another generator */
function pointOf(found: FoundLatent, opened: OpenedGenerator): LatentPoint {
  if (found.modelSha256 !== opened.sha256) {
    throw new GantryError('BAD_CONFIG', 'The latent was found in another generator.', {
      action: `It belongs to ${found.run}, perhaps to another checkpoint of it: project the slice again.`,
    });
  }
  return {
    space: found.space,
    values: Float32Array.from(found.values),
    labels: found.labels === null ? null : Float32Array.from(found.labels),
  };
}

async function near(
  ws: Workspace,
  opened: OpenedGenerator,
  latents: LatentModel,
  { centre, radius, count, seed }: Of<'near'>,
  asked: Asked,
  progress: SequenceProgress,
): Promise<Made> {
  const { conditions } = opened.config;
  const begin = async (): Promise<{
    point: LatentPoint;
    labels: ConditionValues | null;
    of: string;
    projected: Projected | null;
    behind: Target | null;
  }> => {
    if (centre.type === 'slice') {
      const place = { seed: centre.seed, index: centre.index };
      const [point] = await latents.points([place], asked);
      const labels =
        conditions && labelsOfSlice(conditions, asked.labels ?? 'as-data', centre.seed, centre.index);
      return { point: point!, labels, of: word(place), projected: null, behind: null };
    }
    const of = 'a slice made to resemble a real one';
    if (centre.type === 'found') {
      const { latent } = centre;
      const target = await openTarget(
        ws,
        opened.run.dataset,
        opened.config,
        { slice: latent.slice, seed: latent.projection.seed },
        progress.signal,
      );
      return {
        point: pointOf(latent, opened),
        labels: latent.conditions,
        of,
        projected: null,
        behind: target,
      };
    }
    const { type: _, ...request } = centre;
    const projected = await projectSlice(ws, opened, latents, request, progress);
    const { found, target } = projected;
    return { point: pointOf(found, opened), labels: found.conditions, of, projected, behind: target };
  };
  const { point, labels, of, projected, behind } = await begin();
  const made = await latents.images(await latents.near(point, { seed, count, radius, labels }));
  const pixels = opened.config.size ** 2;
  progress.onProgress?.(count, count);
  return {
    kind: 'near',
    seed,
    projected,
    behind,
    frames: Array.from({ length: count }, (_, i) => ({
      pixels: made.slice(i * pixels, (i + 1) * pixels),
      text: `neighbour ${i + 1} of ${count} within radius ${radius} of ${of}, drawn by seed ${seed}`,
      ...(centre.type === 'slice' && conditions !== null && labels !== null
        ? { labels: nameLabels(conditions, labels) }
        : {}),
    })),
  };
}
