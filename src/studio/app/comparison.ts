import { Random } from '../../base/random.ts';
import { prepareCache, readCache } from '../../dataset/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { loadModel } from '../generate/model.ts';

export interface ComparisonRequest {
  readonly run: string;
  /** Slices on each side, at most. */
  readonly count: number;
  readonly seed: number;
}

/**
 * Pixels of real and synthetic slices for a page that shows both through one window: 16-bit little-endian, 0 for -1
 * and 65535 for +1, `size` x `size` each; the real ones first. The synthetic ones are the first of the seed, the
 * real ones chosen at random by it; none is picked for its looks.
 * @throws NOT_FOUND, NO_INPUT, and what preparing images and sampling throw
 */
export async function comparePixels(
  ws: Workspace,
  { run: runId, count, seed }: ComparisonRequest,
  signal?: AbortSignal,
): Promise<{ figures: Record<string, number>; bytes: Uint8Array<ArrayBuffer> }> {
  const model = await loadModel(ws, runId);
  try {
    const { run } = model;
    const cache = await prepareCache(ws, run.dataset, { size: run.size, side: 'train', signal });
    const chosen = [...new Random(seed, 'sheet').permutation(cache.count).subarray(0, count)];
    const real = readCache(cache, chosen);
    const synthetic = await model.sampler.generate(seed, 0, count);
    const pixels = new Uint16Array(real.length + synthetic.length);
    pixels.set(toStored(real), 0);
    pixels.set(toStored(synthetic), real.length);
    return {
      figures: { size: run.size, real: chosen.length, synthetic: count, images: model.images },
      bytes: new Uint8Array(pixels.buffer),
    };
  } finally {
    await model.sampler.dispose();
  }
}

/** -1 .. +1 as 0 .. 65535, clamped. */
export function toStored(values: Float32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, (value) => Math.round(Math.min(1, Math.max(0, (value + 1) / 2)) * 65_535));
}
