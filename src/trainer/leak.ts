import { toGantryError } from '../base/errors.ts';
import { type BatchSource, createSampler, leakTest, leakText, type Trainer } from '../gan/index.ts';

/** Generated and real slices that are compared; fewer real ones than this cannot tell their spread. */
const SLICES = 256;
const MOST_REALS = 1000;
const LEAST_REALS = 100;

/**
 * The leak test at the end of a run (src/gan/leak.ts) as an event: `augmentation-leak`, a warning, or `leak-test`.
 * @param probability of augmentation that the run ended with
 * @returns null for sets too small to tell; a test that cannot be made says so and ends no run
 */
export async function leakEvent(
  trainer: Trainer,
  source: BatchSource,
  makeRunner: Parameters<typeof createSampler>[2],
  probability: number,
): Promise<{ readonly kind: string; readonly text: string } | null> {
  const { config, images } = trainer;
  if (source.count < LEAST_REALS || source.reference === undefined) return null;
  try {
    const sampler = await createSampler(config, await trainer.emaWeights(), makeRunner, images);
    try {
      const verdict = leakTest({
        generated: await sampler.generate(config.seed, 0, SLICES),
        real: source.reference(Math.min(MOST_REALS, source.count)).images,
        size: config.size,
        augmentation: config.augmentation,
        probability,
        seed: config.seed,
      });
      return {
        kind: verdict.leaks ? 'augmentation-leak' : 'leak-test',
        text: leakText(verdict, probability),
      };
    } finally {
      await sampler.dispose();
    }
  } catch (error) {
    return { kind: 'leak-test', text: `The leak test could not be made: ${toGantryError(error).message}` };
  }
}
