import ort from 'onnxruntime-node';
import type { Shape } from '../types.ts';
import { sessionError } from './session.ts';

/** A float32 value that a session reads or writes in place. */
export interface Bound {
  readonly name: string;
  readonly data: Float32Array;
  readonly shape: Shape;
}

/** Runs a session on values in fixed memory. @throws GantryError as sessionError says */
export async function execute(
  session: ort.InferenceSession,
  feeds: Readonly<Record<string, ort.Tensor>>,
  fetches: Readonly<Record<string, ort.Tensor>>,
): Promise<void> {
  try {
    release(await session.run(feeds, fetches), fetches);
  } catch (error) {
    throw sessionError(error);
  }
}

export function bind(values: readonly Bound[]): Record<string, ort.Tensor> {
  return Object.fromEntries(
    values.map(({ name, data, shape }) => [name, new ort.Tensor('float32', data, [...shape])]),
  );
}

/**
 * onnxruntime-node writes into the preallocated tensors, but returns copies beside them. Freed at once, their
 * memory serves the next run; left to the collector it is fresh memory every time, whose page faults cost more
 * than the copies (measured: 2 MB of state, 11 to 70 ms a run against 4).
 */
function release(returned: ort.InferenceSession.ReturnType, own: Readonly<Record<string, ort.Tensor>>): void {
  const kept = new Set<ArrayBufferLike>(Object.values(own).map((t) => (t.data as Float32Array).buffer));
  for (const { data } of Object.values(returned)) {
    const { buffer } = data as Float32Array;
    if (buffer instanceof ArrayBuffer && !kept.has(buffer)) buffer.transfer(0);
  }
}

let kept = false;

/**
 * glibc hands freed blocks above a threshold back to the system, and raises that threshold to the largest block that
 * it has seen freed (32 MB at most). Without one large block at the start, every step's copies would be fresh pages.
 */
export function keepFreedMemory(): void {
  if (!kept) new ArrayBuffer(31_000_000).transfer(0);
  kept = true;
}
