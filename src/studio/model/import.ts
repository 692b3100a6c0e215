import { createHash } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { GantryError, throwIfCancelled, toGantryError } from '../../base/errors.ts';
import { importedDataset } from '../../base/importedDataset.ts';
import { cores } from '../../base/runtime.ts';
import { type Shapes, sizeOf } from '../../engine/index.ts';
import { phaseAt } from '../../gan/growth.ts';
import { parseRunConfig, type RunConfig, type Weights } from '../../gan/index.ts';
import { trainingGraph } from '../../gan/training-program.ts';
import { type CheckpointEntry, writeCheckpoint } from '../../trainer/checkpoint.ts';
import { decodeSafetensors, safetensorsBytes } from '../../trainer/safetensors.ts';
import { type Workspace, writeFileAtomic } from '../../workspace/index.ts';
import { type ArchiveEntry, listArchive, readEntry } from '../import/archive.ts';
import {
  badModel,
  cardFile,
  evaluationFile,
  isModelTensor,
  type ModelManifest,
  manifestFile,
  modelManifestSchema,
  modelVersion,
  mostTextBytes,
  weightsFile,
} from './format.ts';

export interface ImportedModel {
  readonly run: string;
  readonly preset: string;
  readonly size: number;
  readonly images: number;
}

const damaged = (what: string, cause?: unknown) =>
  badModel(`The model file is damaged: ${what}.`, 'Ask for the file again; nothing was imported.', cause);

/** The files of the archive's one folder, by name. @throws the archive's own codes, BAD_MODEL */
function entriesOf(path: string): Map<string, ArchiveEntry> {
  const { entries, refused } = listArchive(path);
  const bad = refused[0];
  if (bad !== undefined) throw damaged(`one of its files is refused (${bad.reason})`);
  const manifest = entries.find(({ name }) => /^([^/]+\/)?gantry-model\.json$/.test(name));
  if (manifest === undefined) {
    throw badModel('The archive is no Gantry model.', 'Model files are written by: gantry model export');
  }
  const prefix = manifest.name.slice(0, -manifestFile.length);
  return new Map(
    entries.map((entry) => {
      if (!entry.name.startsWith(prefix)) throw damaged('it holds files that belong to nothing');
      return [entry.name.slice(prefix.length), entry];
    }),
  );
}

function readManifest(path: string, entry: ArchiveEntry): ModelManifest {
  if (entry.bytes > mostTextBytes) throw damaged('its description is too long');
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(readEntry(path, entry)).toString('utf8'));
  } catch (error) {
    throw damaged('its description cannot be read', error);
  }
  const { version } = (content ?? {}) as { version?: unknown };
  if (typeof version === 'number' && version > modelVersion) {
    throw badModel(
      `The model file was written by a newer Gantry (format ${version}).`,
      'Import it with a newer Gantry.',
    );
  }
  const parsed = modelManifestSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw damaged(`its description is not valid (at "${parsed.error.issues[0]?.path.join('.')}")`);
}

/** The files that the manifest names, and no others, each with the hash that it states. */
function readFiles(path: string, entries: Map<string, ArchiveEntry>, { files }: ModelManifest) {
  const found = new Map<string, Uint8Array>();
  for (const { path: name, bytes, sha256 } of files) {
    const entry = entries.get(name);
    if (entry === undefined) throw damaged(`${name} is missing`);
    if (entry.bytes !== bytes) throw damaged(`${name} is of another length`);
    if (name !== weightsFile && bytes > mostTextBytes) throw damaged(`${name} is too long`);
    const content = readEntry(path, entry);
    if (createHash('sha256').update(content).digest('hex') !== sha256) {
      throw damaged(`${name} is not what was exported (SHA-256 differs)`);
    }
    found.set(name, content);
  }
  if (found.size !== entries.size - 1) throw damaged('it holds files that belong to nothing');
  return found;
}

/** Shapes of the tensors that a model of these settings has. */
function shapesOf(config: RunConfig, images: number): Shapes {
  const { state } = trainingGraph(config, phaseAt(config.size, config.progressive, images)).spec;
  return Object.fromEntries(Object.entries(state).filter(([name]) => isModelTensor(name)));
}

/** Refuses weights that cannot be those of the networks by their length, before they are unpacked. */
function checkLength(entry: ArchiveEntry | undefined, wanted: Shapes): void {
  if (entry === undefined) throw damaged(`${weightsFile} is missing`);
  const data = Object.values(wanted).reduce((sum, shape) => sum + 4 * sizeOf(shape), 0);
  // The header's length depends on the order of the tensors and on what is said of them.
  const header = safetensorsBytes(wanted) - data;
  if (entry.bytes < data || entry.bytes > data + 2 * header + 4096) {
    throw damaged('the length of its weights does not fit its settings');
  }
}

/** Tensors that are those of the networks, by name and shape, and finite. */
function checkWeights(tensors: Weights, wanted: Shapes): void {
  for (const [name, shape] of Object.entries(wanted)) {
    if (tensors[name]?.shape.join() !== shape.join()) throw damaged(`the weight ${name} does not fit`);
  }
  if (Object.keys(tensors).length !== Object.keys(wanted).length) {
    throw damaged('it has weights that belong to nothing');
  }
  for (const [name, { data }] of Object.entries(tensors)) {
    if (!data.every(Number.isFinite)) throw damaged(`the weight ${name} is not finite`);
  }
}

