import { GantryError } from '../../base/errors.ts';
import { createRunner, type RunnerSpec } from '../../engine/index.ts';
import { createSampler, type RunConfig, type Sampler, type Weights } from '../../gan/index.ts';
import { readBest } from '../../trainer/best.ts';
import { listCheckpoints, readCheckpoint } from '../../trainer/checkpoint.ts';
import type { RunRecord, Workspace } from '../../workspace/index.ts';

/** A run's generator as one of its checkpoints holds it. */
export interface OpenedGenerator {
  readonly run: RunRecord;
  /** SHA-256 of the checkpoint's weights. */
  readonly sha256: string;
  /** Images that it had seen. */
  readonly images: number;
  readonly checkpoint: string;
  readonly config: RunConfig;
  /** Its moving average. */
  readonly ema: Weights;
}

export interface Model extends OpenedGenerator {
  readonly sampler: Sampler;
}

/** Where generators work. */
export const onCpu = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu' });

/**
 * The generator (its moving average) of a run's newest checkpoint, or of its best or another one.
 * @throws NOT_FOUND without such a run, NO_INPUT without a checkpoint, BAD_CHECKPOINT
 */
export async function openGenerator(
  ws: Workspace,
  runId: string,
  which = 'newest',
): Promise<OpenedGenerator> {
  const run = ws.run(runId);
  const all = await listCheckpoints(ws.runDir(runId));
  const best = which === 'best' ? await readBest(ws.runDir(runId)) : null;
  const newest =
    which === 'newest'
      ? all.at(-1)
      : all.find(({ name, images }) => name === best?.name || String(images) === which);
  if (newest === undefined && all.length > 0) {
    throw new GantryError(
      'NOT_FOUND',
      which === 'best'
        ? `No checkpoint of ${runId} was measured yet.`
        : `${runId} has no checkpoint "${which}".`,
      { action: `It has them at: ${all.map(({ images }) => images).join(', ')} images.` },
    );
  }
  if (newest === undefined) {
    throw new GantryError('NO_INPUT', `${runId} has no checkpoint yet.`, {
      action: 'Wait for the first checkpoint, or stop the run, which writes one.',
    });
  }
  const { config, ema, sha256, images } = await readCheckpoint(newest.folder);
  return { run, sha256, images, checkpoint: newest.name, config, ema };
}

/** That generator ready to make slices on the CPU. @throws the same */
export async function loadModel(ws: Workspace, runId: string, which = 'newest'): Promise<Model> {
  const opened = await openGenerator(ws, runId, which);
  const { config, ema, images } = opened;
  return { ...opened, sampler: await createSampler(config, ema, onCpu, images) };
}
