import * as tf from '@tensorflow/tfjs-core';
import { GantryError, throwIfCancelled } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { Arrays, RunnerSpec, Tensors } from '../../engine/index.ts';
import { type ConditionValues, labelColumns } from '../conditions.ts';
import type { RunConfig } from '../config.ts';
import { type ParamSpecs, shapesOf, strip, withPrefix } from '../layers/params.ts';
import { generatorAfter } from '../networks/build.ts';
import { valueAndGradients } from '../objectives.ts';
import { adam, adamScalars, adamSlots } from '../optimiser.ts';
import type { RunnerFactory } from '../players.ts';
import { weightValues } from '../sampler.ts';
import type { Weights } from '../types.ts';
import { pyramidDistance, rootMeanSquare } from './distance.ts';
import type { LatentModel } from './model.ts';
import type { LatentPoint } from './points.ts';

export interface ProjectionOptions {
  /** float32 [size, size], -1 .. +1. */
  readonly target: Float32Array;
  /** `w+`: a style for each level, nearer to the target and farther from what the model learnt; default w. */
  readonly space?: 'w' | 'w+' | undefined;
  /** Labels that the target has, for a conditional run. */
  readonly labels: ConditionValues | null;
  readonly steps: number;
  /** Searches beside each other, of which the nearest counts. */
  readonly starts: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: number, steps: number, distance: number) => void) | undefined;
}

export interface Projection {
  readonly point: LatentPoint;
  /** float32 [size, size]. */
  readonly image: Float32Array;
  /** Pyramid distance of the search that won, one a step; with the step's noise, which ends at three quarters. */
  readonly curve: readonly number[];
  /** Last distance of every search, in their order. */
  readonly ends: readonly number[];
}

const BETA1 = 0.9;
const BETA2 = 0.999;
/** Slices whose latents a search may start from, and by which the spread of the space is known. */
const DRAWS = 256;
/** Weight of the pull of a plain latent's squared length to what a normal draw has. */
const LENGTH_PULL = 1e-3;

/**
 * One step of the search as a program over the generator's weights ("g/") and the latents of all searches ("x/",
 * one tensor for z or w, one a level for w+): distance of the images at latent + noise, Adam on the latents alone.
 */
export function projectionSpec(
  config: RunConfig,
  images: number,
  starts: number,
  space: LatentPoint['space'],
): { readonly spec: RunnerSpec; readonly latents: readonly string[] } {
  const generator = generatorAfter(config, images);
  const { style, latent } = generator;
  const { size } = config;
  const columns = style === null ? labelColumns(config.conditions) : 0;
  const names = space === 'w+' ? Array.from({ length: style!.levels }, (_, i) => `x${i}`) : ['x0'];
  const shape = [starts, style?.width ?? latent];
  const specs: ParamSpecs = Object.fromEntries(
    names.map((name) => [name, { shape, mean: 0, std: 0, lrScale: 1 }]),
  );
  const make = (g: Tensors, x: readonly tf.Tensor[], labels: tf.Tensor | undefined) => {
    if (style === null) return generator.apply(g, x[0]!, labels);
    return style.synthesise(g, space === 'w+' ? x : x[0]!);
  };
  return {
    latents: names,
    spec: {
      state: {
        ...withPrefix('g/', shapesOf(generator.specs)),
        ...withPrefix('x/', shapesOf(specs)),
        ...withPrefix('adam/', adamSlots(specs, BETA1)),
      },
      programs: {
        step: {
          inputs: {
            target: [1, 1, size, size],
            rate: [],
            epsilon: [],
            freshness: [],
            ...(columns > 0 ? { labels: [starts, columns] } : {}),
            ...Object.fromEntries(names.map((name) => [`noise/${name}`, shape])),
          },
          fn: (state, inputs) => {
            const [g, x] = [strip('g/', state), strip('x/', state)];
            const distances = (latents: Readonly<Record<string, tf.Tensor>>) => {
              const moved = names.map((name) => tf.add(latents[name]!, inputs[`noise/${name}`]!));
              return pyramidDistance(make(g, moved, inputs.labels), inputs.target!);
            };
            const { gradients } = valueAndGradients((latents) => {
              const total = tf.sum(distances(latents));
              if (style !== null) return total as tf.Scalar;
              const excess = tf.sub(tf.mean(tf.square(latents.x0!), 1), 1);
              return tf.add(total, tf.mul(tf.sum(tf.square(excess)), LENGTH_PULL)) as tf.Scalar;
            }, x);
            const next = adam(specs, BETA1, x, gradients, strip('adam/', state), {
              rate: inputs.rate!,
              epsilon: inputs.epsilon!,
              freshness: inputs.freshness!,
              clip: tf.scalar(1),
            });
            return {
              state: { ...withPrefix('x/', next.params), ...withPrefix('adam/', next.slots) },
              outputs: { distances: distances(x) },
            };
          },
        },
      },
    },
  };
}

/** Rate and noise at a share of the search, as shares of the largest (Karras et al. 2020, appendix D). */
export function searchSchedule(t: number): { readonly rate: number; readonly noise: number } {
  const down = Math.min(1, (1 - t) / 0.25);
  const up = Math.min(1, t / 0.05);
  return {
    rate: (0.5 - 0.5 * Math.cos(down * Math.PI)) * up,
    noise: Math.max(0, 1 - t / 0.75) ** 2,
  };
}

