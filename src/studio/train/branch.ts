import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { parseRunConfig, phaseAt, type RunConfig, sameGrowth } from '../../gan/index.ts';
import { type CheckpointEntry, listCheckpoints, readCheckpoint } from '../../trainer/checkpoint.ts';
import type { Workspace } from '../../workspace/index.ts';
import { withSettings } from './settings.ts';

/** The newest checkpoint whose weights are those that were saved; a damaged one is said and passed over. */
export async function newestIntact(ws: Workspace, id: string): Promise<CheckpointEntry | null> {
  for (const entry of (await listCheckpoints(ws.runDir(id))).reverse()) {
    try {
      await readCheckpoint(entry.folder);
      return entry;
    } catch (error) {
      const { code, message } = toGantryError(error);
      ws.addEvent(id, { kind: 'checkpoint-damaged', text: `${message} [${code}]`, images: entry.images });
    }
  }
  return null;
}

/**
 * The checkpoint that "run-0001" (its newest whole one) or "run-0001@40000" names.
 * @throws NOT_FOUND, NO_INPUT for a run without checkpoints
 */
export async function checkpointOf(
  ws: Workspace,
  text: string,
): Promise<{ readonly run: string; readonly entry: CheckpointEntry }> {
  const [name = '', images] = text.split('@');
  const run = ws.run(name).id;
  if (images === undefined) {
    const entry = await newestIntact(ws, run);
    if (entry !== null) return { run, entry };
    throw new GantryError('NO_INPUT', `${run} has no checkpoint.`, {
      action: 'Wait for its first checkpoint.',
    });
  }
  const all = await listCheckpoints(ws.runDir(run));
  const entry = all.find((one) => String(one.images) === images);
  if (entry !== undefined) return { run, entry };
  throw new GantryError('NOT_FOUND', `${run} has no checkpoint at ${images} images.`, {
    action: `It has them at: ${all.map((one) => one.images).join(', ') || 'none'}.`,
  });
}

export interface Branch {
  /** "run-0001" or "run-0001@40000". */
  readonly from: string;
  /** Length of the branch; default that of the other run. */
  readonly totalImages?: number | undefined;
  /** "penalty.gamma=2,optimiser.generatorRate=0.001" */
  readonly settings?: string | undefined;
}

/**
 * A checkpoint holds the networks of one resolution, which the branch must stand at too.
 * @throws BAD_CONFIG
 */
function checkGrowth(before: RunConfig, after: RunConfig, images: number): void {
  const phaseOf = ({ size, progressive }: RunConfig) => phaseAt(size, progressive, images);
  const [has, wants] = [phaseOf(before), phaseOf(after)];
  if (sameGrowth(has, wants)) return;
  const said = ({ size, fading }: typeof has) => `${size} pixels (${fading ? 'fading in' : 'in full'})`;
  throw new GantryError(
    'BAD_CONFIG',
    `The setting "progressive" does not fit the checkpoint: after ${images} images the branch would work at ${said(wants)}, and the checkpoint's networks work at ${said(has)}.`,
    { action: 'Change the schedule for later images only, or branch from a checkpoint where both agree.' },
  );
}

/**
 * A new run that stands where a checkpoint of another one stood, optimiser and schedules included, with another
 * length or other settings; resuming it goes on from there. The other run stays as it is; its curves up to there
 * come along.
 * @throws NOT_FOUND, NO_INPUT, BAD_CONFIG; USAGE when the length is behind it
 */
export async function makeBranch(ws: Workspace, branch: Branch): Promise<string> {
  const { run: id, entry } = await checkpointOf(ws, branch.from);
  const parent = ws.run(id);
  if ('imported' in (parent.config as object)) {
    throw new GantryError('USAGE', `${id} was imported: its optimiser and its slices are not here.`, {
      action: `Begin a new run with its networks: gantry train --from ${id} --dataset NAME`,
    });
  }
  const totalImages = branch.totalImages ?? parent.totalImages;
  if (totalImages === null || totalImages <= entry.images) {
    throw new GantryError(
      'USAGE',
      `The branch begins after ${entry.images} images; its length must be more.`,
    );
  }
  const { seconds } = await readCheckpoint(entry.folder);
  const { dataset, datasetHash, preset, size, device } = parent;
  const config = parent.config as Record<string, unknown>;
  const before = parseRunConfig(config.gan);
  const gan = withSettings(before, branch.settings);
  checkGrowth(before, gan, entry.images);
  const changed = branch.settings === undefined ? '' : ` with ${branch.settings}`;
  const run = ws.createRun({
    dataset,
    datasetHash,
    preset,
    size,
    seed: gan.seed,
    config: { ...config, gan },
    device,
    totalImages,
    minutes: null,
    note: `Branched from ${id} after ${entry.images} images${changed}.`,
  });
  await cp(entry.folder, join(ws.runDir(run.id), 'checkpoints', entry.name), { recursive: true });
  const { name, images, sha256, step } = entry;
  ws.addCheckpoint(run.id, { name, images, sha256 });
  ws.appendMetrics(run.id, ws.metrics(id, { to: step }));
  for (const one of ws.figures(id)) if (one.images <= images) ws.addFigures(run.id, one.images, one.figures);
  ws.updateRun(run.id, { images, seconds });
  ws.addEvent(run.id, { kind: 'branched', text: `Branched from ${id}${changed}.`, images });
  return run.id;
}
