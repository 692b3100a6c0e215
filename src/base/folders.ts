import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GantryError, toGantryError } from './errors.ts';

/**
 * Makes a folder and what is missing above it; true when it was missing. Node's own recursive mkdir tries for ever
 * where a file system denies that a folder can be made by saying that its parent is missing (/proc does).
 * @throws GantryError IO or UNREADABLE where none can be made, DISK_FULL, ALREADY_EXISTS for a file of that name
 */
export function makeFolders(folder: string): boolean {
  const missing: string[] = [];
  let at = resolve(folder);
  for (;;) {
    const there = statSync(at, { throwIfNoEntry: false });
    if (there?.isDirectory()) break;
    if (there !== undefined) {
      throw new GantryError('ALREADY_EXISTS', 'A folder was named, and there is a file in its place.', {
        action: 'Name another folder.',
      });
    }
    missing.push(at);
    const parent = dirname(at);
    if (parent === at) break;
    at = parent;
  }
  for (const path of missing.reverse()) {
    try {
      mkdirSync(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Somebody else was faster.
      if (code === 'EEXIST') continue;
      const known = toGantryError(error);
      throw new GantryError(
        known.code === 'NOT_FOUND' ? 'IO' : known.code,
        'The folder cannot be made there.',
        {
          action: 'Name a folder on a disk that you may write to.',
          cause: error,
        },
      );
    }
  }
  return missing.length > 0;
}
