import { GantryError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { Arrays, RunnerSpec } from '../engine/index.ts';
import { encodeLabels, type LabelRequest, labelColumns, labelsOfSlice } from './conditions.ts';
import type { RunConfig } from './config.ts';
import { phaseAt } from './growth.ts';
import { type ParamSpecs, shapesOf } from './layers/params.ts';
import { generatorAfter } from './networks/build.ts';
import type { RunnerFactory } from './players.ts';
import { checkTruncation, meanStyles, truncateLatents, truncationPrograms } from './truncation.ts';
import type { Weights } from './types.ts';

export interface Sampler {
  readonly size: number;
  readonly device: string;
  /**
   * Slices firstIndex .. firstIndex + count - 1 of a seed: float32 [count, 1, size, size], about [-1, 1], not
   * clamped. Slice i of a seed is bit for bit the same whatever else is asked for with it.
   * @param labels of a conditional run; default: as in the training data
   * @param truncation 1 (none, the default) to 0 (least variety), see truncation.ts
   * @throws GantryError BAD_CONFIG for labels or a truncation that are not possible for this run
   */
  generate(
    seed: number,
    firstIndex: number,
    count: number,
    labels?: LabelRequest,
    truncation?: number,
  ): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Images that are made at once. Slice i is always made at place i mod BATCH beside the same neighbours: a matrix
 * product may round a row differently at another place (seen with ONNX Runtime), so equal bits need equal places.
 */
const BATCH = 16;

/** @throws GantryError BAD_CHECKPOINT when weights are missing or of another shape than a network's */
export function checkWeights(specs: ParamSpecs, weights: Weights): void {
  for (const [name, { shape }] of Object.entries(specs)) {
    if (weights[name]?.shape.join() !== shape.join()) {
      throw new GantryError(
        'BAD_CHECKPOINT',
        `The generator's weight ${name} is missing or of another shape.`,
      );
    }
  }
}

/** State of a runner that holds a generator: its weights by name. */
export function weightValues(specs: ParamSpecs, weights: Weights): Arrays {
  return Object.fromEntries(Object.keys(specs).map((name) => [name, weights[name]!.data]));
}

/** Latent of slice `index` of a seed, drawn into `z`. */
export function drawLatent(z: Float32Array, seed: number, index: number): Float32Array {
  return new Random(seed, 'latent', index).fillNormal(z);
}

/**
 * Makes images from the moving average of a generator.
 * @param images that the run had seen when it had these weights: a progressive run may have been small then (see
 *   generatorAfter); default: all of them
 * @throws GantryError BAD_CHECKPOINT when weights do not fit
 */
export async function createSampler(
  config: RunConfig,
  emaWeights: Weights,
  runnerFactory: RunnerFactory,
  images = Number.POSITIVE_INFINITY,
): Promise<Sampler> {
  const generator = generatorAfter(config, images);
  const { latent, specs } = generator;
  checkWeights(specs, emaWeights);
  const { conditions } = config;
  const columns = labelColumns(conditions);
  // The share of a fade is written into the program, whose name tells kept graphs apart.
  const { fading, alpha } = phaseAt(config.size, config.progressive, images);
  const own = (name: string) => (fading ? `${name} ${alpha}` : name);
  const styled =
    generator.style === null ? null : truncationPrograms(generator.style, BATCH, latent, columns);
  const spec: RunnerSpec = {
    state: shapesOf(specs),
    programs: {
      [own('sample')]: {
        inputs: { z: [BATCH, latent], ...(columns > 0 ? { labels: [BATCH, columns] } : {}) },
        fn: (state, inputs) => ({ outputs: { images: generator.apply(state, inputs.z!, inputs.labels) } }),
      },
      ...(styled === null ? {} : { meanStyle: styled.meanStyle, [own('truncated')]: styled.truncated }),
    },
  };
  const runner = await runnerFactory(spec);
  runner.setState(weightValues(specs, emaWeights));
  const pixels = config.size ** 2;
  const meanOf = meanStyles(runner, latent, config.seed);

  /** Images of a block, whose labels and latents are given. */
  async function make(inputs: Arrays, psi: number): Promise<Float32Array> {
    if (psi === 1 || generator.style === null) return (await runner.run(own('sample'), inputs)).images!;
    const { width } = generator.style;
    const mean = new Float32Array(BATCH * width);
    for (let i = 0; i < BATCH; i++) {
      const row = inputs.labels?.slice(i * columns, (i + 1) * columns) ?? null;
      mean.set(await meanOf(row), i * width);
    }
    return (await runner.run(own('truncated'), { ...inputs, mean, psi: Float32Array.of(psi) })).images!;
  }

  return {
    size: config.size,
    device: runner.device,
    async generate(seed, firstIndex, count, request = 'as-data', truncation = 1) {
      checkTruncation(truncation, config.generator.family);
      const images = new Float32Array(count * pixels);
      const end = firstIndex + count;
      for (let block = firstIndex - (firstIndex % BATCH); block < end; block += BATCH) {
        const z = new Float32Array(BATCH * latent);
        for (let i = 0; i < BATCH; i++) {
          const own = z.subarray(i * latent, (i + 1) * latent);
          drawLatent(own, seed, block + i);
          if (truncation < 1 && styled === null) truncateLatents(own, truncation, seed, block + i);
        }
        const inputs: Arrays = { z };
        if (conditions !== null) {
          inputs.labels = new Float32Array(BATCH * columns);
          for (let i = 0; i < BATCH; i++) {
            const values = labelsOfSlice(conditions, request, seed, block + i);
            inputs.labels.set(encodeLabels(conditions, values), i * columns);
          }
        }
        const made = await make(inputs, truncation);
        const [from, to] = [Math.max(block, firstIndex), Math.min(block + BATCH, end)];
        images.set(
          made.subarray((from - block) * pixels, (to - block) * pixels),
          (from - firstIndex) * pixels,
        );
      }
      return images;
    },
    dispose: () => runner.dispose(),
  };
}