export interface ReadHooks {
  readonly signal?: AbortSignal | undefined;
  /** Told of the steps: description, unpacked, checked, written. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const steps = 4;

/** A model file that has been read and checked. */
export interface ReadModel {
  readonly manifest: ModelManifest;
  readonly config: RunConfig;
  readonly tensors: Weights;
  readonly texts: readonly (readonly [name: string, text: Uint8Array])[];
}

type Written = Pick<CheckpointEntry, 'name' | 'sha256'>;

/** Writes what a run of the model has in its folder. @throws DISK_FULL */
async function writeRunFolder(
  folder: string,
  { manifest, config, tensors, texts }: ReadModel,
): Promise<Written> {
  const { images, steps: step, seconds } = manifest.model;
  const state = { config: JSON.parse(JSON.stringify(config)) };
  const entry = await writeCheckpoint(folder, { tensors, state }, { images, step, seconds });
  for (const [name, text] of texts) writeFileAtomic(join(folder, name), text);
  return entry;
}

/** The checked description, beside what is to become the run's folder. */
const stagedManifest = 'staged.json';

/**
 * Reads a model file and writes into a folder what its run will have there; needs no workspace, so that a thread of
 * its own can do it. `adoptModel` makes a run of the folder.
 * @throws what readModel throws, DISK_FULL, CANCELLED
 */
export async function stageModel(path: string, folder: string, hooks: ReadHooks = {}): Promise<Written> {
  const model = await readModel(path, hooks);
  const { name, sha256 } = await writeRunFolder(folder, model);
  writeFileAtomic(join(folder, stagedManifest), JSON.stringify(model.manifest));
  hooks.onProgress?.(steps, steps);
  return { name, sha256 };
}

/** Makes a run of a staged model, whose folder is on the workspace's disk and is moved. @throws DISK_FULL */
export function adoptModel(ws: Workspace, folder: string, written: Written): Promise<ImportedModel> {
  const manifest = modelManifestSchema.parse(
    JSON.parse(readFileSync(join(folder, stagedManifest), 'utf8')) as unknown,
  );
  return addRun(ws, manifest, parseRunConfig(manifest.model.config), async (runDir) => {
    for (const name of ['checkpoints', cardFile, evaluationFile]) {
      try {
        renameSync(join(folder, name), join(runDir, name));
      } catch (error) {
        // A model need not have been evaluated.
        if (name === 'checkpoints' || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    return written;
  });
}

/**
 * Takes a model in as a run that is complete: slices can be generated from it, and others begin with it.
 * @throws DISK_FULL
 */
export function importModel(ws: Workspace, model: ReadModel): Promise<ImportedModel> {
  return addRun(ws, model.manifest, model.config, (runDir) => writeRunFolder(runDir, model));
}

/** Adds a complete run whose folder `fill` fills; a failure leaves none. */
async function addRun(
  ws: Workspace,
  manifest: ModelManifest,
  config: RunConfig,
  fill: (runDir: string) => Promise<Written>,
): Promise<ImportedModel> {
  const { preset, size, seed, images, seconds, device, checkpointSha256, datasetHash } = manifest.model;
  const run = ws.createRun({
    dataset: importedDataset,
    datasetHash,
    preset,
    size,
    seed,
    config: {
      gan: config,
      threads: cores(),
      imported: { checkpointSha256, application: manifest.application, data: manifest.data },
    },
    device,
    totalImages: images,
    note: null,
  });
  try {
    const entry = await fill(ws.runDir(run.id));
    ws.addCheckpoint(run.id, { name: entry.name, images, sha256: entry.sha256 });
    ws.updateRun(run.id, { images, seconds, event: { type: 'start' } });
    ws.updateRun(run.id, { event: { type: 'complete' } });
    const text = `Imported from a model file of ${manifest.application}; its training slices are not here.`;
    ws.addEvent(run.id, { kind: 'imported', text, images });
    return { run: run.id, preset, size, images };
  } catch (error) {
    if (ws.run(run.id).state.kind !== 'running') ws.deleteRun(run.id);
    throw toGantryError(error);
  }
}

/**
 * Reads a model file. What is wrong with it is found here, before anything is written.
 * @throws NOT_FOUND, BAD_MODEL, CANCELLED; TRUNCATED, CORRUPT, TOO_LARGE, UNSUPPORTED_ARCHIVE of the archive
 */
export async function readModel(path: string, { signal, onProgress }: ReadHooks = {}): Promise<ReadModel> {
  const done = async (step: number) => {
    onProgress?.(step, steps);
    // A cancel that came meanwhile is heard now.
    await setImmediate();
    throwIfCancelled(signal);
  };
  try {
    const entries = entriesOf(path);
    const manifest = readManifest(path, entries.get(manifestFile)!);
    const { model } = manifest;
    const config = parseRunConfig(model.config);
    if (config.size !== model.size || config.preset !== model.preset) {
      throw damaged('its settings are of another model');
    }
    const wanted = shapesOf(config, model.images);
    checkLength(entries.get(weightsFile), wanted);
    await done(1);
    const files = readFiles(path, entries, manifest);
    const weights = files.get(weightsFile);
    if (weights === undefined) throw damaged(`${weightsFile} is missing`);
    await done(2);
    const { tensors } = decodeSafetensors(weights);
    checkWeights(tensors, wanted);
    await done(3);
    const texts = [cardFile, evaluationFile].flatMap((name): [string, Uint8Array][] => {
      const text = files.get(name);
      return text === undefined ? [] : [[name, text]];
    });
    return { manifest, config, tensors, texts };
  } catch (error) {
    const known = toGantryError(error);
    // The networks' own refusals, told as what they are here: the file's fault.
    if (known.code === 'BAD_CONFIG' || known.code === 'BAD_CHECKPOINT' || known.code === 'INTERNAL') {
      throw damaged(known.message.replace(/\.$/, ''), error);
    }
    if (known.code === 'NOT_FOUND') {
      throw new GantryError('NOT_FOUND', 'There is no model file of that name.', { cause: error });
    }
    throw known;
  }
}
