import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { z } from 'zod';
import { GantryError, toGantryError } from '../base/errors.ts';

const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const CANTOPEN = 14;
const NOTADB = 26;

/** SQLite reports some full-disk failures (growing the shared-memory index) as plain I/O errors. */
function isDiskFull(file: string): boolean {
  try {
    const stat = statfsSync(dirname(file));
    return stat.bavail * stat.bsize < 128 * 1024;
  } catch {
    return false;
  }
}

/** Gives an error of node:sqlite one of our codes. `file` is used to look at the disk, never in a message. */
export function translateSqliteError(error: unknown, file: string): GantryError {
  const errcode = (error as { errcode?: number } | null)?.errcode;
  if (errcode === undefined) return toGantryError(error);
  switch (errcode & 0xff) {
    case BUSY:
      return new GantryError('WORKSPACE_BUSY', 'Another Gantry process is writing to this workspace.', {
        action: 'Wait until it has finished, or stop it, then run the command again.',
        cause: error,
      });
    case CORRUPT:
    case NOTADB:
      return new GantryError('WORKSPACE_INVALID', 'The workspace database is damaged.', {
        action: 'Restore workspace.db from a backup, or import into a new workspace.',
        cause: error,
      });
    case READONLY:
    case CANTOPEN:
      return isDiskFull(file)
        ? diskFull(error)
        : new GantryError('UNREADABLE', 'The workspace database may not be opened or written.', {
            action: 'Check the permissions of the workspace folder.',
            cause: error,
          });
    case IOERR:
      return isDiskFull(file)
        ? diskFull(error)
        : new GantryError('IO', 'The workspace database could not be read or written.', { cause: error });
    default:
      return toGantryError(error);
  }
}

export function diskFull(cause: unknown): GantryError {
  return new GantryError('DISK_FULL', 'The disk that holds the workspace is full.', {
    action: 'Free some space and run the command again; nothing that was finished is lost.',
    cause,
  });
}

/** A thin border over node:sqlite: cached statements, coded errors, rows that are parsed and never cast. */
export class Db {
  readonly file: string;
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private depth = 0;

  constructor(file: string) {
    this.file = file;
    this.database = this.guard(
      () => new DatabaseSync(file, { timeout: 5000, enableForeignKeyConstraints: true }),
    );
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof GantryError ? error : translateSqliteError(error, this.file);
    }
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs several statements without parameters. */
  exec(sql: string): void {
    this.guard(() => this.database.exec(sql));
  }

  /** Runs one statement; gives the rows changed and the last row id. */
  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastId: number } {
    return this.guard(() => {
      const result = this.statement(sql).run(...values);
      return { changes: Number(result.changes), lastId: Number(result.lastInsertRowid) };
    });
  }

  /** The first row, or undefined. */
  get<S extends z.ZodType>(schema: S, sql: string, ...values: SQLInputValue[]): z.output<S> | undefined {
    const row = this.guard(() => this.statement(sql).get(...values));
    return row === undefined ? undefined : parseRow(schema, row);
  }

  /** All rows. */
  all<S extends z.ZodType>(schema: S, sql: string, ...values: SQLInputValue[]): z.output<S>[] {
    return this.guard(() => this.statement(sql).all(...values)).map((row) => parseRow(schema, row));
  }

  /** Rows one by one, for results that may be larger than memory. */
  *each<S extends z.ZodType>(schema: S, sql: string, ...values: SQLInputValue[]): Generator<z.output<S>> {
    // A statement of its own: a cached one could be started again while this loop is at it.
    const rows = this.guard(() => this.database.prepare(sql).iterate(...values));
    for (;;) {
      const next = this.guard(() => rows.next());
      if (next.done) return;
      yield parseRow(schema, next.value);
    }
  }

  /** All or nothing. Nested calls join the outer transaction. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work();
    this.exec('BEGIN IMMEDIATE');
    this.depth++;
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite may have rolled back by itself (full disk); a second ROLLBACK is then an error to ignore.
      try {
        this.database.exec('ROLLBACK');
      } catch {}
      throw error;
    } finally {
      this.depth--;
    }
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }
}

function parseRow<S extends z.ZodType>(schema: S, row: unknown): z.output<S> {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new GantryError('WORKSPACE_INVALID', `A record of the workspace is damaged (field "${where}").`, {
    action: 'Restore workspace.db from a backup, or import into a new workspace.',
  });
}
