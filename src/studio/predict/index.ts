import { totalmem } from 'node:os';
import type { Prediction } from '../../contract/index.ts';
import type { DeviceName } from '../../engine/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { keptTest, testDevice } from '../devices/index.ts';
import type { PlannedRun } from '../train/plan.ts';
import { flopsOf, imagesFor, type StepCost, stepCost } from './cost.ts';
import { parametersOf, predictDisk } from './disk.ts';
import { type History, historyOf } from './history.ts';
import { lanesOf, predictMemory } from './memory.ts';

export { type Correction, correctionText, corrector } from './correct.ts';
export { predictionText } from './words.ts';

/** The self-test's step is not the run's: on the machines that were tried, the truth lay within this factor. */
const selfTestFactor = 2;

export interface PredictOptions {
  /** Test the device now where no test of it is kept; default: then the time is not known. */
  readonly test?: boolean;
  /** As the self-test takes it. */
  readonly isQuiet?: () => boolean;
  /** Costs of a step, where the caller keeps them or has them computed elsewhere. */
  readonly cost?: (config: PlannedRun['plan']['gan']) => StepCost | Promise<StepCost>;
}

/**
 * Time, memory and disk of a run that has been settled, before it begins. Time is that of earlier runs here with the
 * same networks and device, else the step's operations at the speed of the device's self-test.
 * @throws what tracing the step throws (BAD_CONFIG, OP_UNSUPPORTED)
 */
export async function predictTraining(
  ws: Workspace,
  planned: PlannedRun,
  { test = false, isQuiet = () => true, cost: costOf = stepCost }: PredictOptions = {},
): Promise<Prediction> {
  const { plan, dataset } = planned;
  const { device } = planned;
  const history = historyOf(ws, planned);
  const cost = await costOf(plan.gan);
  const time = timeOf(planned, history ?? (await selfTested(ws, planned, cost, test ? isQuiet : null)));
  const memory = memoryOf(planned, cost, history);
  const disk = await predictDisk(ws, planned, time.images);
  return {
    device,
    batch: plan.gan.batch,
    slices: dataset.trainSlices,
    parameters: parametersOf(plan.gan),
    time,
    memory,
    disk,
    warnings: warningsOf(memory, disk),
  };
}

interface Rate {
  readonly basis: 'runs' | 'self-test';
  readonly imagesPerSecond: number;
  readonly factor: number;
}

/** The mean rate of the whole run at the speed of the device's test. @param isQuiet null: no test now */
async function selfTested(
  ws: Workspace,
  { device: name, images, minutes }: PlannedRun,
  cost: StepCost,
  isQuiet: (() => boolean) | null,
): Promise<Rate | null> {
  const device = name as DeviceName;
  const result =
    isQuiet === null ? await keptTest(device, ws.dir) : await testDevice(device, ws.dir, { isQuiet });
  if (result === undefined || 'code' in result || !result.ok) return null;
  const { flopsPerSecond } = result;
  const rate =
    images === null
      ? imagesFor(cost, (minutes ?? 1) * 60 * flopsPerSecond) / ((minutes ?? 1) * 60)
      : (images * flopsPerSecond) / flopsOf(cost, images);
  return { basis: 'self-test', imagesPerSecond: rate, factor: selfTestFactor };
}

function timeOf({ images, minutes, plan }: PlannedRun, known: History | Rate | null): Prediction['time'] {
  const seconds = minutes === null ? null : minutes * 60;
  const asked = minutes === null ? ('images' as const) : ('minutes' as const);
  if (known === null) {
    return { basis: 'none', given: asked, imagesPerSecond: null, factor: null, images, seconds };
  }
  const { imagesPerSecond, factor } = known;
  const { batch } = plan.gan;
  const given =
    seconds === null ? null : Math.max(1, Math.round((imagesPerSecond * seconds) / batch)) * batch;
  return {
    basis: 'basis' in known ? known.basis : 'runs',
    given: asked,
    imagesPerSecond,
    factor,
    images: images ?? given,
    seconds: seconds ?? (images === null ? null : images / imagesPerSecond),
  };
}

function memoryOf(
  { plan, device }: PlannedRun,
  cost: StepCost,
  history: History | null,
): Prediction['memory'] {
  const totalBytes = device === 'cpu' ? totalmem() : null;
  // Beside a GPU's memory, what the process keeps in main memory says little of what the device needs.
  if (device === 'cpu' && history?.memoryBytes != null) {
    return { basis: 'runs', bytes: history.memoryBytes, factor: 1.15, totalBytes };
  }
  const { bytes, factor } = predictMemory(cost, device, lanesOf(plan.gan, plan.threads));
  return { basis: 'graph', bytes, factor, totalBytes };
}

function warningsOf(memory: Prediction['memory'], disk: Prediction['disk']): Prediction['warnings'] {
  const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const warnings: Prediction['warnings'] = [];
  if (memory.totalBytes !== null && memory.bytes > 0.8 * memory.totalBytes) {
    warnings.push({
      code: 'memory-short',
      message: `The run needs about ${gb(memory.bytes)} of memory; this machine has ${gb(memory.totalBytes)}.`,
      action: 'Choose a smaller preset or size, or a smaller batch.',
    });
  }
  if (disk.bytes > 0.9 * disk.freeBytes) {
    warnings.push({
      code: 'disk-short',
      message: `The run writes up to ${gb(disk.bytes)}; the disk of the workspace has ${gb(disk.freeBytes)} free.`,
      action: 'Free some space, or keep fewer snapshots.',
    });
  }
  return warnings;
}
