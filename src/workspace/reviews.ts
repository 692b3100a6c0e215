import { join } from 'node:path';
import { z } from 'zod';
import { GantryError } from '../base/errors.ts';
import { jsonColumn } from './columns.ts';
import { Db } from './db.ts';
import type { Workspace } from './workspace.ts';

const setRow = z
  .object({
    id: z.number().int(),
    run: z.string(),
    checkpoint: z.number().int(),
    seed: z.number().int(),
    slices: z.number().int(),
    size: z.number().int(),
    info: jsonColumn(z.json()),
    created_at: z.string(),
  })
  .transform(({ created_at, ...rest }) => ({ ...rest, createdAt: created_at }));
/** Generated slices 0 .. slices - 1 of a seed that lie ready to be looked at. `checkpoint`: images seen. */
export type ReviewSetRecord = z.infer<typeof setRow>;

export const verdictSchema = z.enum(['accept', 'reject', 'mark', 'none']);

const verdictRow = z.object({
  run: z.string(),
  checkpoint: z.number().int(),
  seed: z.number().int(),
  slice: z.number().int(),
  verdict: verdictSchema,
  reason: z.string().nullable(),
  note: z.string().nullable(),
  reader: z.string(),
  at: z.string(),
});
/** What a reader said of a generated slice. Every one is kept; the last one of a slice counts. */
export type VerdictRecord = z.infer<typeof verdictRow>;

const idRow = z.object({ id: z.number().int() });

/** Review sets and verdicts, over a connection of its own. */
export class ReviewStore {
  private readonly ws: Workspace;
  private readonly db: Db;

  constructor(ws: Workspace) {
    this.ws = ws;
    this.db = new Db(join(ws.dir, 'workspace.db'));
    this.db.exec('PRAGMA synchronous = NORMAL');
  }

  close(): void {
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Newest first. */
  sets(): ReviewSetRecord[] {
    return this.db.all(setRow, 'SELECT * FROM review_sets ORDER BY id DESC');
  }

  /** @throws NOT_FOUND */
  set(id: number): ReviewSetRecord {
    const record = this.db.get(setRow, 'SELECT * FROM review_sets WHERE id = ?', id);
    if (record === undefined) throw new GantryError('NOT_FOUND', `There is no review set ${id}.`);
    return record;
  }

  /** Files of a set: pixels.u16 and slices.json below it. */
  setDir(key: string): string {
    return join(this.ws.dir, 'content', 'reviews', key);
  }

  addSet(set: Omit<ReviewSetRecord, 'id' | 'createdAt' | 'info'> & { readonly info: unknown }): number {
    return this.writing(
      () =>
        this.db.get(
          idRow,
          `INSERT INTO review_sets (run, checkpoint, seed, slices, size, info, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
          set.run,
          set.checkpoint,
          set.seed,
          set.slices,
          set.size,
          JSON.stringify(set.info),
          new Date().toISOString(),
        )!.id,
    );
  }

  removeSet(id: number): void {
    this.writing(() => this.db.run('DELETE FROM review_sets WHERE id = ?', id));
  }

  /** Adds a verdict; those before it stay. */
  addVerdict(verdict: Omit<VerdictRecord, 'at'>): void {
    this.writing(() => {
      this.db.run(
        `INSERT INTO verdicts (run, checkpoint, seed, slice, verdict, reason, note, reader, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        verdict.run,
        verdict.checkpoint,
        verdict.seed,
        verdict.slice,
        verdict.verdict,
        verdict.reason,
        verdict.note,
        verdict.reader,
        new Date().toISOString(),
      );
    });
  }

  /** The verdicts that count for the slices of a seed, by slice; "none" where one was taken back. */
  verdicts(run: string, checkpoint: number, seed: number): Map<number, VerdictRecord> {
    const rows = this.db.all(
      verdictRow,
      'SELECT * FROM verdicts WHERE run = ? AND checkpoint = ? AND seed = ? ORDER BY id',
      run,
      checkpoint,
      seed,
    );
    return new Map(rows.map((row) => [row.slice, row]));
  }

  private writing<T>(work: () => T): T {
    const hold = this.ws.acquireWriter();
    try {
      return work();
    } finally {
      hold.release();
    }
  }
}
