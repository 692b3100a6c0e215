import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { contentTypeOf } from './headers.ts';

/**
 * Splits a raw URL path into plain names, or gives null where it is anything else: a dot segment, plain or
 * encoded, a hidden file, a backslash, a NUL, a drive letter or stream, an encoded slash, bad encoding.
 */
export function plainSegments(rawPath: string): string[] | null {
  if (!rawPath.startsWith('/')) return null;
  const segments: string[] = [];
  for (const raw of rawPath.slice(1).split('/')) {
    let name: string;
    try {
      name = decodeURIComponent(raw);
    } catch {
      return null;
    }
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._ -]*$/.test(name)) return null;
    segments.push(name);
  }
  return segments;
}

export interface ServedFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads a file below a folder for a URL path, or gives null. The decision is taken on the real path, so
 * that a symbolic link cannot lead out of the folder.
 */
export async function readBelow(root: string, rawPath: string): Promise<ServedFile | null> {
  const segments = plainSegments(rawPath === '/' ? '/index.html' : rawPath);
  if (segments === null) return null;
  const type = contentTypeOf(segments.at(-1) ?? '');
  if (type === undefined) return null;
  try {
    const realRoot = await realpath(root);
    const real = await realpath(join(realRoot, ...segments));
    if (!real.startsWith(realRoot + sep) || !(await stat(real)).isFile()) return null;
    return { type, bytes: new Uint8Array(await readFile(real)) };
  } catch {
    // Missing, unreadable or not a file: to the page all of these are simply not there.
    return null;
  }
}
