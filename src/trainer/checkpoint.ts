import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { GantryError, toGantryError } from '../base/errors.ts';
import { type Checkpoint, configOf, type Json, type RunConfig, type Weights } from '../gan/index.ts';
import { readBest } from './best.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/**
 * Checkpoints on disk: one folder each, `<runDir>/checkpoints/images-000012800/`, holding `weights.safetensors`
 * and `manifest.json`. A folder appears whole or not at all: it is written under another name, synced and renamed.
 */
const FORMAT_VERSION = 1;
const WEIGHTS = 'weights.safetensors';
const MANIFEST = 'manifest.json';
const UNFINISHED = '.unfinished-';
const ASIDE = '.aside-';

const manifestSchema = z.object({
  formatVersion: z.literal(FORMAT_VERSION),
  images: z.number().int().min(0),
  step: z.number().int().min(0),
  /** Training seconds so far, earlier sessions included. */
  seconds: z.number().min(0),
  /** Of the weights file. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().positive(),
  state: z.custom<Json>((value) => value !== undefined),
});
type Manifest = z.infer<typeof manifestSchema>;

export interface CheckpointEntry {
  readonly name: string;
  readonly folder: string;
  readonly images: number;
  readonly step: number;
  readonly sha256: string;
}

export interface StoredCheckpoint extends CheckpointEntry {
  readonly checkpoint: Checkpoint;
  readonly config: RunConfig;
  /** Weights of the moving average of the generator, by the generator's own names. */
  readonly ema: Weights;
  readonly seconds: number;
}

export interface CheckpointFigures {
  readonly images: number;
  readonly step: number;
  readonly seconds: number;
}

/** What a weights file says of itself. */
export const weightsMetadata = (images: number) => ({ format: 'gantry', images: String(images) });

const checkpointsOf = (runDir: string) => join(runDir, 'checkpoints');

async function writeSynced(file: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the renames in a folder durable; not every platform can open a folder. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes one checkpoint and then removes all whole ones but the newest `keep` and the best one.
 * @throws GantryError DISK_FULL, IO; earlier checkpoints are then untouched
 */
export async function writeCheckpoint(
  runDir: string,
  checkpoint: Checkpoint,
  figures: CheckpointFigures,
  keep = 3,
): Promise<CheckpointEntry> {
  const folder = checkpointsOf(runDir);
  const name = `images-${String(figures.images).padStart(9, '0')}`;
  const unfinished = join(folder, `${UNFINISHED}${name}-${randomBytes(4).toString('hex')}`);
  try {
    // Never the run's own folder: a workspace that has gone must not come back as an empty one.
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await mkdir(unfinished);
    const weights = encodeSafetensors(checkpoint.tensors, weightsMetadata(figures.images));
    const sha256 = createHash('sha256').update(weights).digest('hex');
    const manifest: Manifest = {
      formatVersion: FORMAT_VERSION,
      ...figures,
      sha256,
      bytes: weights.length,
      state: checkpoint.state,
    };
    await writeSynced(join(unfinished, WEIGHTS), weights);
    await writeSynced(join(unfinished, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await syncFolder(unfinished);
    await putInPlace(unfinished, folder, name);
    await syncFolder(folder);
    await removeOld(runDir, keep);
    return { name, folder: join(folder, name), images: figures.images, step: figures.step, sha256 };
  } catch (error) {
    const coded = toGantryError(error);
    if (coded.code !== 'DISK_FULL') throw coded;
    throw new GantryError(
      'DISK_FULL',
      'The disk is full; the checkpoint was not written, earlier ones are kept.',
      {
        action: 'Free some space and resume the run.',
        cause: error,
      },
    );
  } finally {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Gives a whole folder its name. A run that went back to an earlier checkpoint comes to the same name again: the
 * old folder then steps aside first, under a name that a killed process' successor takes back (`settle`).
 */
async function putInPlace(unfinished: string, folder: string, name: string): Promise<void> {
  const target = join(folder, name);
  const aside = join(folder, `${ASIDE}${name}`);
  await rm(aside, { recursive: true, force: true });
  try {
    await rename(target, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await rename(unfinished, target);
  await rm(aside, { recursive: true, force: true });
}

async function removeOld(runDir: string, keep: number): Promise<void> {
  const whole = await listCheckpoints(runDir);
  const old = whole.slice(0, Math.max(0, whole.length - Math.max(1, keep)));
  const best = await readBest(runDir);
  for (const { folder, name } of old) {
    if (name !== best?.name) await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what a killed process left half written, and takes back a checkpoint that it was replacing. */
export async function removeUnfinished(runDir: string): Promise<void> {
  const folder = checkpointsOf(runDir);
  const all = await names(folder);
  for (const name of all) {
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { recursive: true, force: true });
    if (!name.startsWith(ASIDE)) continue;
    const own = name.slice(ASIDE.length);
    if (all.includes(own)) await rm(join(folder, name), { recursive: true, force: true });
    else await rename(join(folder, name), join(folder, own));
  }
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw toGantryError(error);
  }
}

/** The whole checkpoints of a run, oldest first: manifest readable, weights of the right length. */
export async function listCheckpoints(runDir: string): Promise<CheckpointEntry[]> {
  const found: CheckpointEntry[] = [];
  for (const name of await names(checkpointsOf(runDir))) {
    if (!name.startsWith('images-')) continue;
    const folder = join(checkpointsOf(runDir), name);
    try {
      const { images, step, sha256, bytes } = await readManifest(folder);
      if ((await stat(join(folder, WEIGHTS))).size !== bytes) continue;
      found.push({ name, folder, images, step, sha256 });
    } catch {
      // Damaged ones are not offered; readCheckpoint says what is wrong with one that is asked for by name.
    }
  }
  return found.sort((a, b) => a.images - b.images);
}

async function readManifest(folder: string): Promise<Manifest> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8'));
  } catch (error) {
    throw new GantryError('BAD_CHECKPOINT', "The checkpoint's manifest is missing or not readable.", {
      cause: error,
    });
  }
  const version = (content as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    throw new GantryError(
      'BAD_CHECKPOINT',
      `The checkpoint was written by a newer Gantry (format ${version}).`,
      {
        action: 'Open it with a newer Gantry.',
      },
    );
  }
  const parsed = manifestSchema.safeParse(content);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.');
    throw new GantryError('BAD_CHECKPOINT', `The checkpoint's manifest is not valid (at "${where}").`);
  }
  return parsed.data;
}

/**
 * Reads and verifies one checkpoint folder.
 * @throws GantryError BAD_CHECKPOINT when it is damaged, of a newer version, or its SHA-256 does not match
 */
export async function readCheckpoint(folder: string): Promise<StoredCheckpoint> {
  const { images, step, seconds, sha256, state } = await readManifest(folder);
  let file: Uint8Array;
  try {
    file = await readFile(join(folder, WEIGHTS));
  } catch (error) {
    throw new GantryError('BAD_CHECKPOINT', "The checkpoint's weights are missing or not readable.", {
      cause: error,
    });
  }
  if (createHash('sha256').update(file).digest('hex') !== sha256) {
    throw new GantryError('BAD_CHECKPOINT', 'The weights are not those that were saved (SHA-256 differs).', {
      action: 'Remove this checkpoint; the run then goes on from the one before it.',
    });
  }
  const { tensors } = decodeSafetensors(file);
  const checkpoint: Checkpoint = { tensors, state };
  const ema = Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith('ema/'))
      .map(([name, tensor]) => [name.slice('ema/'.length), tensor]),
  );
  const name = folder.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '');
  return { name, folder, images, step, sha256, seconds, checkpoint, config: configOf(checkpoint), ema };
}
