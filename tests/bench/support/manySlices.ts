import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { importPaths } from '../../../src/studio/import/index.ts';
import { Workspace } from '../../../src/workspace/index.ts';
import { madeDicom } from '../../unit/studio/import/makeDicom.ts';

/** Different pictures; all other slices are rows about the same ones. */
export const pictures = 64;

/** A workspace in the folder, open for writing, with a dataset "large" of as many slices as there are pictures. */
export async function importPictures(folder: string, edge: number): Promise<Workspace> {
  const scans = join(folder, 'scans');
  mkdirSync(scans);
  for (let i = 1; i <= pictures; i++) {
    writeFileSync(join(scans, `${i}.dcm`), madeDicom({ instance: i, rows: edge, columns: edge }));
  }
  const ws = Workspace.create(join(folder, 'workspace'), { write: true });
  await importPaths(ws, { paths: [scans], dataset: 'large' });
  return ws;
}

/** Adds so many copies of every slice to the dataset of a workspace that is closed. */
export function copySlices(dir: string, copies: number): void {
  const db = new DatabaseSync(join(dir, 'workspace.db'));
  db.exec(`
    WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ${copies})
    INSERT INTO slices (dataset, series, key, source, content_hash, shard, offset, rows, columns, signed,
      bits_stored, slope, intercept, inverted, padding, position_mm, instance, ord, foreground, state)
    SELECT dataset, series, randomblob(16), source, content_hash, shard, offset, rows, columns, signed,
      bits_stored, slope, intercept, inverted, padding, position_mm, instance, ord + ${pictures} * n, foreground, 'used'
    FROM slices, copies`);
  db.close();
}
