import { isDeepStrictEqual } from 'node:util';
import { importedDataset } from '../../base/importedDataset.ts';
import type { Workspace } from '../../workspace/index.ts';
import { type PlannedRun, readPlan } from '../train/plan.ts';

/** A run shorter than this says little of the rate: its first steps are slow. */
const leastSeconds = 20;
const mostRuns = 5;
/** How far a rate of the same run on the same machine is off at least, for what else the machine does. */
const leastFactor = 1.15;

export interface History {
  readonly imagesPerSecond: number;
  /** Largest distance of one of these runs from their mean, at least 1.15. */
  readonly factor: number;
  /** Largest that was noted; null when none was. */
  readonly memoryBytes: number | null;
}

/** What decides how fast a run is and how much it keeps: everything but seeds, schedules and words. */
function effort({ plan, device }: Pick<PlannedRun, 'plan' | 'device'>) {
  const { size, batch, shards, loss, generator, discriminator, penalty, conditions, augmentation } = plan.gan;
  const { progressive } = plan.gan;
  const { gamma: _, ...penalised } = penalty;
  return {
    device,
    threads: plan.threads,
    size,
    batch,
    shards,
    loss,
    generator,
    discriminator,
    penalised,
    progressive,
    isConditional: conditions !== null,
    isAdaptive: augmentation.adaptive !== null,
  };
}

/** What earlier runs of this workspace with the same networks, batch and device took; null where there is none. */
export function historyOf(ws: Workspace, planned: PlannedRun): History | null {
  const wanted = effort(planned);
  const alike = ws.runs().filter((run) => {
    // An imported run's seconds are another machine's.
    if (run.dataset === importedDataset) return false;
    if (run.seconds < leastSeconds || run.images === 0 || run.device !== planned.device) return false;
    try {
      return isDeepStrictEqual(effort({ plan: readPlan(run), device: run.device }), wanted);
    } catch {
      return false; // A configuration of another version.
    }
  });
  const newest = alike.slice(-mostRuns);
  if (newest.length === 0) return null;
  const seconds = newest.reduce((sum, run) => sum + run.seconds, 0);
  const imagesPerSecond = newest.reduce((sum, run) => sum + run.images, 0) / seconds;
  const factor = newest.reduce((most, run) => {
    const ratio = run.images / run.seconds / imagesPerSecond;
    return Math.max(most, ratio, 1 / ratio);
  }, leastFactor);
  const memoryMb = newest
    .map(({ id }) => ws.metrics(id, { maxPoints: 2 }).at(-1)?.extra.memoryMb)
    .filter((value) => value !== undefined && Number.isFinite(value))
    .reduce<number | null>((most, value) => Math.max(most ?? 0, value ?? 0), null);
  return { imagesPerSecond, factor, memoryBytes: memoryMb === null ? null : memoryMb * 1e6 };
}
