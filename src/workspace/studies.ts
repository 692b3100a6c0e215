import { join } from 'node:path';
import { z } from 'zod';
import { GantryError } from '../base/errors.ts';
import { jsonColumn } from './columns.ts';
import { Db } from './db.ts';
import type { Workspace } from './workspace.ts';

const idRow = z.object({ id: z.number().int() });

const studyRow = z.object({
  id: z.number().int(),
  hash: z.string(),
  public: jsonColumn(z.json()),
  key: jsonColumn(z.json()).nullable(),
});
/** A reader study; the meaning of its parts is src/study's. `key` is null where only the reader's file is here. */
export type StudyRecord = z.infer<typeof studyRow>;

const answerRow = z.object({
  reader: z.string(),
  answer: jsonColumn(z.json()),
  hash: z.string(),
  at: z.string(),
});
export type AnswerRecord = z.infer<typeof answerRow>;

/** Reader studies and their answers, over a connection of its own. Answers are only ever added. */
export class StudyStore {
  private readonly ws: Workspace;
  private readonly db: Db;

  constructor(ws: Workspace) {
    this.ws = ws;
    this.db = new Db(join(ws.dir, 'workspace.db'));
    this.db.exec('PRAGMA synchronous = FULL');
  }

  close(): void {
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Newest first. */
  list(): StudyRecord[] {
    return this.db.all(studyRow, 'SELECT * FROM studies ORDER BY id DESC');
  }

  /** @throws NOT_FOUND */
  get(id: number): StudyRecord {
    const record = this.db.get(studyRow, 'SELECT * FROM studies WHERE id = ?', id);
    if (record === undefined) throw new GantryError('NOT_FOUND', `There is no study ${id}.`);
    return record;
  }

  find(hash: string): StudyRecord | undefined {
    return this.db.get(studyRow, 'SELECT * FROM studies WHERE hash = ?', hash);
  }

  /** Images of a study: raw 16-bit values, one after another. */
  imagesFile(hash: string): string {
    return join(this.ws.dir, 'content', 'studies', `${hash}.u16`);
  }

  /** Adds a study; its images must lie at `imagesFile` by then. @returns its id */
  add(study: { readonly hash: string; readonly public: unknown; readonly key: unknown }): number {
    return this.writing(() => {
      const sql = 'INSERT INTO studies (hash, public, key) VALUES (?, ?, ?) RETURNING id';
      const key = study.key === null ? null : JSON.stringify(study.key);
      return this.db.get(idRow, sql, study.hash, JSON.stringify(study.public), key)!.id;
    });
  }

  remove(id: number): void {
    this.writing(() => this.db.run('DELETE FROM studies WHERE id = ?', id));
  }

  /** All answers of a study, by reader and in their order. */
  answers(study: number): AnswerRecord[] {
    const sql = 'SELECT reader, answer, hash, at FROM study_answers WHERE study = ? ORDER BY reader, seq';
    return this.db.all(answerRow, sql, study);
  }

  answersOf(study: number, reader: string): AnswerRecord[] {
    const sql =
      'SELECT reader, answer, hash, at FROM study_answers WHERE study = ? AND reader = ? ORDER BY seq';
    return this.db.all(answerRow, sql, study, reader);
  }

  /**
   * Adds answers behind those that a reader gave before; they are on the disk when this returns.
   * @param from place of the first one; when another answer has it, nothing is added
   * @throws ALREADY_EXISTS
   */
  append(
    study: number,
    reader: string,
    from: number,
    entries: readonly { readonly answer: unknown; readonly hash: string }[],
  ): void {
    this.writing(() =>
      this.db.transaction(() => {
        const row = this.db.get(
          z.object({ n: z.number().int() }),
          'SELECT count(*) AS n FROM study_answers WHERE study = ? AND reader = ?',
          study,
          reader,
        );
        if (row?.n !== from) {
          throw new GantryError('ALREADY_EXISTS', 'This case was answered in another window.', {
            action: 'Reload the page; answers that were given stand.',
          });
        }
        entries.forEach(({ answer, hash }, i) => {
          this.db.run(
            'INSERT INTO study_answers (study, reader, seq, answer, hash, at) VALUES (?, ?, ?, ?, ?, ?)',
            study,
            reader,
            from + i,
            JSON.stringify(answer),
            hash,
            new Date().toISOString(),
          );
        });
      }),
    );
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
