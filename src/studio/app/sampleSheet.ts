import { encode } from 'fast-png';
import { throwIfCancelled } from '../../base/errors.ts';
import { drawImage, greyCanvas } from '../../display/canvas.ts';
import { montage } from '../../display/montage.ts';
import { windowToGrey } from '../../display/window.ts';
import { createRunner } from '../../engine/index.ts';
import { createSampler } from '../../gan/index.ts';
import { readCheckpoint } from '../../trainer/checkpoint.ts';

const columns = 6;
const count = 36;
/** Slices between two looks at whether the sheet is still wanted. */
const atOnce = 16;

/** Pixels of a sheet of slices of that edge; its PNG is smaller. */
export function sheetPixels(size: number): number {
  const { width, height } = gridOf(size);
  return width * height;
}

const gridOf = (size: number) =>
  montage({ count, columns, cellWidth: size, cellHeight: size, gap: Math.max(1, size / 32) });

/**
 * Slices 0 .. 35 of a seed from a checkpoint's generator, in one grid; an 8-bit grey PNG. The latents are the
 * same at every checkpoint, so that sheets show how the same slices grow.
 *
 * @throws what reading a checkpoint and sampling throw, CANCELLED
 */
export async function drawSampleSheet(
  checkpointFolder: string,
  seed: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { config, ema, images: seen } = await readCheckpoint(checkpointFolder);
  // One thread: a run may be training beside it.
  const sampler = await createSampler(
    config,
    ema,
    (spec) => createRunner(spec, { device: 'cpu', threads: 1 }),
    seen,
  );
  try {
    const { size } = sampler;
    const images = new Float32Array(count * size * size);
    for (let first = 0; first < count; first += atOnce) {
      throwIfCancelled(signal);
      const some = Math.min(atOnce, count - first);
      images.set(await sampler.generate(seed, first, some), first * size * size);
    }
    const grid = gridOf(size);
    const sheet = greyCanvas(grid.width, grid.height);
    for (let i = 0; i < count; i++) {
      const data = windowToGrey(images.subarray(i * size * size, (i + 1) * size * size), {
        low: -1,
        high: 1,
      });
      const { x, y } = grid.cell(i);
      drawImage(sheet, { width: size, height: size, data }, x, y);
    }
    return encode({ width: sheet.width, height: sheet.height, data: sheet.data, channels: 1, depth: 8 });
  } finally {
    await sampler.dispose();
  }
}
