import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createEagerRunner, createRunner, type RunnerSpec, type Tensors } from '../../../src/engine/index.ts';
import type { RunConfig } from '../../../src/gan/config.ts';
import { type Checkpoint, createTrainer, parseRunConfig } from '../../../src/gan/index.ts';
import { initialise, type Params, shapesOf } from '../../../src/gan/layers/params.ts';
import { buildGenerator } from '../../../src/gan/networks/build.ts';
import { valueAndGradients } from '../../../src/gan/objectives.ts';
import { drawPathNoise, pathLengths, pathPenalty } from '../../../src/gan/path-length.ts';
import type { PathLength } from '../../../src/gan/path-length-settings.ts';
import { kindsOf, programOf } from '../../../src/gan/step-kinds.ts';
import { withSettings } from '../../../src/studio/train/settings.ts';
import { blobSource, conditions, smallConfig } from './support.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 1 });

function withPaths(pathLength: PathLength | null, changes: Partial<RunConfig> = {}): RunConfig {
  const config = smallConfig('stylegan2', changes);
  if (config.generator.family !== 'stylegan2') throw new Error('not the style-based generator');
  return { ...config, generator: { ...config.generator, pathLength } };
}
const often = { weight: 2, every: 2, decay: 0.1 };

beforeAll(async () => {
  // Registers the gradients and the backend.
  await createEagerRunner({ state: {}, programs: {} });
});

describe('the length of paths', () => {
  it('is that of a Jacobian of finite differences', () => {
    const config = withPaths(often, { batch: 6 });
    const generator = buildGenerator(config);
    const g: Params = Object.fromEntries(
      Object.entries(initialise(generator.specs, 3, 'g')).map(([name, data]) => [
        name,
        tf.tensor(data, [...generator.specs[name]!.shape]),
      ]),
    );
    const draw = new Random(1, 'z');
    const z = tf.tensor(draw.fillNormal(new Float32Array(6 * generator.latent)), [6, generator.latent]);
    const noise = drawPathNoise(config, { size: 16, fading: false }, 4);
    const found = pathLengths(generator, g, { z, pathNoise: tf.tensor(noise, [6, 1, 16, 16]) });
    expect(found.shape).toEqual([3]);

    const { map, synthesise, width } = generator.style!;
    const w = map(g, z);
    const along = (image: Float32Array, sample: number) => {
      let sum = 0;
      for (let i = 0; i < 256; i++) sum += image[sample * 256 + i]! * noise[sample * 256 + i]!;
      return sum / 16;
    };
    const squares = [0, 0, 0];
    // Small, because a leaky ReLU that changes its side within the step bends the line.
    const step = 3e-4;
    for (let k = 0; k < width; k++) {
      const unit = tf.tensor(
        Array.from({ length: width }, (_, i) => (i === k ? step : 0)),
        [1, width],
      );
      const [up, down] = [tf.add(w, unit), tf.sub(w, unit)].map(
        (at) => synthesise(g, at).dataSync() as Float32Array,
      );
      for (let s = 0; s < 3; s++) squares[s]! += ((along(up!, s) - along(down!, s)) / (2 * step)) ** 2;
    }
    const expected = squares.map(Math.sqrt);
    for (const [s, length] of [...found.dataSync()].entries()) {
      expect(Math.abs(length / expected[s]! - 1)).toBeLessThan(5e-3);
    }
  });

  it.each(['eager', 'traced', 'conditional'] as const)(
    'has gradients for all of the generator, %s',
    async (how) => {
      const config = withPaths(often, { size: 8, conditions: how === 'conditional' ? conditions : null });
      const generator = buildGenerator(config);
      const drawn = blobSource(8, 12, how === 'conditional').next(4);
      const columns = (drawn.labels?.length ?? 0) / 4;
      const memory = { 'paths/mean': tf.tensor([0.3]), 'paths/weight': tf.tensor([0.5]) };
      const spec: RunnerSpec = {
        state: shapesOf(generator.specs),
        programs: {
          penalty: {
            inputs: {
              z: [4, generator.latent],
              pathNoise: [4, 1, 8, 8],
              ...(columns > 0 ? { labels: [4, columns] } : {}),
            },
            fn: (state: Tensors, inputs: Tensors) => {
              const fixed = Object.fromEntries(
                Object.entries(memory).map(([name, t]) => [name, tf.tensor([...t.dataSync()])]),
              );
              const { value, gradients } = valueAndGradients((p) => {
                const penalty = pathPenalty(pathLengths(generator, p, inputs), fixed);
                // The lengths do not depend on the last biases, the images do.
                const images = generator.apply(p, inputs.z!, inputs.labels);
                return tf.add(penalty, tf.mean(tf.square(images))) as tf.Scalar;
              }, state);
              return { outputs: { value: tf.reshape(value, []), ...gradients } };
            },
          },
        },
      };
      const runner = how === 'eager' ? await createEagerRunner(spec) : await traced(spec);
      const random = new Random(5, 'test');
      const start = Object.fromEntries(
        Object.entries(initialise(generator.specs, 3, 'g')).map(([name, v]) => [
          name,
          v.map((x) => x + 0.1 * random.normal()),
        ]),
      );
      const inputs = {
        z: random.fillNormal(new Float32Array(4 * generator.latent)),
        pathNoise: drawPathNoise(config, { size: 8, fading: false }, 0),
        ...(drawn.labels === null ? {} : { labels: drawn.labels }),
      };
      const at = async (state: Record<string, Float32Array>) => {
        runner.setState(state);
        return runner.run('penalty', inputs);
      };
      const here = await at(start);
      const names = Object.keys(start);
      // Mapping and synthesis both shorten paths.
      for (const name of ['map0.w', 'l8.up.w', 'l4.conv0.w']) {
        if (name in here) expect(Math.max(...here[name]!.map(Math.abs)), name).toBeGreaterThan(0);
      }
      let compared = 0;
      for (let seed = 1; seed <= 30 && compared < 2; seed++) {
        const line = new Random(seed, 'direction');
        const length = Math.hypot(...names.map((name) => Math.hypot(...here[name]!)));
        const direction = names.map((name) =>
          here[name]!.map((v) => v / length + line.normal() / Math.sqrt(2000)),
        );
        const slope = async (step: number) => {
          const moved = (by: number) =>
            Object.fromEntries(
              names.map((name, i) => [name, start[name]!.map((v, j) => v + by * direction[i]![j]!)]),
            );
          const [up, down] = [await at(moved(step)), await at(moved(-step))];
          return (up.value![0]! - down.value![0]!) / (2 * step);
        };
        const expected = names.reduce(
          (sum, name, i) => sum + here[name]!.reduce((t, v, j) => t + v * direction[i]![j]!, 0),
          0,
        );
        // Embeddings start ten times as large as other weights, so kinks come as much sooner.
        const step = how === 'conditional' ? 2e-4 : 2e-3;
        const [far, near] = [await slope(step), await slope(step / 2)];
        // A leaky ReLU that changes its side within the step: no derivative along this line.
        if (Math.abs(far - near) > 1e-3 * Math.abs(near)) continue;
        compared++;
        expect(Math.abs((4 * near - far) / 3 / expected - 1)).toBeLessThan(2e-3);
      }
      expect(compared).toBe(2);
      await runner.dispose();
    },
  );
});

