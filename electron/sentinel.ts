import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A file that exists while the app runs. Found at start, it tells that the last session ended without
 * saying goodbye.
 */
export function raiseSentinel(file: string): { readonly uncleanExit: boolean; lower(): void } {
  const uncleanExit = existsSync(file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  return { uncleanExit, lower: () => rmSync(file, { force: true }) };
}
