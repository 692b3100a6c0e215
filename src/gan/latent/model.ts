import { GantryError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { Arrays, RunnerSpec } from '../../engine/index.ts';
import {
  type ConditionValues,
  encodeLabels,
  type LabelRequest,
  labelColumns,
  labelsOfSlice,
} from '../conditions.ts';
import type { RunConfig } from '../config.ts';
import { shapesOf } from '../layers/params.ts';
import { generatorAfter } from '../networks/build.ts';
import type { RunnerFactory } from '../players.ts';
import { checkWeights, drawLatent, weightValues } from '../sampler.ts';
import { checkTruncation, meanStyles, truncateLatents, truncationPrograms } from '../truncation.ts';
import type { Weights } from '../types.ts';
import { between, type LatentPoint, lerp, neighbour } from './points.ts';

/** A slice as `generate` numbers it. */
export interface SlicePlace {
  readonly seed: number;
  readonly index: number;
}

/** What slices of a run are asked for with; see Sampler.generate. */
export interface Asked {
  readonly labels?: LabelRequest | undefined;
  readonly truncation?: number | undefined;
}

/** A generator with its latent space laid open: points in, images out. */
export interface LatentModel {
  readonly size: number;
  /** Resolutions that may have a style of their own; null for a generator without styles. */
  readonly levels: number | null;
  /** Numbers of a point in z or w. */
  readonly dimensions: number;
  /** Where slices of seeds lie: [one for each place]. @throws BAD_CONFIG for labels or a truncation that cannot be */
  points(places: readonly SlicePlace[], asked?: Asked): Promise<LatentPoint[]>;
  /** Points on the way between two slices; shares of the way from 0 to 1. */
  path(from: SlicePlace, to: SlicePlace, shares: readonly number[], asked?: Asked): Promise<LatentPoint[]>;
  /** The mean of the space: of the styles of a label, zero for z. */
  mean(labels: ConditionValues | null): Promise<Float32Array>;
  /** Slices 0 .. count-1 of a seed, for given values of the labels. */
  draws(seed: number, count: number, labels: ConditionValues | null): Promise<LatentPoint[]>;
  /** Neighbours of a point (see `neighbour`), each with a draw of its own. */
  near(
    point: LatentPoint,
    options: { seed: number; count: number; radius: number; labels: ConditionValues | null },
  ): Promise<LatentPoint[]>;
  /** float32 [n, size, size], about [-1, 1], not clamped. @throws BAD_CONFIG for a point of another model */
  images(points: readonly LatentPoint[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Images and styles that are made at once. */
const BATCH = 16;

/**
 * Encoded labels on the way from one slice's to another's: numbers go from value to value, classes from one to the
 * other as mixtures, which the linear layer that reads them mixes alike.
 */
export function blendLabels(
  conditions: NonNullable<RunConfig['conditions']>,
  from: ConditionValues,
  to: ConditionValues,
  t: number,
): Float32Array {
  const onTheWay = (values: ConditionValues) =>
    values.map((value, i) => {
      const [a, b] = [from[i] ?? null, to[i] ?? null];
      const isNumber = conditions.labels[i]!.kind === 'continuous';
      return isNumber && a !== null && b !== null ? (1 - t) * a + t * b : value;
    });
  const ends = [from, to].map((values) => encodeLabels(conditions, onTheWay(values)));
  return lerp(ends[0]!, ends[1]!, t);
}

/** @param images that the run had seen when it had these weights. @throws BAD_CHECKPOINT when they do not fit */
export async function createLatentModel(
  config: RunConfig,
  emaWeights: Weights,
  runnerFactory: RunnerFactory,
  images = Number.POSITIVE_INFINITY,
): Promise<LatentModel> {
  const generator = generatorAfter(config, images);
  const { latent, specs, style } = generator;
  checkWeights(specs, emaWeights);
  const { conditions, size } = config;
  const columns = labelColumns(conditions);
  const labelled = columns > 0 ? { labels: [BATCH, columns] } : {};
  const styleNames = Array.from({ length: style?.levels ?? 0 }, (_, level) => `w${level}`);
  const spec: RunnerSpec = {
    state: shapesOf(specs),
    programs:
      style === null
        ? {
            plain: {
              inputs: { z: [BATCH, latent], ...labelled },
              fn: (p, { z, labels }) => ({ outputs: { images: generator.apply(p, z!, labels) } }),
            },
          }
        : {
            meanStyle: truncationPrograms(style, BATCH, latent, columns).meanStyle,
            map: {
              inputs: { z: [BATCH, latent], ...labelled },
              fn: (p, { z, labels }) => ({ outputs: { w: style.map(p, z!, labels) } }),
            },
            styled: {
              inputs: Object.fromEntries(styleNames.map((name) => [name, [BATCH, style.width]])),
              fn: (p, inputs) => ({
                outputs: {
                  images: style.synthesise(
                    p,
                    styleNames.map((name) => inputs[name]!),
                  ),
                },
              }),
            },
          },
  };
  const runner = await runnerFactory(spec);
  runner.setState(weightValues(specs, emaWeights));
  const meanOf = meanStyles(runner, latent, config.seed);
  const dimensions = style?.width ?? latent;
  // A slice without labels is to a conditional network one of which none is known.
  const rowOf = (values: ConditionValues | null) =>
    conditions === null ? null : encodeLabels(conditions, values ?? []);
  const mean = async (values: ConditionValues | null) =>
    style === null ? new Float32Array(latent) : meanOf(rowOf(values));

  /** Latents to points: a style where there are styles, else the latent itself. */
  async function pointsOf(
    latents: readonly Float32Array[],
    values: readonly (ConditionValues | null)[],
  ): Promise<LatentPoint[]> {
    if (style === null) {
      return latents.map((z, i) => ({ space: 'z', values: z, labels: rowOf(values[i]!) }));
    }
    const points: LatentPoint[] = [];
    for (let first = 0; first < latents.length; first += BATCH) {
      const some = latents.slice(first, first + BATCH);
      const inputs: Arrays = { z: new Float32Array(BATCH * latent) };
      if (columns > 0) inputs.labels = new Float32Array(BATCH * columns);
      some.forEach((z, i) => {
        inputs.z!.set(z, i * latent);
        const row = rowOf(values[first + i]!);
        if (row !== null) inputs.labels!.set(row, i * columns);
      });
      const w = (await runner.run('map', inputs)).w!;
      some.forEach((_, i) => {
        points.push({ space: 'w', values: w.slice(i * dimensions, (i + 1) * dimensions), labels: null });
      });
    }
    return points;
  }

  const latentOf = ({ seed, index }: SlicePlace) => drawLatent(new Float32Array(latent), seed, index);
  const valuesOf = ({ seed, index }: SlicePlace, labels: LabelRequest = 'as-data') =>
    conditions === null ? null : labelsOfSlice(conditions, labels, seed, index);

  async function points(places: readonly SlicePlace[], { labels, truncation = 1 }: Asked = {}) {
    checkTruncation(truncation, config.generator.family);
    const values = places.map((place) => valuesOf(place, labels));
    const latents = places.map((place) => {
      const z = latentOf(place);
      if (truncation < 1 && style === null) truncateLatents(z, truncation, place.seed, place.index);
      return z;
    });
    const found = await pointsOf(latents, values);
    if (truncation === 1 || style === null) return found;
    const means = await Promise.all(values.map(mean));
    return found.map((point, i) => ({ ...point, values: lerp(means[i]!, point.values, truncation) }));
  }

  return {
    size,
    levels: style?.levels ?? null,
    dimensions,
    points,
    mean,
    async path(from, to, shares, asked = {}) {
      const [a, b] = await points([from, to], asked);
      const [va, vb] = [valuesOf(from, asked.labels), valuesOf(to, asked.labels)];
      return shares.map((t) => ({
        ...a!,
        values: between(a!, b!, t),
        labels:
          a!.labels === null || conditions === null || va === null || vb === null
            ? null
            : blendLabels(conditions, va, vb, t),
      }));
    },
    draws: (seed, count, labels) =>
      pointsOf(
        Array.from({ length: count }, (_, index) => latentOf({ seed, index })),
        Array.from({ length: count }, () => labels),
      ),
    async near(point, { seed, count, radius, labels }) {
      const centre = await mean(labels);
      const latents = Array.from({ length: count }, (_, index) =>
        new Random(seed, 'near', index).fillNormal(new Float32Array(latent)),
      );
      const draws = await pointsOf(
        latents,
        latents.map(() => labels),
      );
      return draws.map(({ values }) => ({
        ...point,
        values: neighbour(point.values, values, centre, radius),
      }));
    },
    async images(all) {
      const pixels = size * size;
      const made = new Float32Array(all.length * pixels);
      for (let first = 0; first < all.length; first += BATCH) {
        const some = all.slice(first, first + BATCH);
        const inputs = style === null ? plainInputs(some) : styledInputs(some);
        const { images } = await runner.run(style === null ? 'plain' : 'styled', inputs);
        made.set(images!.subarray(0, some.length * pixels), first * pixels);
      }
      return made;
    },
    dispose: () => runner.dispose(),
  };

  function plainInputs(some: readonly LatentPoint[]): Arrays {
    const inputs: Arrays = { z: new Float32Array(BATCH * latent) };
    if (columns > 0) inputs.labels = new Float32Array(BATCH * columns);
    some.forEach(({ space, values, labels }, i) => {
      if (space !== 'z' || values.length !== latent || (labels?.length ?? 0) !== columns) throw stranger();
      inputs.z!.set(values, i * latent);
      if (labels !== null) inputs.labels!.set(labels, i * columns);
    });
    return inputs;
  }

  function styledInputs(some: readonly LatentPoint[]): Arrays {
    const inputs: Arrays = Object.fromEntries(
      styleNames.map((name) => [name, new Float32Array(BATCH * dimensions)]),
    );
    some.forEach(({ space, values }, i) => {
      const own = space === 'w+' ? dimensions : 0;
      if (space === 'z' || values.length !== (own === 0 ? dimensions : own * styleNames.length)) {
        throw stranger();
      }
      styleNames.forEach((name, level) => {
        inputs[name]!.set(values.subarray(level * own, level * own + dimensions), i * dimensions);
      });
    });
    return inputs;
  }
}

const stranger = () =>
  new GantryError('BAD_CONFIG', 'The latent is not of this model: its numbers do not fit.');
