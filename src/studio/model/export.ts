import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { makeFolders } from '../../base/folders.ts';
import { appVersion } from '../../base/runtime.ts';
import { readCheckpoint } from '../../trainer/checkpoint.ts';
import { encodeSafetensors } from '../../trainer/safetensors.ts';
import type { RunRecord, Workspace } from '../../workspace/index.ts';
import { writeZip } from '../package/index.ts';
import { checkpointOf } from '../train/branch.ts';
import { modelCardText } from './card.ts';
import { newestEvaluation } from './evaluation.ts';
import {
  cardFile,
  evaluationFile,
  isModelTensor,
  type ModelManifest,
  manifestFile,
  modelKind,
  modelManifestSchema,
  modelVersion,
  weightsFile,
} from './format.ts';

export interface WrittenModel {
  readonly run: string;
  readonly images: number;
  readonly bytes: number;
  /** Whether the card of an evaluation is in it. */
  readonly hasEvaluation: boolean;
}

export interface ExportedModel extends WrittenModel {
  readonly file: string;
}

/**
 * Writes a run's generator with its card as one file, which appears whole or not at all.
 * @param which "run-0001" (its newest whole checkpoint) or "run-0001@40000"
 * @throws NOT_FOUND, NO_INPUT for a run without a checkpoint, ALREADY_EXISTS, BAD_CHECKPOINT, DISK_FULL
 */
export async function exportModel(
  ws: Workspace,
  which: string,
  file: string,
  signal?: AbortSignal,
): Promise<ExportedModel> {
  if (existsSync(file)) {
    throw new GantryError('ALREADY_EXISTS', 'There is something at the place of the model file already.', {
      action: 'Name a new file.',
    });
  }
  const staging = join(dirname(file), `.gantry-model-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    const written = await writeModel(ws, which, staging, signal);
    await writeZip(staging, file, signal);
    return { file, ...written };
  } catch (error) {
    throw toGantryError(error);
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The contents of a model file as a folder. @throws as exportModel */
export async function writeModel(
  ws: Workspace,
  which: string,
  folder: string,
  signal?: AbortSignal,
): Promise<WrittenModel> {
  const { run: id, entry } = await checkpointOf(ws, which);
  const run = ws.run(id);
  const { checkpoint, config, images, step, seconds, sha256 } = await readCheckpoint(entry.folder);
  const tensors = Object.fromEntries(
    Object.entries(checkpoint.tensors).filter(([name]) => isModelTensor(name)),
  );
  const evaluation = await newestEvaluation(ws, id);
  const model = {
    preset: run.preset,
    size: run.size,
    seed: run.seed,
    images,
    steps: step,
    seconds,
    device: run.device,
    checkpointSha256: sha256,
    datasetHash: run.datasetHash,
    config: JSON.parse(JSON.stringify(config)),
  };
  const data = dataOf(ws, run);
  const isChanged = ws.hasDataset(run.dataset) && ws.datasetHash(run.dataset) !== run.datasetHash;
  const contents: [ModelManifest['files'][number]['path'], Uint8Array | string][] = [
    [weightsFile, encodeSafetensors(tensors, { format: 'gantry-model', images: String(images) })],
    [cardFile, modelCardText({ model, data }, ws.events(id), ws.cardTexts(id), isChanged)],
  ];
  if (evaluation !== null) contents.push([evaluationFile, evaluation]);
  makeFolders(folder);
  const files = [];
  for (const [path, content] of contents) {
    signal?.throwIfAborted();
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await writeFile(join(folder, path), bytes);
    files.push({ path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  const manifest: ModelManifest = {
    kind: modelKind,
    version: modelVersion,
    createdAt: new Date().toISOString(),
    application: `Gantry ${appVersion}`,
    model,
    data,
    files,
  };
  await writeFile(join(folder, manifestFile), `${JSON.stringify(manifest, null, 1)}\n`);
  const bytes = files.reduce((sum, one) => sum + one.bytes, 0);
  return { run: id, images, bytes, hasEvaluation: evaluation !== null };
}

/** What may be said of the training data: kinds and counts, no names. */
function dataOf(ws: Workspace, run: RunRecord): ModelManifest['data'] {
  if (!ws.hasDataset(run.dataset)) {
    // What came with a model goes on with it.
    const { imported } = run.config as { readonly imported?: { readonly data?: unknown } };
    const known = modelManifestSchema.shape.data.safeParse(imported?.data);
    return known.success ? known.data : { modalities: [], planes: [], trainSlices: 0, trainSubjects: 0 };
  }
  const { modalities, planes, trainSlices, trainSubjects } = ws.dataset(run.dataset);
  return { modalities: [...modalities], planes: [...planes], trainSlices, trainSubjects };
}
