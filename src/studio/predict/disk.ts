import { statfs } from 'node:fs/promises';
import type { Prediction } from '../../contract/index.ts';
import { missingCacheBytes } from '../../dataset/index.ts';
import { sizeOf } from '../../engine/index.ts';
import type { RunConfig } from '../../gan/index.ts';
import { trainingGraph } from '../../gan/training-program.ts';
import { weightsMetadata } from '../../trainer/checkpoint.ts';
import { safetensorsBytes } from '../../trainer/safetensors.ts';
import type { Workspace } from '../../workspace/index.ts';
import { sheetPixels } from '../app/sampleSheet.ts';
import type { PlannedRun } from '../train/plan.ts';

/** What stands beside the weights of a snapshot and of a sheet: manifest with configuration, PNG chunks. */
const besideBytes = 16_384;

/** Length of a snapshot's weights file, to the byte. @param images seen, whose digits stand in the file */
export function checkpointBytes(config: RunConfig, images: number): number {
  return safetensorsBytes(trainingGraph(config).spec.state, weightsMetadata(images));
}

/** Trainable values of both networks. */
export function parametersOf(config: RunConfig): Prediction['parameters'] {
  const { generator, discriminator } = trainingGraph(config);
  const sum = (specs: Readonly<Record<string, { readonly shape: readonly number[] }>>) =>
    Object.values(specs).reduce((total, { shape }) => total + sizeOf(shape), 0);
  return { generator: sum(generator.specs), discriminator: sum(discriminator.specs) };
}

/**
 * Disk that a run takes. A run of unknown length is taken to write as many snapshots as it keeps.
 * @param images length of the run; null when it is not known
 */
export async function predictDisk(
  ws: Workspace,
  { dataset, plan }: PlannedRun,
  images: number | null,
): Promise<Prediction['disk']> {
  const { gan, keep, checkpointEvery } = plan;
  const weights = checkpointBytes(gan, images ?? 0);
  const written = images === null ? keep + 1 : Math.ceil(images / checkpointEvery);
  // The newest ones and the best one; while one more is written, all of them are still there.
  const checkpoints = Math.min(written, keep + 1);
  const atOnce = Math.min(written, keep + 2);
  const samplesBytes = written * (sheetPixels(gan.size) + besideBytes);
  const cacheBytes = missingCacheBytes(
    ws,
    dataset.name,
    { size: gan.size, side: 'train' },
    dataset.trainSlices,
  );
  const { bavail, bsize } = await statfs(ws.dir);
  return {
    checkpointBytes: weights,
    checkpoints,
    samplesBytes,
    cacheBytes,
    bytes: atOnce * (weights + besideBytes) + samplesBytes + cacheBytes,
    freeBytes: bavail * bsize,
  };
}
