import { realpathSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { GantryError, toGantryError } from '../../base/errors.ts';
import type { FolderListing } from '../../contract/index.ts';

const mostFolders = 2000;

interface Place {
  readonly id: string;
  readonly name: string;
  /** Real path. */
  readonly root: string;
}

/**
 * Folders that whoever started the Studio allowed its pages to import from. A page knows them by an identifier
 * and walks down by names; every answer is decided on real paths, so that no link leads out.
 */
export class Places {
  private readonly places: readonly Place[];

  /** @throws NOT_FOUND for a folder that is not there */
  constructor(folders: readonly string[]) {
    this.places = folders.map((folder, i) => {
      let root: string;
      try {
        root = realpathSync(resolve(folder));
      } catch (error) {
        throw new GantryError('NOT_FOUND', 'A folder that was to be allowed does not exist.', {
          action: 'Check what was given with --allow.',
          cause: error,
        });
      }
      return { id: `place-${i + 1}`, name: basename(root) || root, root };
    });
  }

  list(): { id: string; name: string }[] {
    return this.places.map(({ id, name }) => ({ id, name }));
  }

  /** Subfolders and the number of files of a folder. @throws NOT_FOUND, UNREADABLE */
  async browse(placeId: string, path: readonly string[]): Promise<FolderListing> {
    const { root } = this.place(placeId);
    const folder = await this.resolve(placeId, path);
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      const folders: string[] = [];
      let files = 0;
      for (const entry of entries) {
        if (entry.name.startsWith('.')) continue;
        if (entry.isSymbolicLink()) {
          const kind = await target(join(folder, entry.name), root);
          if (kind === 'folder') folders.push(entry.name);
          else if (kind === 'file') files++;
        } else if (entry.isDirectory()) folders.push(entry.name);
        else if (entry.isFile()) files++;
      }
      folders.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
      return { folders: folders.slice(0, mostFolders), files, isCut: folders.length > mostFolders };
    } catch (error) {
      throw toGantryError(error);
    }
  }

  /** The real path of a folder below an allowed one. @throws NOT_FOUND for anything else */
  async resolve(placeId: string, path: readonly string[]): Promise<string> {
    const { root } = this.place(placeId);
    const gone = () =>
      new GantryError('NOT_FOUND', 'There is no such folder among those that may be imported.', {
        action: 'Choose one of the folders that are listed.',
      });
    if (path.some((name) => name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)))
      throw gone();
    try {
      const real = await realpath(join(root, ...path));
      if (isBelow(real, root) && (await stat(real)).isDirectory()) return real;
    } catch {
      // Missing or not to be entered: for the page it is not there.
    }
    throw gone();
  }

  private place(placeId: string): Place {
    const place = this.places.find(({ id }) => id === placeId);
    if (place === undefined) {
      throw new GantryError('NOT_FOUND', 'This folder was not allowed.', {
        action: 'Start the app again with: gantry serve --allow FOLDER',
      });
    }
    return place;
  }
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** What a link leads to, if it stays below the root. */
async function target(path: string, root: string): Promise<'folder' | 'file' | null> {
  try {
    const real = await realpath(path);
    if (!isBelow(real, root)) return null;
    const info = await stat(real);
    return info.isDirectory() ? 'folder' : info.isFile() ? 'file' : null;
  } catch {
    return null;
  }
}
