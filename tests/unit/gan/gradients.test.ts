import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createEagerRunner, createRunner, type RunnerSpec } from '../../../src/engine/index.ts';
import { drawWarp, warpFields } from '../../../src/gan/augmentation.ts';
import { labelColumns } from '../../../src/gan/conditions.ts';
import type { RunConfig } from '../../../src/gan/config.ts';
import type { Growth } from '../../../src/gan/growth.ts';
import { initialise, shapesOf, strip, withPrefix } from '../../../src/gan/layers/params.ts';
import { lossKinds } from '../../../src/gan/losses.ts';
import { buildDiscriminator, buildGenerator } from '../../../src/gan/networks/build.ts';
import { objectives, valueAndGradients } from '../../../src/gan/objectives.ts';
import { blobSource, conditions, families, smallConfig } from './support.ts';

/** Losses of both players with their gradients, as a program over both networks' parameters. */
function gradientSpec(config: RunConfig, growth: Growth) {
  const generator = buildGenerator(config, growth);
  const discriminator = buildDiscriminator(config, growth);
  const { batch, size } = config;
  const columns = labelColumns(config.conditions);
  const warps = ['real', 'fake'].flatMap((w) => warpFields.map((f) => [`${w}.${f}`, [batch, 1, 1]] as const));
  const spec: RunnerSpec = {
    state: {
      ...withPrefix('g/', shapesOf(generator.specs)),
      ...withPrefix('d/', shapesOf(discriminator.specs)),
    },
    programs: {
      gradients: {
        inputs: {
          real: [batch, 1, size, size],
          z: [batch, generator.latent],
          ...(columns > 0 ? { labels: [batch, columns] } : {}),
          ...(config.penalty.kind === 'interpolated' ? { mix: [batch, 1, 1, 1] } : {}),
          ...(growth.fading ? { alpha: [] } : {}),
          ...Object.fromEntries(warps),
        },
        fn: (state, inputs) => {
          const [g, d] = [strip('g/', state), strip('d/', state)];
          const goal = objectives(config, generator, discriminator, g, inputs, growth);
          const penalised = (p: typeof d) => tf.add(goal.adversarial(p), goal.penalty(p)) as tf.Scalar;
          const forD = valueAndGradients(penalised, d);
          const forG = valueAndGradients((p) => goal.generator(p, d), g);
          return {
            outputs: {
              lossD: tf.reshape(forD.value, []),
              lossG: tf.reshape(forG.value, []),
              ...withPrefix('grad/d/', forD.gradients),
              ...withPrefix('grad/g/', forG.gradients),
            },
          };
        },
      },
    },
  };
  const random = new Random(9, 'test');
  const warp = (which: string) =>
    withPrefix(`${which}.`, drawWarp(config.augmentation, 0.7, batch, size, random));
  const drawn = blobSource(size, 12, columns > 0).next(batch);
  const inputs = {
    real: drawn.images,
    ...(drawn.labels === null ? {} : { labels: drawn.labels }),
    z: random.fillNormal(new Float32Array(batch * generator.latent)),
    ...(config.penalty.kind === 'interpolated'
      ? { mix: Float32Array.from({ length: batch }, (_, i) => (i + 0.5) / batch) }
      : {}),
    ...(growth.fading ? { alpha: Float32Array.of(0.4) } : {}),
    ...warp('real'),
    ...warp('fake'),
  };
  // Away from the start, where R3GAN's last convolutions are zero and hide gradients.
  const jitter = (all: Record<string, Float32Array>) =>
    Object.fromEntries(Object.entries(all).map(([k, v]) => [k, v.map((x) => x + 0.1 * random.normal())]));
  const state = {
    ...withPrefix('g/', jitter(initialise(generator.specs, 3, 'g'))),
    ...withPrefix('d/', jitter(initialise(discriminator.specs, 3, 'd'))),
  };
  return { spec, state, inputs };
}

/** Of a unit direction; smaller ones drown in float32's rounding, larger ones meet kinks. */
const STEP = 1e-3;
/** Embeddings start ten times as large as other weights, so kinks come as much sooner along a direction. */
const STEP_TOLD = 1e-4;

const norm = (values: readonly Float32Array[]) =>
  Math.sqrt(values.reduce((s, v) => s + v.reduce((t, x) => t + x * x, 0), 0));

