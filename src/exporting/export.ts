import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GantryError, toGantryError } from '../base/errors.ts';
import { type DicomKind, writeSyntheticDicom } from './dicom/synthetic.ts';
import { openOutputFolder } from './folder.ts';
import { dicomStoredMax, type IntensityFrom, pngStoredMax } from './intensity.ts';
import { buildManifest, type ExportFormat, type ExportManifest, manifestName } from './manifest.ts';
import type { Provenance, SyntheticSlice } from './marking.ts';
import { NiftiStack } from './nifti.ts';
import { writeSyntheticPng } from './png.ts';

export interface ExportOptions {
  /** All of one size, each index of a seed once. Taken one at a time. */
  readonly slices: AsyncIterable<SyntheticSlice> | Iterable<SyntheticSlice>;
  readonly format: ExportFormat;
  readonly outDir: string;
  readonly provenance: Provenance;
  readonly intensityFrom?: IntensityFrom | undefined;
  /** Default "secondary-capture". */
  readonly dicomKind?: DicomKind;
  /** Replace an export of another format, or write beside other files. */
  readonly overwrite?: boolean;
  /** Time stamp of files and manifest; default now. */
  readonly createdAt?: Date;
  /** Slices written so far. */
  readonly onProgress?: ((written: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ExportResult {
  /** Paths under `outDir`, in the order of the slices. */
  readonly files: readonly string[];
  readonly manifest: string;
}

/**
 * Writes generated slices and a manifest. The set appears in `outDir` only when it is complete: a cancelled
 * or failed export leaves what was there before. Memory does not grow with the number of slices, but for
 * their lines in the manifest.
 *
 * Errors: ALREADY_EXISTS for a folder that holds other things, NO_INPUT without slices, BAD_CONFIG for slices
 * that differ in size or repeat, NOT_FINITE, CANCELLED, DISK_FULL, UNREADABLE, IO.
 */
export async function exportSlices(options: ExportOptions): Promise<ExportResult> {
  const { outDir, format } = options;
  try {
    options.signal?.throwIfAborted();
    const folder = await openOutputFolder(outDir, format, options.overwrite ?? false);
    try {
      const names = await writeStaged(options, folder.staging);
      await folder.commit(names);
      return { files: names.map((name) => join(outDir, name)), manifest: join(outDir, manifestName) };
    } catch (error) {
      await folder.abandon();
      throw error;
    }
  } catch (error) {
    throw explain(error, options.signal);
  }
}

/** Writes all files and the manifest into `staging`; returns the names of the files. */
async function writeStaged(options: ExportOptions, staging: string): Promise<string[]> {
  const { format, provenance, intensityFrom, signal } = options;
  const createdAt = options.createdAt ?? new Date();
  const slices: ExportManifest['slices'] = [];
  const files: ExportManifest['files'] = [];
  const seen = new Set<string>();
  let size = 0;
  let stack: NiftiStack | undefined;
  try {
    for await (const slice of options.slices) {
      signal?.throwIfAborted();
      if (size === 0) size = slice.size;
      checkSlice(slice, size, seen);
      if (format === 'nifti') {
        stack ??= await NiftiStack.create({
          spoolFile: join(staging, 'voxels.tmp'),
          size,
          provenance,
          intensityFrom,
        });
        await stack.append(slice);
      } else {
        const bytes =
          format === 'png'
            ? writeSyntheticPng(slice, provenance, intensityFrom)
            : writeSyntheticDicom(slice, dicomContext(options, createdAt));
        const path = fileName(slice, format === 'png' ? 'png' : 'dcm');
        await writeFile(join(staging, path), bytes, { flag: 'wx' });
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        files.push({ path, bytes: bytes.length, sha256 });
      }
      const file = format === 'nifti' ? stackName : files.at(-1)!.path;
      const { index, seed, labels, origin } = slice;
      slices.push({
        index,
        seed,
        file,
        ...(labels === undefined ? {} : { labels: { ...labels } }),
        ...(origin === undefined ? {} : { origin: { kind: origin.kind, text: origin.text } }),
      });
      options.onProgress?.(slices.length);
    }
    if (slices.length === 0) throw new GantryError('NO_INPUT', 'There are no slices to export.');
    if (stack !== undefined) {
      const path = join(staging, stackName);
      await stack.finish(path);
      files.push({ path: stackName, bytes: (await stat(path)).size, sha256: await hashFile(path) });
    }
  } finally {
    await stack?.close();
  }
  signal?.throwIfAborted();
  const manifest = buildManifest({
    format,
    dicomKind: format === 'dicom' ? (options.dicomKind ?? 'secondary-capture') : undefined,
    createdAt,
    provenance,
    size,
    storedMax: format === 'png' ? pngStoredMax : dicomStoredMax,
    intensityFrom,
    slices,
    files,
  });
  await writeFile(join(staging, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  return files.map((file) => file.path);
}

const stackName = 'synthetic.nii.gz';

function fileName({ seed, index, origin }: SyntheticSlice, extension: string): string {
  const which = origin === undefined ? seed : `${origin.kind}-${seed}`;
  return `synthetic-${which}-${String(index).padStart(6, '0')}.${extension}`;
}

function checkSlice(slice: SyntheticSlice, size: number, seen: Set<string>): void {
  if (slice.size !== size || slice.pixels.length !== size * size) {
    throw new GantryError('BAD_CONFIG', 'The slices of an export must all have the same size.');
  }
  const key = `${slice.seed}/${slice.index}`;
  if (seen.has(key)) {
    throw new GantryError('BAD_CONFIG', `Slice ${slice.index} of seed ${slice.seed} came twice.`);
  }
  seen.add(key);
}

function dicomContext({ provenance, intensityFrom, dicomKind }: ExportOptions, createdAt: Date) {
  return {
    provenance,
    createdAt,
    ...(intensityFrom === undefined ? {} : { intensityFrom }),
    ...(dicomKind === undefined ? {} : { kind: dicomKind }),
  };
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

function explain(error: unknown, signal: AbortSignal | undefined): GantryError {
  const known = toGantryError(error);
  if (signal?.aborted && known.code !== 'DISK_FULL') {
    return new GantryError('CANCELLED', 'The export was cancelled; nothing of it was kept.', {
      cause: error,
    });
  }
  if (known.code === 'DISK_FULL') {
    return new GantryError('DISK_FULL', 'The disk that holds the output folder is full.', {
      action: 'Free some space or name another folder; the unfinished export was removed.',
      cause: error,
    });
  }
  if (known.code === 'UNREADABLE') {
    return new GantryError('UNREADABLE', 'The output folder may not be written.', {
      action: 'Name a folder that you may write to.',
      cause: error,
    });
  }
  return known;
}
