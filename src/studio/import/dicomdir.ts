import { realpathSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { toGantryError } from '../../base/errors.ts';
import { referencedFiles } from '../../imaging/index.ts';
import type { Rejection } from './types.ts';

/** On media names are in capitals, with a version number on some; mounted, they may be in small letters. */
const bare = (name: string) => name.replace(/;\d+$/, '').replace(/\.$/, '').toUpperCase();

/**
 * The files that a DICOMDIR names, found below its folder whatever the case of their names. Those that are missing
 * or lead elsewhere by links are rejected. A DICOMDIR that cannot be read is a rejection itself.
 */
export async function filesOfDirectory(path: string): Promise<{ files: string[]; rejected: Rejection[] }> {
  const rejected: Rejection[] = [];
  const files: string[] = [];
  const root = dirname(path);
  const listings = new Map<string, Map<string, string>>();
  const listing = async (folder: string) => {
    let names = listings.get(folder);
    if (names === undefined) {
      const found = await readdir(folder).catch((): string[] => []);
      names = new Map(found.map((name) => [bare(name), name]));
      listings.set(folder, names);
    }
    return names;
  };
  let named: string[][];
  try {
    named = referencedFiles(await readFile(path));
  } catch (error) {
    const { code, message } = toGantryError(error);
    return { files, rejected: [{ path: 'DICOMDIR', code, reason: message }] };
  }
  const realRoot = realpathSync(root);
  for (const parts of named) {
    let at: string | undefined = root;
    for (const part of parts) {
      const name: string | undefined = (await listing(at)).get(bare(part));
      at = name === undefined ? undefined : join(at, name);
      if (at === undefined) break;
    }
    const shown = parts.join('/');
    if (at === undefined) {
      rejected.push({
        path: shown,
        code: 'NOT_FOUND',
        reason: 'The DICOMDIR names this file; it is not there.',
      });
    } else if (!realpathSync(at).startsWith(realRoot + sep)) {
      rejected.push({ path: shown, code: 'CORRUPT', reason: "It leads out of the DICOMDIR's folder." });
    } else files.push(at);
  }
  return { files, rejected };
}
