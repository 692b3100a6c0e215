import { z } from 'zod';
import { isIntact } from './content.ts';
import type { Db } from './db.ts';
import { sliceRowSchema } from './records.ts';
import type { ShardReader } from './shards.ts';

/**
 * The database survives a power failure by itself, but the rows of the newest slices may then name bytes that
 * never reached the disk. `meta.unsynced` is the highest slice id that is known to be flushed while an import
 * is at work; slices above it are verified by their hashes when the next writer comes.
 */
const name = 'unsynced';

const valueRow = z.object({ value: z.string() });
const idRow = z.object({ id: z.number().int() });

/** Highest slice id of now. */
export function highestSlice(db: Db): number {
  return db.get(idRow, 'SELECT coalesce(max(id), 0) AS id FROM slices')?.id ?? 0;
}

/** Says that slices above `id` may not have been flushed. */
export function setUnsynced(db: Db, id: number): void {
  db.run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', name, String(id));
}

function clearUnsynced(db: Db): void {
  db.run('DELETE FROM meta WHERE name = ?', name);
}

/** Verifies the slices that may not have reached the disk, and forgets those that did not. Gives their number. */
export function recover(db: Db, reader: ShardReader): number {
  const marker = db.get(valueRow, 'SELECT value FROM meta WHERE name = ?', name);
  if (marker === undefined) return 0;
  const damaged: number[] = [];
  for (const record of db.each(sliceRowSchema, 'SELECT * FROM slices WHERE id > ?', Number(marker.value))) {
    if (!isIntact(reader, record)) damaged.push(record.id);
  }
  db.transaction(() => {
    for (const id of damaged) {
      db.run(
        'DELETE FROM sources WHERE (dataset, key) IN (SELECT dataset, source FROM slices WHERE id = ?)',
        id,
      );
      db.run('DELETE FROM slices WHERE id = ?', id);
    }
    clearUnsynced(db);
  });
  return damaged.length;
}
