import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GantryError } from '../base/errors.ts';
import { translateSqliteError } from './db.ts';

export interface WriterLock {
  release(): void;
}

const holderFile = 'writer.pid';

function holder(dir: string): string {
  try {
    const pid = readFileSync(join(dir, holderFile), 'utf8').trim();
    return /^\d+$/.test(pid) ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}

/**
 * The right to write to a workspace, for one process at a time. It is an exclusive SQLite transaction on a
 * database of its own, so the operating system frees it however the process ends, and no stale lock can be
 * left behind; readers of workspace.db never touch it.
 * @throws WORKSPACE_BUSY when another process, or another Workspace object of this process, holds it.
 */
export function acquireWriterLock(dir: string): WriterLock {
  const file = join(dir, 'writer.lock');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 200 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const coded = translateSqliteError(error, file);
    if (coded.code !== 'WORKSPACE_BUSY') throw coded;
    throw new GantryError(
      'WORKSPACE_BUSY',
      `Another Gantry process${holder(dir)} is writing to this workspace.`,
      { action: 'Wait until it has finished, or stop it, then run the command again.', cause: error },
    );
  }
  try {
    // Only for the message above: the lock does not depend on it, so a full disk is no reason to fail.
    writeFileSync(join(dir, holderFile), `${process.pid}\n`);
  } catch {}
  const held = database;
  let open = true;
  return {
    release: () => {
      if (!open) return;
      open = false;
      held.exec('ROLLBACK');
      held.close();
    },
  };
}
