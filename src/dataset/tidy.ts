import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../workspace/index.ts';

/** Digits of the dataset's hash in the name of its caches. */
export const hashDigits = 24;

/**
 * A process that only reads the workspace may prepare and read caches too. It opens them at once, so that what was
 * not used for this time is nobody's.
 */
const idleMs = 10 * 60_000;

const cacheName = new RegExp(`^([0-9a-f]{${hashDigits}})-\\w+-\\d+\\.u16(\\.json)?(\\.[0-9a-f]+\\.tmp)?$`);

/** Says that a cache is used, for `tidyCaches`. */
export function touchCache(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Somebody else's folder: it is read all the same.
  }
}

/**
 * Removes caches of states that no dataset is in any more, and what prepared caches left half-made when they were
 * killed. A file that cannot be removed stays for the next time. Call with the writer lock held: a trainer that
 * still reads an old cache keeps its open file.
 */
export function tidyCaches(ws: Workspace): void {
  const current = new Set(ws.datasets().map(({ name }) => ws.datasetHash(name).slice(0, hashDigits)));
  for (const name of readdirSync(ws.cacheDir)) {
    const match = cacheName.exec(name);
    if (match === null) continue;
    const [, hash = '', info, half] = match;
    if (half === undefined && current.has(hash)) continue;
    const path = join(ws.cacheDir, name);
    // A description is as old as its images.
    const used = info !== undefined && half === undefined ? path.slice(0, -info.length) : path;
    const usedAt = (statSync(used, { throwIfNoEntry: false }) ?? statSync(path, { throwIfNoEntry: false }))
      ?.mtimeMs;
    if (usedAt === undefined || Date.now() - usedAt < idleMs) continue;
    try {
      rmSync(path, { force: true });
    } catch {
      // Open in another process, on Windows.
    }
  }
}
