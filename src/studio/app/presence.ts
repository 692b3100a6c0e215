import { statSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '../../base/errors.ts';

/** Calls that need nothing of the workspace's folder, or that end work which does. */
const always = new Set(['app', 'jobs', 'runs.events', 'runs.stop']);

/**
 * Whether the workspace's folder is where it was when the app opened it. A database that is open stays readable when
 * its folder is renamed or its drive is pulled out, while everything else fails: then it is said once and clearly.
 */
export class Presence {
  private readonly file: string;
  private readonly opened: string | undefined;

  constructor(dir: string) {
    this.file = join(dir, 'workspace.db');
    this.opened = this.identity();
  }

  private identity(): string | undefined {
    try {
      const found = statSync(this.file, { throwIfNoEntry: false, bigint: true });
      return found === undefined ? undefined : `${found.dev} ${found.ino}`;
    } catch {
      // A drive that no longer answers.
      return undefined;
    }
  }

  /** What is wrong; undefined while the folder is there. */
  fault(): GantryError | undefined {
    const now = this.identity();
    if (now === this.opened) return undefined;
    return now === undefined
      ? new GantryError('WORKSPACE_GONE', 'The folder of the workspace is no longer where it was.', {
          action: 'Put it back, or connect its drive again: the app then goes on by itself. Nothing is lost.',
        })
      : new GantryError('WORKSPACE_GONE', 'Another workspace stands where the one that is open was.', {
          action: 'Put the first one back, or close Gantry and open it again.',
        });
  }

  /** @throws WORKSPACE_GONE for a call that would not work without the folder */
  check(path: readonly string[]): void {
    if (always.has(path[0] ?? '') || always.has(path.join('.'))) return;
    const fault = this.fault();
    if (fault !== undefined) throw fault;
  }
}