describe('a run with path length regularisation', () => {
  it('has a kind of step for each meeting of its intervals, with its share', () => {
    const config = withPaths({ ...often, every: 4 });
    const all = kindsOf({ ...config, penalty: { ...config.penalty, every: 8 } });
    expect(Object.fromEntries(all.map(({ kind, share }) => [programOf(kind), share]))).toEqual({
      'penalised-paths': 1 / 8,
      paths: 1 / 8,
      plain: 6 / 8,
    });
    const without = kindsOf(withPaths(null, { penalty: { ...config.penalty, every: 1 } }));
    expect(without).toEqual([{ kind: { penalised: true, paths: false }, share: 1 }]);
  });

  it.each([1, 2])('keeps the mean of the lengths so far, in %d shards', async (shards) => {
    const config = withPaths(often, { shards });
    const trainer = await createTrainer(config, blobSource(16), traced);
    const lengths: number[] = [];
    const penalties: number[] = [];
    for (let i = 0; i < 7; i++) {
      const { extra } = await trainer.step();
      expect('pathLength' in extra).toBe(i % 2 === 0);
      if (i % 2 === 0) lengths.push(extra.pathLength!);
      if (i % 2 === 0) penalties.push(extra.pathPenalty!);
    }
    const { tensors } = await trainer.checkpoint();
    await trainer.dispose();
    const weights = lengths.map((_, i) => 0.1 * 0.9 ** (lengths.length - 1 - i));
    const sum = lengths.reduce((t, length, i) => t + length * weights[i]!, 0);
    expect(tensors['paths/mean']!.data[0]).toBeCloseTo(sum, 5);
    expect(tensors['paths/weight']!.data[0]).toBeCloseTo(1 - 0.9 ** 4, 5);
    // Nothing is asked before there is a mean; then at least the squared distance of the mean length from it.
    expect(penalties[0]).toBe(0);
    expect(penalties[1]!).toBeGreaterThan((lengths[1]! - lengths[0]!) ** 2 - 1e-9);
  });

  it('brings the lengths nearer together', async () => {
    const spread = async (pathLength: PathLength | null, seed: number) => {
      const config = withPaths(pathLength, { batch: 8, seed });
      const trainer = await createTrainer(config, blobSource(16), traced);
      for (let i = 0; i < 80; i++) await trainer.step();
      const { tensors } = await trainer.checkpoint();
      await trainer.dispose();
      const generator = buildGenerator(config);
      const g = Object.fromEntries(
        Object.keys(generator.specs).map((name) => {
          const { shape, data } = tensors[`g/${name}`]!;
          return [name, tf.tensor(data, [...shape])];
        }),
      );
      const n = 128;
      const z = new Random(8, 'z').fillNormal(new Float32Array(n * generator.latent));
      const noise = drawPathNoise({ ...config, batch: n }, { size: 16, fading: false }, 0);
      const lengths = pathLengths(generator, g, {
        z: tf.tensor(z, [n, generator.latent]),
        pathNoise: tf.tensor(noise, [n, 1, 16, 16]),
      });
      return Math.sqrt(tf.moments(lengths).variance.dataSync()[0]!);
    };
    // Their deviation, which is what the penalty squares; one seed of so short a run would be chance.
    let [regularised, free] = [0, 0];
    for (const seed of [1, 2, 3]) {
      regularised += await spread({ weight: 100, every: 1, decay: 0.1 }, seed);
      free += await spread(null, seed);
    }
    expect(regularised).toBeLessThan(0.9 * free);
  });

  it('goes on from a checkpoint bit for bit', async () => {
    const config = withPaths({ ...often, every: 3 }, { shards: 2 });
    const whole = await createTrainer(config, blobSource(16), traced);
    for (let i = 0; i < 4; i++) await whole.step();
    const checkpoint = await whole.checkpoint();
    const resumed = await createTrainer(config, blobSource(16), traced);
    await resumed.restore({
      tensors: structuredClone(checkpoint.tensors),
      state: JSON.parse(JSON.stringify(checkpoint.state)),
    });
    for (let i = 0; i < 6; i++) expect(await resumed.step()).toEqual(await whole.step());
    const [a, b] = [await whole.checkpoint(), await resumed.checkpoint()];
    expect(b).toEqual(a);
    await Promise.all([whole.dispose(), resumed.dispose()]);
  });

  it('may begin or end with a branch, and a checkpoint from before it was known resumes', async () => {
    const plain = withPaths(null);
    const old = await createTrainer(plain, blobSource(16), traced);
    await old.step();
    const made = await old.checkpoint();
    await old.dispose();
    const state = JSON.parse(JSON.stringify(made.state));
    delete state.config.generator.pathLength;
    delete state.guard.recent['normG/paths'];
    const before: Checkpoint = { tensors: made.tensors, state };

    for (const pathLength of [null, often]) {
      const next = await createTrainer(withPaths(pathLength), blobSource(16), traced);
      await next.restore(before);
      expect('pathLength' in (await next.step()).extra).toBe(false);
      expect('pathLength' in (await next.step()).extra).toBe(pathLength !== null);
      if (pathLength !== null) {
        const end = await createTrainer(plain, blobSource(16), traced);
        await end.restore(await next.checkpoint());
        await end.step();
        await end.dispose();
      }
      await next.dispose();
    }
  });

  it('is a setting of the style-based presets', () => {
    const on = withSettings(smallConfig('stylegan2'), 'generator.pathLength.weight=1');
    expect(on.generator).toMatchObject({ pathLength: { weight: 1, every: 4, decay: 0.01 } });
    expect(withSettings(on, 'generator.pathLength=null').generator).toMatchObject({ pathLength: null });
    const { pathLength: _, ...older } = smallConfig('stylegan2').generator as { pathLength: null };
    expect(parseRunConfig({ ...smallConfig('stylegan2'), generator: older }).generator).toMatchObject({
      pathLength: null,
    });
    expect(() => withSettings(smallConfig('dcgan'), 'generator.pathLength.weight=1')).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG' }),
    );
  });
});
