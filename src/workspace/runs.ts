import { z } from 'zod';
import { type CardTexts, noCardTexts } from '../base/cardTexts.ts';
import { GantryError } from '../base/errors.ts';
import { jsonColumn } from './columns.ts';
import type { Db } from './db.ts';
import {
  type CheckpointRecord,
  checkpointRowSchema,
  eventRowSchema,
  metricsRowSchema,
  type RunEventRecord,
  type RunMetrics,
  type RunRecord,
  runRow,
  runRowSchema,
} from './records.ts';
import { isUnderWay, type RunEvent, transition } from './runState.ts';

export interface NewRun {
  readonly dataset: string;
  readonly datasetHash: string;
  readonly preset: string;
  readonly size: number;
  readonly seed: number;
  /** JSON value: everything the run needs to be resumed. */
  readonly config: unknown;
  readonly device: string;
  readonly totalImages?: number | null;
  readonly minutes?: number | null;
  readonly note?: string | null;
}

export interface RunPatch {
  /** Moves the state machine; refused (USAGE) when the state does not answer it. */
  readonly event?: RunEvent;
  readonly images?: number;
  readonly totalImages?: number;
  readonly seconds?: number;
  readonly device?: string;
  readonly note?: string | null;
  readonly config?: unknown;
}

const idRow = z.object({ id: z.number().int() });
const spanRow = z.object({
  n: z.number().int(),
  first: z.number().int().nullable(),
  last: z.number().int().nullable(),
});

function rowOf(db: Db, run: string): number {
  const id = runRow(run);
  const found = id === undefined ? undefined : db.get(idRow, 'SELECT id FROM runs WHERE id = ?', id);
  if (found === undefined) {
    throw new GantryError('NOT_FOUND', `There is no run "${run}" in this workspace.`, {
      action: 'List the runs with: gantry runs --workspace W',
    });
  }
  return found.id;
}

/** Adds a run in the state `queued`; gives its row. */
export function insertRun(db: Db, run: NewRun, at: string): number {
  return db.run(
    `INSERT INTO runs (dataset, dataset_hash, preset, size, seed, config, device, state, total_images, minutes,
       note, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    run.dataset,
    run.datasetHash,
    run.preset,
    run.size,
    run.seed,
    JSON.stringify(run.config),
    run.device,
    JSON.stringify({ kind: 'queued' }),
    run.totalImages ?? null,
    run.minutes ?? null,
    run.note ?? null,
    at,
    at,
  ).lastId;
}

export function readRun(db: Db, run: string): RunRecord {
  const record = db.get(runRowSchema, 'SELECT * FROM runs WHERE id = ?', rowOf(db, run));
  if (record === undefined) throw new GantryError('NOT_FOUND', `There is no run "${run}" in this workspace.`);
  return record;
}

/** Oldest first. */
export function readRuns(db: Db): RunRecord[] {
  return db.all(runRowSchema, 'SELECT * FROM runs ORDER BY id');
}

export function patchRun(db: Db, run: string, patch: RunPatch, at: string): RunRecord {
  return db.transaction(() => {
    const before = readRun(db, run);
    const state = patch.event === undefined ? before.state : transition(before.state, patch.event, at);
    db.run(
      `UPDATE runs SET state = ?, images = ?, total_images = ?, seconds = ?, device = ?, note = ?, config = ?,
         updated_at = ? WHERE id = ?`,
      JSON.stringify(state),
      patch.images ?? before.images,
      patch.totalImages ?? before.totalImages,
      patch.seconds ?? before.seconds,
      patch.device ?? before.device,
      patch.note === undefined ? before.note : patch.note,
      JSON.stringify(patch.config ?? before.config),
      at,
      rowOf(db, run),
    );
    return readRun(db, run);
  });
}

/** Runs that train, or were training when their process died. */
export function readActiveRuns(db: Db): RunRecord[] {
  return readRuns(db).filter(({ state }) => isUnderWay(state));
}

/** A writer that has just taken the lock knows that nobody trains: what says so was left by a dead process. */
export function interruptLeftRuns(db: Db, at: string): string[] {
  const left = readActiveRuns(db);
  for (const { id } of left) {
    patchRun(db, id, { event: { type: 'interrupt' } }, at);
    insertEvent(db, id, { kind: 'interrupted', text: 'The process of the run ended unexpectedly.' }, at);
  }
  return left.map(({ id }) => id);
}

/** Steps that are there already (after a resume) are replaced. */
export function insertMetrics(db: Db, run: string, rows: readonly RunMetrics[]): void {
  const id = rowOf(db, run);
  db.transaction(() => {
    for (const row of rows) {
      db.run(
        `INSERT OR REPLACE INTO metrics (run, step, images, loss_d, loss_g, score_real, score_fake, extra, seconds)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        row.step,
        row.images,
        row.lossD,
        row.lossG,
        row.scoreReal,
        row.scoreFake,
        Object.keys(row.extra).length === 0 ? null : JSON.stringify(row.extra),
        row.seconds,
      );
    }
  });
}

/** Forgets the steps after `step`: a resumed run goes on from its checkpoint, not from its last log line. */
export function deleteMetricsAfter(db: Db, run: string, step: number): void {
  db.run('DELETE FROM metrics WHERE run = ? AND step > ?', rowOf(db, run), step);
}

