import { type Dirent, realpathSync, statSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { GantryError, throwIfCancelled, toGantryError } from '../../base/errors.ts';
import { manifestName, manifestSchema } from '../../exporting/index.ts';
import { type ArchiveEntry, listArchive } from './archive.ts';
import { filesOfDirectory } from './dicomdir.ts';
import type { Rejection } from './types.ts';

export interface FoundFile {
  readonly path: string;
  /** Below the folder that was given, with `/`; the file's name where a file was given. */
  readonly relative: string;
  /** Name of the folder or archive that was given, or of the folder that holds the file that was given. */
  readonly given: string;
  /** Where the file is in the ZIP archive at `path`. */
  readonly entry?: ArchiveEntry;
  /** Of a picture: its place among those of its folder, by name with numbers in their order. */
  readonly place?: number;
}

/** Pictures have no geometry; their names say which comes after which. */
const pictureName = /\.(?:png|tiff?|jpe?g)$/i;
const archiveName = /\.zip$/i;
const directoryName = /^dicomdir$/i;

/** Files that systems and archives leave beside images, and indices of images that are read themselves. */
const passedOver = /^(\..*|dicomdir|thumbs\.db|desktop\.ini|__macosx|\$recycle\.bin)$/i;

function slashes(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}

/** An export of whatever version. */
const exportManifest = z.object({ kind: manifestSchema.shape.kind });

async function entriesOf(folder: string): Promise<Dirent[] | GantryError> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    return toGantryError(error);
  }
}

/**
 * Whether a folder is a workspace or an export of Gantry: scans are not there, but slices that a generator made,
 * and a model trained on those drifts away from anatomy.
 */
async function isGantryOutput(folder: string, entries: readonly Dirent[]): Promise<boolean> {
  const has = (name: string) => entries.some((entry) => entry.name === name && entry.isFile());
  if (has('workspace.db')) return true;
  if (!has(manifestName)) return false;
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, manifestName), 'utf8'));
    return exportManifest.safeParse(manifest).success;
  } catch {
    // Not readable, or no JSON: a file of somebody else's.
    return false;
  }
}

/** What a walk has found. */
interface Walked {
  readonly files: FoundFile[];
  readonly rejected: Rejection[];
  /** Workspaces and exports of Gantry were met, and left alone. */
  readonly skippedOutput: boolean;
  /** Indices (DICOMDIR) were met and passed over: the images that they name are read themselves. */
  readonly skippedDirectories: number;
}