describe('gradients of the losses, penalties included, against finite differences', () => {
  const cases = families.flatMap((family) => {
    const kinds = family === 'r3gan' ? (['relativistic'] as const) : lossKinds.slice(0, 2);
    const all = family === 'dcgan' ? ([...kinds, 'wasserstein'] as const) : kinds;
    const plain = all.map((loss) => ({ family, loss, conditions: null, fading: false }));
    const fading = family === 'r3gan' ? [] : [{ ...plain[0]!, fading: true }];
    return [...plain, { family, loss: kinds[0]!, conditions, fading: false }, ...fading];
  });
  const engines = {
    eager: createEagerRunner,
    traced: (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 1 }),
  };
  const tried = cases.flatMap((c) =>
    // The eager engine runs the same functions; that labels reach them is tried once.
    (['eager', 'traced'] as const)
      .filter((engine) => engine === 'traced' || (c.conditions === null && !c.fading))
      .map((engine) => ({
        ...c,
        engine,
        told: c.fading ? 'fading in' : c.conditions === null ? 'unconditional' : 'conditional',
      })),
  );
  it.each(tried)('$family, $loss, $told, $engine', async ({ family, loss, conditions, engine, fading }) => {
    const base = smallConfig(family);
    const config = smallConfig(family, {
      loss,
      conditions,
      size: fading ? 16 : 8,
      batch: 4,
      // The deviation of two samples is |a - b|, which has no derivative where they meet; of four it is smooth.
      discriminator:
        base.discriminator.family === 'conv'
          ? { ...base.discriminator, minibatchGroup: 4 }
          : base.discriminator,
      penalty: {
        kind: loss === 'wasserstein' ? 'interpolated' : 'zero-centred',
        real: true,
        fake: true,
        gamma: 1,
        every: 1,
      },
    });
    // The eager engine is slow and runs the same program; the traced one, which trains, is tried twice.
    const directions = engine === 'eager' ? 1 : 2;
    const step = conditions === null ? STEP : STEP_TOLD;
    const { spec, state, inputs } = gradientSpec(config, { size: config.size, fading });
    const runner = await engines[engine](spec);
    const at = async (values: Record<string, Float32Array>) => {
      runner.setState(values);
      return runner.run('gradients', inputs);
    };
    const here = await at(state);
    for (const [player, lossName] of [
      ['d/', 'lossD'],
      ['g/', 'lossG'],
    ] as const) {
      const names = Object.keys(state).filter((name) => name.startsWith(player));
      const gradients = names.map((name) => here[`grad/${name}`]!);
      const length = norm(gradients);
      expect(length).toBeGreaterThan(1e-3);
      const slope = async (direction: Float32Array[], step: number) => {
        const move = (by: number) =>
          Object.fromEntries(
            names.map((name, i) => [name, state[name]!.map((v, j) => v + by * direction[i]![j]!)]),
          );
        const [up, down] = [await at({ ...state, ...move(step) }), await at({ ...state, ...move(-step) })];
        return (up[lossName]![0]! - down[lossName]![0]!) / (2 * step);
      };
      let compared = 0;
      for (let seed = 1; seed <= 40 && compared < directions; seed++) {
        // Half along the gradient, so that the derivative is large; half at random, so that all of it is tried.
        const random = new Random(seed, 'direction');
        const noise = gradients.map((g) => g.map(() => random.normal()));
        const noiseLength = norm(noise);
        const direction = gradients.map((g, i) => g.map((v, j) => v / length + noise[i]![j]! / noiseLength));
        const expected = gradients.reduce(
          (sum, g, i) => sum + g.reduce((t, v, j) => t + v * direction[i]![j]!, 0),
          0,
        );
        const [far, near] = [await slope(direction, step), await slope(direction, step / 2)];
        // A leaky ReLU that changes its side within the step makes the penalty jump: there is no derivative to
        // measure along this line, and the two steps disagree. Another direction then.
        if (Math.abs(far - near) > 5e-4 * Math.abs(near)) continue;
        compared++;
        const measured = (4 * near - far) / 3;
        const error = Math.abs(measured - expected) / Math.abs(expected);
        expect(error, `${player} ${measured} ${expected}`).toBeLessThan(1e-3);
      }
      expect(compared).toBe(directions);
    }
    await runner.dispose();
  });
});
