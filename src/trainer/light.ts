import { performance } from 'node:perf_hooks';
import { toGantryError } from '../base/errors.ts';
import { readCache } from '../dataset/index.ts';
import { createSampler, type Trainer } from '../gan/index.ts';
import { createLightEvaluator, type LightEvaluator, type LightFigures } from '../metrics/index.ts';
import type { TrainerStart } from './messages.ts';

/** Part of the training time that evaluating may take, at most. */
export const lightShare = 0.05;
/** Slices of the fixed latents that are measured. */
const slices = 256;
/** Real slices that are read; the evaluator draws from them. */
const mostRead = 4000;
/** First guess of the seconds that one evaluation takes at 64 pixels; after that, the last one is the guess. */
const guessedSeconds = 6;

export interface LightChecks {
  /**
   * Figures of the network as it stands, or undefined when they would take more than their share of the time, or
   * cannot be had (which is said once by an event). @param seconds training seconds of this session so far
   */
  measure(seconds: number): Promise<LightFigures | undefined>;
  dispose(): Promise<void>;
}

/** Whether one more evaluation of about `expected` seconds keeps all of them within their share of `seconds`. */
export function affords(spent: number, expected: number, seconds: number): boolean {
  return spent + expected <= lightShare * seconds;
}

/** Evaluations between steps, on latents that are the same for the whole run. They change nothing in the training. */
export function lightChecks(
  order: TrainerStart,
  trainer: Trainer,
  makeRunner: Parameters<typeof createSampler>[2],
  onFailure: (text: string) => void,
): LightChecks {
  let evaluator: LightEvaluator | undefined;
  let failed = false;
  let spent = 0;
  let expected = guessedSeconds * Math.max(1, (order.size / 64) ** 2);

  async function figures(): Promise<LightFigures> {
    evaluator ??= await reference(order, trainer.config.seed);
    const sampler = await createSampler(
      trainer.config,
      await trainer.emaWeights(),
      makeRunner,
      trainer.images,
    );
    try {
      const made = await sampler.generate(trainer.config.seed, 0, slices);
      const values = made.map((v) => Math.min(1, Math.max(-1, v)));
      return await evaluator.measure({ count: slices, size: order.size, values });
    } finally {
      await sampler.dispose();
    }
  }

  return {
    async measure(seconds) {
      if (failed || !affords(spent, expected, seconds)) return undefined;
      const began = performance.now();
      try {
        return await figures();
      } catch (error) {
        // A figure that cannot be had must not end a training.
        failed = true;
        onFailure(`The run is not evaluated while it trains: ${toGantryError(error).message}`);
        return undefined;
      } finally {
        expected = (performance.now() - began) / 1000;
        spent += expected;
      }
    },
    async dispose() {
      await evaluator?.dispose();
    },
  };
}

function reference(order: TrainerStart, seed: number): Promise<LightEvaluator> {
  const { cacheFile, count, size, subjects } = order;
  const step = Math.max(1, count / mostRead);
  const chosen = Array.from({ length: Math.min(count, mostRead) }, (_, i) => Math.floor(i * step));
  return createLightEvaluator({
    real: { count: chosen.length, size, values: readCache({ file: cacheFile, size, count }, chosen) },
    subjects: subjects === undefined ? undefined : chosen.map((i) => subjects[i]!),
    seed,
  });
}
