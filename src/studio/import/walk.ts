import { type Dirent, realpathSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { manifestName, manifestSchema } from '../../exporting/index.ts';
import type { Rejection } from './types.ts';

export interface FoundFile {
  readonly path: string;
  /** Below the folder that was given, with `/`; the file's name where a file was given. */
  readonly relative: string;
  /** Name of the folder that was given, or that holds the file that was given. */
  readonly given: string;
}

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
}

/**
 * All files at and below the paths, in the order of their names. Symbolic links are followed, each folder once.
 * Hidden and system files and DICOMDIR are passed over, and so are folders that Gantry made: workspaces and exports;
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
  const visitFolder = async (folder: string, root: string, given: string): Promise<void> => {
    if (signal?.aborted) throw new GantryError('CANCELLED', 'Cancelled.');
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
      rejected.push({ path, code: 'UNREADABLE', reason: `The folder may not be read. ${entries.message}` });
      return;
    }
    if (await isGantryOutput(folder, entries)) {
      skippedOutput = true;
      return;
    }
    for (const entry of entries) {
      if (passedOver.test(entry.name)) continue;
      const path = join(folder, entry.name);
      const kind = entry.isSymbolicLink() ? targetOf(path) : entry;
      if (kind?.isDirectory()) await visitFolder(path, root, given);
      else if (kind?.isFile()) visitFile(path, root, given);
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
    if (kind.isDirectory()) await visitFolder(start, start, basename(start));
    else if (kind.isFile()) visitFile(start, dirname(start), basename(dirname(start)));
  }
  return { files, rejected, skippedOutput };
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
