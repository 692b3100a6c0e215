import { GantryError } from '../../base/errors.ts';
import {
  type ConditionValues,
  type LatentModel,
  type LatentPoint,
  labelsOfSlice,
  nameLabels,
  project,
  rootMeanSquare,
} from '../../gan/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { type OpenedGenerator, onCpu } from '../generate/model.ts';
import type { FoundLatent, ProjectionRequest } from './request.ts';
import { openTarget } from './target.ts';
import { type Asked, inWords, type Made, type Of, type Projected, type SequenceProgress } from './types.ts';

interface Wanted {
  readonly projection: ProjectionRequest;
  readonly found?: FoundLatent | undefined;
}

/** Projects a real slice, or goes back to what an earlier search for it found. */
export async function projectSlice(
  ws: Workspace,
  opened: OpenedGenerator,
  latents: LatentModel,
  { projection, found }: Wanted,
  { signal, onProgress }: SequenceProgress,
): Promise<Projected> {
  const { dataset } = opened.run;
  const place = found === undefined ? projection : { ...projection, slice: found.slice };
  const target = await openTarget(ws, dataset, opened.config, place, signal);
  if (found !== undefined) {
    const image = await latents.images([pointOf(found, opened)]);
    return { target, image, curve: [], ends: [], rmse: rootMeanSquare(image, target.pixels), found };
  }
  const { space, steps, starts, seed } = projection;
  const { point, image, curve, ends } = await project(opened, latents, onCpu, {
    target: target.pixels,
    space,
    labels: target.conditions,
    steps,
    starts,
    seed,
    signal,
    onProgress,
  });
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
      projection,
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

/** Slices around a generated one, a real one, or a latent that was found before. */
export async function near(
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
  }> => {
    if (centre.type === 'slice') {
      const place = { seed: centre.seed, index: centre.index };
      const [point] = await latents.points([place], asked);
      const labels =
        conditions && labelsOfSlice(conditions, asked.labels ?? 'as-data', centre.seed, centre.index);
      return { point: point!, labels, of: inWords(place), projected: null };
    }
    const wanted =
      centre.type === 'found'
        ? { projection: centre.latent.projection, found: centre.latent }
        : { projection: withoutType(centre) };
    const projected = await projectSlice(ws, opened, latents, wanted, progress);
    const { found } = projected;
    const of = 'a slice made to resemble a real one';
    return { point: pointOf(found, opened), labels: found.conditions, of, projected };
  };
  const { point, labels, of, projected } = await begin();
  const made = await latents.images(await latents.near(point, { seed, count, radius, labels }));
  const pixels = opened.config.size ** 2;
  progress.onProgress?.(count, count);
  return {
    kind: 'near',
    seed,
    projected,
    frames: Array.from({ length: count }, (_, i) => ({
      pixels: made.slice(i * pixels, (i + 1) * pixels),
      text: `neighbour ${i + 1} of ${count} within radius ${radius} of ${of}, drawn by seed ${seed}`,
      ...(centre.type === 'slice' && conditions !== null && labels !== null
        ? { labels: nameLabels(conditions, labels) }
        : {}),
    })),
  };
}

function withoutType({ type: _, ...rest }: ProjectionRequest & { type: 'projection' }): ProjectionRequest {
  return rest;
}
