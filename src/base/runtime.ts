import { availableParallelism } from 'node:os';

/** Version of this program; the one place that knows it outside package.json (a test compares the two). */
export const appVersion = '0.1.0';
export const appName = 'Gantry';

/** Cores that this process may use. */
export function cores(): number {
  return Math.max(1, availableParallelism());
}

/**
 * Environment of a process that trains: glibc keeps what a step frees for the next one. By default it hands back all
 * above 64 MB, and every step then faults its memory in anew (DCGAN-64, batch 16: 19,190 page faults a step and
 * twice the CPU time). Other allocators ignore the names; a user's own values win.
 */
export function trainingEnvironment(): NodeJS.ProcessEnv {
  return { MALLOC_MMAP_THRESHOLD_: '33554432', MALLOC_TRIM_THRESHOLD_: '1073741824', ...process.env };
}

/**
 * URL of a sibling entry file (worker, child process) that works from source (.ts under Node 24) and from a
 * build (.js): the ending follows the importing file's own.
 */
export function entryUrl(relative: string, importMetaUrl: string): URL {
  const ending = importMetaUrl.endsWith('.ts') ? '.ts' : '.js';
  return new URL(relative.replace(/\.(ts|js)$/, ending), importMetaUrl);
}
