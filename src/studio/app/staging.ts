import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../base/processes.ts';

const folderName = /^(?:upload|export)-(\d+)-[\w-]+\.tmp$/;

/**
 * A new name for a folder of short life inside a workspace: it names its process, so that what a dead one left
 * can be told from what a living one uses.
 */
export function stagingFolder(
  workspaceDir: string,
  kind: 'upload' | 'export',
): { id: string; folder: string } {
  const id = randomBytes(16).toString('hex');
  return { id, folder: join(workspaceDir, `${kind}-${process.pid}-${id}.tmp`) };
}

/** Removes what dead processes left. */
export function sweepStaging(workspaceDir: string): void {
  for (const name of readdirSync(workspaceDir)) {
    const pid = folderName.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      rmSync(join(workspaceDir, name), { recursive: true, force: true, maxRetries: 3 });
    }
  }
}
