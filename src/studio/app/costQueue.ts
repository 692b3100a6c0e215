import { GantryError } from '../../base/errors.ts';
import type { RunConfig } from '../../gan/index.ts';
import type { StepCost } from '../predict/cost.ts';
import { costInThread } from './costThread.ts';

/** Costs that are kept; a dialog goes through a few dozen. */
const keptCosts = 200;

interface Entry {
  readonly made: Promise<StepCost>;
  /** Of those who wait for it; undefined: one who cannot give up. */
  readonly askers: (AbortSignal | undefined)[];
}

/** Costs of a step, each counted once and one at a time; what nobody waits for any more is not counted. */
export class CostQueue {
  private readonly entries = new Map<string, Entry>();
  private last: Promise<unknown> = Promise.resolve();

  /** @throws what tracing the step throws; CANCELLED once all who asked have given up */
  of(config: RunConfig, signal?: AbortSignal): Promise<StepCost> {
    const key = JSON.stringify({ ...config, seed: 0 });
    const known = this.entries.get(key);
    if (known !== undefined) {
      known.askers.push(signal);
      return known.made;
    }
    const askers = [signal];
    const made = this.last
      .then(() => {
        if (askers.some((asker) => asker?.aborted !== true)) return costInThread(config);
        throw new GantryError('CANCELLED', 'Nobody waits for this cost any more.');
      })
      .catch((error) => {
        this.entries.delete(key);
        throw error;
      });
    this.entries.set(key, { made, askers });
    this.last = made.catch(() => undefined);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= keptCosts) break;
      this.entries.delete(oldest);
    }
    return made;
  }
}