export interface MetricsQuery {
  /** First step; default 0. */
  readonly from?: number;
  /** Last step, inclusive; default all. */
  readonly to?: number;
  /** At most so many rows, evenly spread over the steps, the newest always among them; default all. */
  readonly maxPoints?: number;
}

export function readMetrics(db: Db, run: string, query: MetricsQuery): RunMetrics[] {
  const id = rowOf(db, run);
  const from = query.from ?? 0;
  const to = query.to ?? Number.MAX_SAFE_INTEGER;
  const columns = 'images, loss_d, loss_g, score_real, score_fake, extra, seconds';
  const span = db.get(
    spanRow,
    `SELECT count(*) AS n, min(step) AS first, max(step) AS last FROM metrics
     WHERE run = ? AND step BETWEEN ? AND ?`,
    id,
    from,
    to,
  );
  if (span === undefined || span.first === null || span.last === null) return [];
  const maxPoints = Math.max(2, query.maxPoints ?? Number.POSITIVE_INFINITY);
  if (span.n <= maxPoints) {
    return db.all(
      metricsRowSchema,
      `SELECT step, ${columns} FROM metrics WHERE run = ? AND step BETWEEN ? AND ? ORDER BY step`,
      id,
      from,
      to,
    );
  }
  // One row a bucket of steps: with one min() or max(), SQLite takes the other columns from that same row.
  const width = Math.ceil((span.last - span.first + 1) / maxPoints);
  return db.all(
    metricsRowSchema,
    `SELECT max(step) AS step, ${columns} FROM metrics WHERE run = ? AND step BETWEEN ? AND ?
     GROUP BY CAST((step - ?) / ? AS INTEGER) ORDER BY step`,
    id,
    from,
    to,
    span.first,
    width,
  );
}

export interface NewRunEvent {
  readonly kind: string;
  readonly text: string;
  readonly images?: number;
}

export function insertEvent(db: Db, run: string, event: NewRunEvent, at: string): void {
  db.run(
    'INSERT INTO events (run, at, kind, text, images) VALUES (?, ?, ?, ?, ?)',
    rowOf(db, run),
    at,
    event.kind,
    event.text,
    event.images ?? 0,
  );
}

export function readEvents(db: Db, run: string, afterId: number, limit: number): RunEventRecord[] {
  return db.all(
    eventRowSchema,
    'SELECT id, at, kind, text, images FROM events WHERE run = ? AND id > ? ORDER BY id LIMIT ?',
    rowOf(db, run),
    afterId,
    limit,
  );
}

export interface NewCheckpoint {
  readonly name: string;
  readonly images: number;
  readonly sha256: string;
  readonly figures?: Readonly<Record<string, number>>;
}

export function insertCheckpoint(db: Db, run: string, checkpoint: NewCheckpoint, at: string): void {
  db.run(
    `INSERT OR REPLACE INTO checkpoints (run, name, images, sha256, created_at, figures) VALUES (?, ?, ?, ?, ?, ?)`,
    rowOf(db, run),
    checkpoint.name,
    checkpoint.images,
    checkpoint.sha256,
    at,
    JSON.stringify(checkpoint.figures ?? {}),
  );
}

/** By images seen, fewest first. */
export function readCheckpoints(db: Db, run: string): CheckpointRecord[] {
  return db.all(
    checkpointRowSchema,
    `SELECT name, images, sha256, created_at, figures FROM checkpoints WHERE run = ? ORDER BY images, name`,
    rowOf(db, run),
  );
}

export function deleteCheckpoint(db: Db, run: string, name: string): void {
  db.run('DELETE FROM checkpoints WHERE run = ? AND name = ?', rowOf(db, run), name);
}

const figuresRow = z.object({
  images: z.number().int(),
  figures: jsonColumn(z.record(z.string(), z.number())),
});

/** Measures of a run at a number of images; they outlive the checkpoint that they were taken of. */
export function insertFigures(
  db: Db,
  run: string,
  images: number,
  figures: Readonly<Record<string, number>>,
): void {
  db.run(
    'INSERT OR REPLACE INTO run_figures (run, images, figures) VALUES (?, ?, ?)',
    rowOf(db, run),
    images,
    JSON.stringify(figures),
  );
}

/** By images, fewest first. */
export function readFigures(db: Db, run: string): z.output<typeof figuresRow>[] {
  return db.all(
    figuresRow,
    'SELECT images, figures FROM run_figures WHERE run = ? ORDER BY images',
    rowOf(db, run),
  );
}

const cardRow = z.object({
  texts: jsonColumn(
    z.object({
      intendedUse: z.string(),
      forbiddenUse: z.string(),
      contact: z.string(),
      notes: z.string(),
    }),
  ),
});

/** What the makers of a run say of it; empty texts where they said nothing. */
export function readCardTexts(db: Db, run: string): CardTexts {
  return db.get(cardRow, 'SELECT texts FROM run_cards WHERE run = ?', rowOf(db, run))?.texts ?? noCardTexts;
}

export function writeCardTexts(db: Db, run: string, texts: CardTexts): void {
  const sql = 'INSERT OR REPLACE INTO run_cards (run, texts) VALUES (?, ?)';
  db.run(sql, rowOf(db, run), JSON.stringify(texts));
}

export function deleteRun(db: Db, run: string): void {
  db.run('DELETE FROM runs WHERE id = ?', rowOf(db, run));
}
