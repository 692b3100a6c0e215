import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { makeFolders } from '../../base/folders.ts';
import { appVersion } from '../../base/runtime.ts';
import type { Workspace } from '../../workspace/index.ts';
import { zipEntries, zipStream } from '../app/zip.ts';
import { type EvaluationResult, evaluate } from '../evaluate/index.ts';
import { type GenerationResult, generateSlices } from '../generate/index.ts';
import { labelTable } from './labels.ts';
import { readme } from './readme.ts';
import type { PackageRequest } from './request.ts';

export interface PackageOptions {
  readonly signal?: AbortSignal | undefined;
  /** `share` of the whole, 0 .. 1. */
  readonly onProgress?: ((share: number, stage: string) => void) | undefined;
}

export interface PackageResult {
  readonly out: string;
  /** Files in the package, the manifest among them. */
  readonly files: number;
  readonly slices: number;
  readonly nearCopiesLeftOut: number;
  readonly findings: readonly string[];
}

const packageManifestName = 'package.json';

/**
 * A study package of a run: synthetic slices, labels, model card, report, seeds, and a manifest with the SHA-256 of
 * every file, in one folder or ZIP. It appears whole or not at all.
 * @throws ALREADY_EXISTS, NOT_FOUND for a run that was imported, and what evaluating and generating throw
 */
export async function packageStudy(
  ws: Workspace,
  request: PackageRequest,
  options: PackageOptions = {},
): Promise<PackageResult> {
  const { run, count, seed, out, signal, onProgress } = { ...request, ...options };
  if (!ws.hasDataset(ws.run(run).dataset)) {
    const message = `${run} cannot be packaged: the slices that it was trained on, to judge it against, are not in this workspace.`;
    throw new GantryError('NOT_FOUND', message, {
      action: `Write its slices with: gantry generate --run ${run}. Judge it against a dataset that is here with: gantry evaluate --run ${run} --dataset NAME`,
    });
  }
  await refuseTaken(out);
  const isZip = /\.zip$/i.test(out);
  const staging = join(dirname(out), `.gantry-package-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    makeFolders(staging);
    const judged = await evaluate(
      ws,
      {
        source: { run, count, labels: request.labels },
        seed,
        outDir: join(staging, 'report'),
        showReal: request.withReal === true,
      },
      { signal, onProgress: (share, stage) => onProgress?.(0.7 * share, stage) },
    );
    const made = await generateSlices(
      ws,
      {
        run,
        count,
        seed,
        format: request.format,
        labels: request.labels,
        outDir: join(staging, 'slices'),
        keepNearCopies: request.keepNearCopies,
      },
      { signal, onProgress: (done, total) => onProgress?.(0.7 + 0.25 * (done / total), 'Slices') },
    );
    await writeFile(join(staging, 'labels.csv'), await labelTable(join(staging, 'slices')));
    await writeFile(join(staging, 'README.txt'), readme(request, judged.report, made.copies));
    const files = await hashed(staging, signal);
    await writeFile(
      join(staging, packageManifestName),
      `${JSON.stringify(manifest(ws, request, judged, made, files), null, 1)}\n`,
    );
    onProgress?.(0.96, isZip ? 'Archive' : 'Folder');
    signal?.throwIfAborted();
    if (isZip) await writeZip(staging, out, signal);
    else {
      // An empty folder makes room; one that has filled meanwhile does not.
      await rmdir(out).catch(() => undefined);
      await rename(staging, out);
    }
    return {
      out,
      files: files.length + 1,
      slices: count - made.copies.leftOut,
      nearCopiesLeftOut: made.copies.leftOut,
      findings: judged.report.findings,
    };
  } catch (error) {
    throw toGantryError(error);
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function refuseTaken(out: string): Promise<void> {
  if (!existsSync(out)) return;
  const isEmpty = (await stat(out)).isDirectory() && (await readdir(out)).length === 0;
  if (!isEmpty) {
    throw new GantryError('ALREADY_EXISTS', 'There is something at the place of the package already.', {
      action: 'Name a new or empty folder, or a new .zip file.',
    });
  }
}

interface HashedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

async function hashed(folder: string, signal: AbortSignal | undefined): Promise<HashedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const out: HashedFile[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    signal?.throwIfAborted();
    const file = join(entry.parentPath, entry.name);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file)) hash.update(chunk);
    const path = file.slice(folder.length + 1).replaceAll('\\', '/');
    out.push({ path, bytes: (await stat(file)).size, sha256: hash.digest('hex') });
  }
  return out.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function manifest(
  ws: Workspace,
  { run, count, seed, format, withReal, keepNearCopies }: PackageRequest,
  { report }: EvaluationResult,
  { copies }: GenerationResult,
  files: readonly HashedFile[],
) {
  const record = ws.run(run);
  return {
    kind: 'gantry-study-package',
    version: 1,
    synthetic: true,
    createdAt: report.createdAt,
    application: `Gantry ${appVersion}`,
    model: { run, preset: record.preset, sha256: report.judged['model SHA-256'] ?? null },
    dataset: report.dataset,
    seeds: {
      training: record.seed,
      slices: seed,
      evaluation: seed,
      split: ws.dataset(record.dataset).splitSeed,
    },
    slices: {
      asked: count,
      format,
      written: count - copies.leftOut,
      keptNearCopies: keepNearCopies === true,
    },
    copies,
    /** Whether pictures of real training slices are in the report. */
    holdsRealSlices: withReal === true,
    files,
  };
}

/** Writes the folder as a ZIP under another name first, so that half an archive is never taken for a whole one. */
export async function writeZip(folder: string, out: string, signal?: AbortSignal): Promise<void> {
  const partial = `${folder}.zip`;
  try {
    const entries = await zipEntries(folder, basename(out).replace(/\.zip$/i, ''));
    await pipeline(Readable.from(zipStream(entries, new Date())), createWriteStream(partial), {
      ...(signal === undefined ? {} : { signal }),
    });
    await rename(partial, out);
  } finally {
    await rm(partial, { force: true });
  }
}