/** Whether a file begins as ZIP archives do; one that cannot be read is none. */
async function isArchive(path: string): Promise<boolean> {
  if (archiveName.test(path)) return true;
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
      return bytesRead === 4 && buffer.readUInt32LE(0) === 0x04034b50;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

/** Numbers the pictures of each folder. */
function withPlaces(files: readonly FoundFile[]): FoundFile[] {
  const byName = new Intl.Collator('en', { numeric: true }).compare;
  const folders = Map.groupBy(
    files.filter(({ relative: path }) => pictureName.test(path)),
    ({ given, relative: path }) => `${given}/${dirname(path)}`,
  );
  const places = new Map<FoundFile, number>();
  for (const group of folders.values()) {
    group.sort((a, b) => byName(a.relative, b.relative));
    for (const [place, file] of group.entries()) places.set(file, place);
  }
  return files.map((file) => {
    const place = places.get(file);
    return place === undefined ? file : { ...file, place };
  });
}

/**
 * All files at and below the paths, in the order of their names. Symbolic links are followed, each folder once.
 * ZIP archives are looked into (what they hold is read from there), a DICOMDIR that is given stands for the files
 * that it names. Hidden and system files and a DICOMDIR in a folder are passed over, and so are folders that Gantry made: workspaces and exports;
 * folders that may not be read are rejections.
 * @throws NOT_FOUND when a given path does not exist, CANCELLED
 */
export async function walk(paths: readonly string[], signal?: AbortSignal): Promise<Walked> {
  let skippedOutput = false;
  const files: FoundFile[] = [];
  const rejected: Rejection[] = [];
  const seen = new Set<string>();
  const visitFile = (path: string, root: string, given: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    files.push({ path, relative: slashes(relative(root, path)), given });
  };
  let skippedDirectories = 0;
  const reject = (path: string, error: unknown) => {
    const { code, message } = toGantryError(error);
    rejected.push({ path, code, reason: message });
  };
  /** `below`: how the files are called relative to the folder or archive that was given. */
  const visitArchive = (path: string, below: string, given: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    try {
      const { entries, refused } = listArchive(path);
      for (const { name, code, reason } of refused) rejected.push({ path: below + name, code, reason });
      for (const entry of entries) {
        const parts = entry.name.split('/');
        if (directoryName.test(parts.at(-1) ?? '')) skippedDirectories++;
        else if (archiveName.test(entry.name)) {
          const reason = 'It is a ZIP archive inside a ZIP archive; unpack the outer one first.';
          rejected.push({ path: below + entry.name, code: 'UNSUPPORTED_ARCHIVE', reason });
        } else if (!parts.some((part) => passedOver.test(part))) {
          files.push({ path, relative: below + entry.name, given, entry });
        }
      }
    } catch (error) {
      reject(below.slice(0, -1) || basename(path), error);
    }
  };
  const visitFolder = async (folder: string, root: string, given: string): Promise<void> => {
    throwIfCancelled(signal);
    let real: string;
    try {
      real = realpathSync(folder);
    } catch {
      return;
    }
    // A link back to a parent, or the same folder given twice.
    if (seen.has(real)) return;
    seen.add(real);
    const entries = await entriesOf(folder);
    if (entries instanceof GantryError) {
      const path = slashes(relative(root, folder)) || '.';
      rejected.push({ path, code: 'UNREADABLE', reason: 'The folder may not be read.' });
      return;
    }
    if (await isGantryOutput(folder, entries)) {
      skippedOutput = true;
      return;
    }
    for (const entry of entries) {
      if (directoryName.test(entry.name) && entry.isFile()) skippedDirectories++;
      if (passedOver.test(entry.name)) continue;
      const path = join(folder, entry.name);
      const kind = entry.isSymbolicLink() ? targetOf(path) : entry;
      if (kind?.isDirectory()) await visitFolder(path, root, given);
      else if (kind?.isFile() && archiveName.test(entry.name)) {
        visitArchive(path, `${slashes(relative(root, path))}/`, given);
      } else if (kind?.isFile()) visitFile(path, root, given);
      else {
        const reason =
          kind === undefined
            ? 'The link leads nowhere.'
            : 'It is neither a file nor a folder (a pipe, a device).';
        rejected.push({
          path: slashes(relative(root, path)),
          code: kind === undefined ? 'NOT_FOUND' : 'NOT_AN_IMAGE',
          reason,
        });
      }
    }
  };
  for (const path of paths) {
    const start = resolve(path);
    let kind: ReturnType<typeof kindOf>;
    try {
      kind = kindOf(start);
    } catch (error) {
      throw toGantryError(error);
    }
    if (kind === undefined) {
      throw new GantryError('NOT_FOUND', 'One of the paths to import does not exist.', {
        action: 'Check the spelling of the paths.',
      });
    }
    const folder = dirname(start);
    if (kind.isDirectory()) await visitFolder(start, start, basename(start));
    else if (!kind.isFile()) continue;
    else if (directoryName.test(basename(start))) {
      const listed = await filesOfDirectory(start);
      for (const path of listed.files) visitFile(path, folder, basename(folder));
      rejected.push(...listed.rejected);
    } else if (await isArchive(start)) visitArchive(start, '', basename(start).replace(archiveName, ''));
    else visitFile(start, folder, basename(folder));
  }
  return { files: withPlaces(files), rejected, skippedOutput, skippedDirectories };
}

/** What a path leads to, links followed; undefined for nothing, a broken link or a circle of links. */
function kindOf(path: string): { isDirectory(): boolean; isFile(): boolean } | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** Where a link leads; what cannot be followed is passed over. */
function targetOf(path: string): ReturnType<typeof kindOf> {
  try {
    return kindOf(path);
  } catch {
    return undefined;
  }
}
