import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GantryError } from '../base/errors.ts';
import { translateSqliteError } from './db.ts';

/** What somebody does with a dataset: any number may read it at a time, or one may change it. */
export type DatasetUse = 'read' | 'change';

export interface Lease {
  release(): void;
  [Symbol.dispose](): void;
}

const folderOf = (dir: string) => join(dir, 'locks');
const fileOf = (dir: string, dataset: number) => join(folderOf(dir), `dataset-${dataset}.lock`);

/** A reader of a workspace that it may not write to keeps nobody out, and nobody could be told. */
const noLease = leaseOf(() => {});

/** What is held here: a lease whose holder forgets it would else end when memory is tidied up. */
const open = new Set<DatabaseSync>();

/**
 * A dataset for as long as some work needs it as it is, or alone. It is a shared or an exclusive SQLite transaction
 * on an empty database of the dataset's own: threads and processes keep each other out alike, and the operating
 * system frees it however a process ends (as with the writer lock).
 * @param dataset its row
 * @returns undefined where the use of somebody else stands against it
 */
export function acquireLease(dir: string, dataset: number, use: DatasetUse): Lease | undefined {
  const file = fileOf(dir, dataset);
  let database: DatabaseSync | undefined;
  try {
    makeLockFolder(dir);
    database = new DatabaseSync(file, { timeout: 200 });
    if (use === 'change') database.exec('BEGIN EXCLUSIVE');
    else database.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
  } catch (error) {
    database?.close();
    const coded = translateSqliteError(error, file);
    if (coded.code === 'WORKSPACE_BUSY') return undefined;
    if (use === 'read') return noLease;
    throw coded;
  }
  const held = database;
  open.add(held);
  return leaseOf(() => {
    open.delete(held);
    held.close();
  });
}

/** Not the workspace's own folder: one that has gone must not come back empty. */
function makeLockFolder(dir: string): void {
  try {
    mkdirSync(folderOf(dir), { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Removes what the leases of a dataset left that is gone; its row is never given again. */
export function forgetLeases(dir: string, dataset: number): void {
  try {
    rmSync(fileOf(dir, dataset), { force: true });
  } catch {
    // Windows keeps an open file; it is empty, and in nobody's way.
  }
}

function leaseOf(close: () => void): Lease {
  let held = true;
  const release = () => {
    if (held) close();
    held = false;
  };
  return { release, [Symbol.dispose]: release };
}

/** "run-0001", "run-0001 and run-0002" */
const listed = (runs: readonly string[]) => runs.join(' and ');

/** Why a dataset cannot be used so. `runs`: those that train on it. */
export function datasetInUse(name: string, use: DatasetUse, runs: readonly string[]): GantryError {
  if (use === 'read') {
    return new GantryError('DATASET_IN_USE', `The dataset "${name}" is being imported into, or merged.`, {
      action: 'Wait until that has ended, or cancel it.',
    });
  }
  if (runs.length > 0) {
    const train = runs.length === 1 ? 'trains' : 'train';
    return new GantryError('DATASET_IN_USE', `${listed(runs)} ${train} on the dataset "${name}".`, {
      action: 'Take another dataset, or wait until the run has ended or is stopped.',
    });
  }
  return new GantryError('DATASET_IN_USE', `Other work is reading or changing the dataset "${name}".`, {
    action: 'Take another dataset, or wait until that work has ended.',
  });
}