/** Largest rate of Adam and deviation of the noise, both in deviations of the space. */
const RATE = 0.1;
const NOISE = 0.3;

/** A generator's average as a checkpoint holds it. */
export interface GeneratorState {
  readonly config: RunConfig;
  readonly ema: Weights;
  /** That the run had seen. */
  readonly images: number;
}

/**
 * Finds a latent whose image comes near a target (Karras et al. 2020, appendix D): Adam on the latent through the
 * generator, with noise that fades so that the search leaves small valleys early and settles late. Several searches
 * run side by side: the first from the mean style, the others from those of 256 random slices that are nearest. A
 * function of (weights, target, options) alone.
 * @param model of the same generator
 * @throws GantryError BAD_CONFIG for styles of a run without them, CANCELLED, NOT_FINITE
 */
export async function project(
  { config, ema, images }: GeneratorState,
  model: LatentModel,
  runnerFactory: RunnerFactory,
  options: ProjectionOptions,
): Promise<Projection> {
  const { target, steps, starts, seed, signal } = options;
  if (options.space !== undefined && model.levels === null) {
    throw new GantryError('BAD_CONFIG', 'The run has no styles: its generator is a plain one.', {
      action: 'Leave the space out; the search is then in z.',
    });
  }
  const space = model.levels === null ? 'z' : (options.space ?? 'w');
  const { begin, spread, row } = await startingPoints(model, options, space);
  const { spec, latents } = projectionSpec(config, images, starts, space);
  const runner = await runnerFactory(spec);
  try {
    const width = model.dimensions;
    runner.setState({
      ...withPrefix('g/', weightValues(generatorAfter(config, images).specs, ema)),
      ...Object.fromEntries(latents.map((name) => [`x/${name}`, begin])),
    });
    const told: Arrays = row === null ? {} : { labels: repeated(row, starts) };
    const curves: number[][] = Array.from({ length: starts }, () => []);
    for (let step = 0; step < steps; step++) {
      throwIfCancelled(signal);
      const { rate, noise } = searchSchedule((step + 0.5) / steps);
      const { distances } = await runner.run('step', {
        target,
        ...told,
        ...scalarsOf(rate * RATE * spread, step),
        ...Object.fromEntries(
          latents.map((name, level) => {
            const values = new Random(seed, `projection/${level}`, step).fillNormal(
              new Float32Array(starts * width),
            );
            return [`noise/${name}`, values.map((v) => v * noise * NOISE * spread)];
          }),
        ),
      });
      curves.forEach((curve, i) => {
        curve.push(distances![i]!);
      });
      const nearest = Math.min(...distances!);
      if (!Number.isFinite(nearest))
        throw new GantryError('NOT_FINITE', 'The search left the finite numbers.');
      options.onProgress?.(step + 1, steps, nearest);
      // The runner's session holds the thread; others have their turn between steps.
      await new Promise(setImmediate);
    }
    const found = await runner.getState(latents.map((name) => `x/${name}`));
    const points = Array.from({ length: starts }, (_, i): LatentPoint => {
      const values = new Float32Array(latents.length * width);
      latents.forEach((name, level) => {
        values.set(found[`x/${name}`]!.subarray(i * width, (i + 1) * width), level * width);
      });
      return { space, values, labels: row };
    });
    const made = await model.images(points);
    const pixels = model.size ** 2;
    const pictures = points.map((_, i) => made.slice(i * pixels, (i + 1) * pixels));
    const errors = pictures.map((picture) => rootMeanSquare(picture, target));
    const best = errors.indexOf(Math.min(...errors));
    return {
      point: points[best]!,
      image: pictures[best]!,
      curve: curves[best]!,
      ends: curves.map((curve) => curve.at(-1) ?? Number.NaN),
    };
  } finally {
    await runner.dispose();
  }
}

function scalarsOf(peakRate: number, step: number): Arrays {
  const { rate, epsilon, freshness } = adamScalars(peakRate, BETA1, BETA2, step + 1);
  return {
    rate: Float32Array.of(rate),
    epsilon: Float32Array.of(epsilon),
    freshness: Float32Array.of(freshness),
  };
}

/** Where the searches begin, [starts, width], and the deviation of the space in one direction. */
async function startingPoints(
  model: LatentModel,
  { target, labels, starts, seed }: ProjectionOptions,
  space: LatentPoint['space'],
) {
  const { dimensions, size } = model;
  const draws = await model.draws(seed, DRAWS, labels);
  const mean = await model.mean(labels);
  const made = await model.images(draws);
  const pixels = size ** 2;
  const order = draws
    .map(({ values }, i) => ({
      values,
      error: rootMeanSquare(made.subarray(i * pixels, (i + 1) * pixels), target),
    }))
    .sort((a, b) => a.error - b.error);
  const candidates = [...(space === 'z' ? [] : [mean]), ...order.map(({ values }) => values)];
  const begin = new Float32Array(starts * dimensions);
  for (let i = 0; i < starts; i++) begin.set(candidates[i]!, i * dimensions);
  let squares = 0;
  for (const { values } of draws) {
    for (let i = 0; i < values.length; i++) squares += (values[i]! - mean[i]!) ** 2;
  }
  return {
    begin,
    spread: Math.sqrt(squares / (DRAWS * dimensions)),
    row: draws[0]!.labels,
  };
}

function repeated(row: Float32Array, times: number): Float32Array {
  const out = new Float32Array(row.length * times);
  for (let i = 0; i < times; i++) out.set(row, i * row.length);
  return out;
}
