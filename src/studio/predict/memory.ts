import measured from '../../../resources/memory.json' with { type: 'json' };
import type { RunConfig } from '../../gan/index.ts';
import type { StepCost } from './cost.ts';

/**
 * Memory of the trainer process on the processor: what Node, the engine and one more lane take, and how much more
 * than the least possible ONNX Runtime's arenas keep. Fitted to measured peaks by scripts/memory.ts, which writes
 * both into resources/memory.json.
 */
export interface MemoryModel {
  readonly baseBytes: number;
  readonly laneBytes: number;
  readonly perActivation: number;
  readonly perState: number;
}

/** Peaks differ from the model by no more than this factor; a test holds the table to it. */
export const memoryFactor = 1.3;

/** On a device with memory of its own, only the least possible is known. */
const deviceFactor = 2;

/** Shards that are computed at the same time. */
export const lanesOf = ({ shards }: Pick<RunConfig, 'shards'>, threads: number) =>
  Math.max(1, Math.min(shards, threads));

/** Peak of the trainer's resident memory. */
export function cpuMemory(
  cost: Pick<StepCost, 'stateBytes' | 'activationBytes'>,
  lanes: number,
  model: MemoryModel = measured.model,
): number {
  return (
    model.baseBytes +
    model.laneBytes * (lanes - 1) +
    model.perActivation * cost.activationBytes * lanes +
    model.perState * cost.stateBytes
  );
}

/** Memory of a run's step by its graph: of the trainer process on the processor, else of the device. */
export function predictMemory(
  cost: StepCost,
  device: string,
  lanes: number,
): { readonly bytes: number; readonly factor: number } {
  if (device === 'cpu') return { bytes: cpuMemory(cost, lanes), factor: memoryFactor };
  return { bytes: cost.activationBytes + cost.stateBytes, factor: deviceFactor };
}
