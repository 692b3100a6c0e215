import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { createRunner, type Program, type Runner } from '../../../src/engine/index.ts';
import { strip } from '../../../src/gan/layers/params.ts';
import { activationsOf } from './activations.ts';
import { inputsOf, type Job } from './jobs.ts';

export interface StepFigures {
  readonly lossD: number;
  readonly lossG: number;
  readonly penalty?: number;
}

/** What the networks make of the first step's inputs. */
export interface Look {
  /** Generated images, and D's logits of real and generated images. */
  readonly images: readonly number[];
  readonly real: readonly number[];
  readonly fake: readonly number[];
  /** Mean and standard deviation of what every activation gives: G's, then D's on real, then on generated images. */
  readonly layers: readonly LayerFigures[];
}
export interface LayerFigures {
  readonly mean: number;
  readonly deviation: number;
}

export interface Trajectory {
  /** Before any training, and after the last step. */
  readonly first: Look;
  readonly last: Look;
  readonly steps: readonly StepFigures[];
}

/** The job in Gantry, traced and run by ONNX Runtime on the CPU. */
export async function ourTrajectory(job: Job, steps: number, threads: number): Promise<Trajectory> {
  const { config, graph } = job;
  const { batch, size } = config;
  const look: Program = {
    inputs: { real: [batch, 1, size, size], z: [batch, graph.generator.latent] },
    fn: (state, { real, z }) => {
      const [g, d] = [strip('g/', state), strip('d/', state)];
      const { made, activations } = activationsOf(() => {
        const images = graph.generator.apply(g, z!);
        const [ofReal, ofFake] = [real!, images].map((x) => graph.discriminator.apply(d, x));
        return { images, real: ofReal!, fake: ofFake! };
      });
      const figures = activations.flatMap((x, i) => {
        const mean = tf.mean(x);
        const deviation = tf.sqrt(tf.mean(tf.square(tf.sub(x, mean))));
        return [
          [`mean${i}`, tf.reshape(mean, [])],
          [`deviation${i}`, tf.reshape(deviation, [])],
        ] as const;
      });
      return { outputs: { ...made, ...Object.fromEntries(figures) } };
    },
  };
  const spec = { ...graph.spec, programs: { ...graph.spec.programs, look } };
  const runner: Runner = await createRunner(spec, { device: 'cpu', threads });
  try {
    runner.setState(job.weights);
    const lookAt = async (): Promise<Look> => {
      const { images, real, fake, ...figures } = await runner.run('look', { real: job.real(0), z: job.z(0) });
      const layers = Array.from({ length: Object.keys(figures).length / 2 }, (_, i) => ({
        mean: figures[`mean${i}`]![0]!,
        deviation: figures[`deviation${i}`]![0]!,
      }));
      return { images: [...images!], real: [...real!], fake: [...fake!], layers };
    };
    const first = await lookAt();
    const found: StepFigures[] = [];
    for (let step = 0; step < steps; step++) {
      const { program, inputs } = inputsOf(job, step);
      const { lossD, lossG, penalty } = await runner.run(program, inputs);
      found.push({
        lossD: lossD![0]!,
        lossG: lossG![0]!,
        ...(penalty ? { penalty: penalty[0]! } : {}),
      });
    }
    return { first, last: await lookAt(), steps: found };
  } finally {
    await runner.dispose();
  }
}

/** The same job in PyTorch (torch_trajectory.py). @throws with Python's own words when it fails */
export function torchTrajectory(job: Job, steps: number, threads: number, python: string): Trajectory {
  const { config, graph } = job;
  const { batch, size, optimiser, penalty, discriminator } = config;
  const folder = mkdtempSync(join(tmpdir(), 'gantry-trajectory-'));
  try {
    const names = Object.keys(job.weights);
    const description = {
      family: config.generator.family,
      widths: job.widths,
      groupChannels: discriminator.family === 'r3gan' ? discriminator.groupChannels : 0,
      minibatchGroup: discriminator.family === 'conv' ? discriminator.minibatchGroup : 0,
      steps,
      batch,
      size,
      latent: graph.generator.latent,
      rate: optimiser.generatorRate,
      betas: [optimiser.beta1, job.beta2],
      gamma: job.gamma,
      every: penalty.every,
      threads,
      parameters: names.map((name) => [name, graph.spec.state[name]]),
    };
    const inputs = Array.from({ length: steps }, (_, step) => [job.real(step), job.z(step)]).flat();
    writeFileSync(join(folder, 'job.json'), JSON.stringify(description));
    writeFileSync(join(folder, 'weights.f32'), bytesOf(names.map((name) => job.weights[name]!)));
    writeFileSync(join(folder, 'inputs.f32'), bytesOf(inputs));
    const script = join(import.meta.dirname, 'torch_trajectory.py');
    const run = spawnSync(python, [script, folder], { encoding: 'utf8', maxBuffer: 1e9 });
    if (run.status !== 0) throw new Error(`PyTorch's side failed: ${run.stderr || run.error?.message}`);
    const lines = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    return {
      first: lines[0] as Look,
      last: lines.at(-1) as Look,
      steps: lines.slice(1, -1) as StepFigures[],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bytesOf(parts: readonly Float32Array[]): Buffer {
  return Buffer.concat(parts.map((p) => Buffer.from(p.buffer, p.byteOffset, p.byteLength)));
}

/** Euclidean distance over the Euclidean norm of the second. */
export function relativeDistance(a: readonly number[], b: readonly number[]): number {
  const norm = (xs: readonly number[]) => Math.sqrt(xs.reduce((sum, x) => sum + x * x, 0));
  return a.length === b.length ? norm(a.map((x, i) => x - b[i]!)) / norm(b) : Number.POSITIVE_INFINITY;
}

/**
 * Largest difference of a layer's mean or standard deviation, as a share of the standard deviation; infinite when the
 * two do not have the same layers.
 */
export function layersApart(ours: Look, theirs: Look): number {
  if (ours.layers.length !== theirs.layers.length || ours.layers.length === 0)
    return Number.POSITIVE_INFINITY;
  return ours.layers.reduce((most, { mean, deviation }, i) => {
    const other = theirs.layers[i]!;
    const apart = Math.max(Math.abs(mean - other.mean), Math.abs(deviation - other.deviation));
    return Math.max(most, apart / other.deviation);
  }, 0);
}

/** Largest relative difference of any loss or penalty in steps [from, to). */
export function largestDifference(ours: Trajectory, theirs: Trajectory, from: number, to: number): number {
  let most = 0;
  for (let i = from; i < Math.min(to, ours.steps.length); i++) {
    for (const name of ['lossD', 'lossG', 'penalty'] as const) {
      const [a, b] = [ours.steps[i]![name], theirs.steps[i]![name]];
      if (a === undefined && b === undefined) continue;
      const difference = Math.abs(a! - b!) / Math.abs(b!);
      most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
    }
  }
  return most;
}
