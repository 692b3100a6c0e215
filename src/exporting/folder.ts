import { mkdtemp, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GantryError } from '../base/errors.ts';
import { makeFolders } from '../base/folders.ts';
import { isAlive } from '../base/processes.ts';
import { type ExportFormat, type ExportManifest, manifestName, manifestSchema } from './manifest.ts';

const partialPrefix = '.gantry-partial-';

export interface OutputFolder {
  /** Where files are written first; on the same disk as the folder itself. */
  readonly staging: string;
  /** Moves the named files into place, the manifest last, after removing the export that they replace. */
  commit(names: readonly string[]): Promise<void>;
  /** Removes everything that this export wrote, and the folder if it was made for it. */
  abandon(): Promise<void>;
}

/**
 * Opens a folder for an export. A folder may be missing, empty, or hold nothing but an earlier export of the
 * same format, which the new one replaces when it is complete. Anything else is ALREADY_EXISTS, unless
 * `overwrite`: then an earlier export of any format is replaced and other files stay as they are.
 *
 * The manifest is the sign of a complete set: it is the last file to appear and the first to go.
 */
export async function openOutputFolder(
  outDir: string,
  format: ExportFormat,
  overwrite: boolean,
): Promise<OutputFolder> {
  const created = makeFolders(outDir);
  const entries = await readdir(outDir);
  await removeLeftovers(outDir, entries);
  const visible = entries.filter((name) => !name.startsWith(partialPrefix));
  const earlier = visible.includes(manifestName) ? await readManifest(join(outDir, manifestName)) : undefined;
  const own = new Set([manifestName, ...(earlier?.files.map((file) => file.path) ?? [])]);
  const replaceable = earlier?.format === format && visible.every((name) => own.has(name));
  if (visible.length > 0 && !replaceable && !overwrite) {
    throw new GantryError('ALREADY_EXISTS', 'The output folder is not empty.', {
      action: 'Name a new or empty folder.',
    });
  }
  const staging = await mkdtemp(join(outDir, `${partialPrefix}${process.pid}-`));
  return {
    staging,
    async commit(names) {
      if (earlier !== undefined) {
        for (const name of own) await rm(join(outDir, basename(name)), { force: true });
      }
      for (const name of names) await rename(join(staging, name), join(outDir, name));
      await rename(join(staging, manifestName), join(outDir, manifestName));
      await rmdir(staging);
    },
    async abandon() {
      await rm(staging, { recursive: true, force: true });
      // Fails, as it should, when something else has appeared there.
      if (created) await rmdir(outDir).catch(() => undefined);
    },
  };
}

async function readManifest(file: string): Promise<ExportManifest | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined; // not ours
  }
}

/** Staging folders of exports whose process is gone (killed, or the machine lost power). */
async function removeLeftovers(outDir: string, entries: readonly string[]): Promise<void> {
  for (const name of entries) {
    if (!name.startsWith(partialPrefix)) continue;
    const owner = Number.parseInt(name.slice(partialPrefix.length), 10);
    if (Number.isInteger(owner) && !isAlive(owner)) {
      await rm(join(outDir, name), { recursive: true, force: true });
    }
  }
}
