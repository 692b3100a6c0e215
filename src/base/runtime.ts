import { availableParallelism } from 'node:os';

/** Version of this program; the one place that knows it outside package.json (a test compares the two). */
export const appVersion = '0.1.0';
export const appName = 'Gantry';

/** Cores that this process may use. */
export function cores(): number {
  return Math.max(1, availableParallelism());
}

/**
 * URL of a sibling entry file (worker, child process) that works from source (.ts under Node 24) and from a
 * build (.js): the ending follows the importing file's own.
 */
export function entryUrl(relative: string, importMetaUrl: string): URL {
  const ending = importMetaUrl.endsWith('.ts') ? '.ts' : '.js';
  return new URL(relative.replace(/\.(ts|js)$/, ending), importMetaUrl);
}
