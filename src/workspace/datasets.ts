import { createHash } from 'node:crypto';
import { z } from 'zod';
import { GantryError } from '../base/errors.ts';
import { hex, jsonColumn } from './columns.ts';
import type { Db } from './db.ts';
import {
  type DatasetRecord,
  datasetRowSchema,
  type Privacy,
  privacySchema,
  type SeriesRecord,
  type SliceRecord,
  type SliceState,
  type SplitSide,
  type SubjectRecord,
  seriesRowSchema,
  sliceRowSchema,
  sliceStateSchema,
  splitSideSchema,
  subjectRowSchema,
} from './records.ts';

export interface NewDataset {
  readonly name: string;
  readonly subjectFrom: string;
  readonly splitSeed: number;
  readonly heldOutFraction: number | null;
  /** Default: categories are kept, dates and texts are not. */
  readonly privacy?: Privacy | undefined;
}

const idRow = z.object({ id: z.number().int() });
const countRow = z.object({ n: z.number().int() });
const stateCountRow = z.object({
  state: sliceStateSchema,
  side: splitSideSchema.nullable(),
  n: z.number().int(),
});
const subjectCountRow = z.object({ side: splitSideSchema.nullable(), n: z.number().int() });
const textRow = z.object({ text: z.string().nullable() });

/** A dataset's name is typed, shown and used in file names: letters, digits and `. _ -`, 1 to 64 of them. */
export function checkDatasetName(name: string): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(name)) {
    throw new GantryError(
      'USAGE',
      'A dataset name has 1 to 64 letters, digits, dots, dashes or underscores.',
      {
        action: 'Choose another name.',
      },
    );
  }
}

export function datasetId(db: Db, name: string): number | undefined {
  return db.get(idRow, 'SELECT id FROM datasets WHERE name = ?', name)?.id;
}

/** @throws NOT_FOUND */
export function requireDataset(db: Db, name: string): number {
  const id = datasetId(db, name);
  if (id === undefined) {
    throw new GantryError('NOT_FOUND', `There is no dataset "${name}" in this workspace.`, {
      action: 'List the datasets with: gantry datasets --workspace W',
    });
  }
  return id;
}

export function insertDataset(db: Db, dataset: NewDataset, at: string): number {
  checkDatasetName(dataset.name);
  return db.run(
    `INSERT INTO datasets (name, created_at, updated_at, subject_from, split_seed, held_out_fraction, privacy)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    dataset.name,
    at,
    at,
    dataset.subjectFrom,
    dataset.splitSeed,
    dataset.heldOutFraction,
    JSON.stringify(privacySchema.parse(dataset.privacy ?? {})),
  ).lastId;
}

/** Another name, in the runs that were trained on it too. */
export function renameDataset(db: Db, id: number, from: string, to: string, at: string): void {
  checkDatasetName(to);
  db.transaction(() => {
    db.run('UPDATE datasets SET name = ?, updated_at = ? WHERE id = ?', to, at, id);
    db.run('UPDATE runs SET dataset = ? WHERE dataset = ?', to, from);
  });
}

/** Those that are being made have names that no dataset can have (see merge.ts), and are not listed. */
export function readDatasetNames(db: Db): string[] {
  return db
    .all(z.object({ name: z.string() }), "SELECT name FROM datasets WHERE name NOT LIKE '(%' ORDER BY name")
    .map((row) => row.name);
}

/** The dataset with its figures. @throws NOT_FOUND */
export function readDataset(db: Db, name: string): DatasetRecord {
  const row = db.get(datasetRowSchema, 'SELECT * FROM datasets WHERE id = ?', requireDataset(db, name));
  if (row === undefined)
    throw new GantryError('NOT_FOUND', `There is no dataset "${name}" in this workspace.`);
  const states = db.all(
    stateCountRow,
    `SELECT slices.state AS state, subjects.side AS side, count(*) AS n
     FROM slices JOIN series ON series.id = slices.series JOIN subjects ON subjects.id = series.subject
     WHERE slices.dataset = ? GROUP BY slices.state, subjects.side`,
    row.id,
  );
  const sum = (test: (entry: z.output<typeof stateCountRow>) => boolean) =>
    states.filter(test).reduce((total, entry) => total + entry.n, 0);
  const sides = db.all(
    subjectCountRow,
    'SELECT side, count(*) AS n FROM subjects WHERE dataset = ? GROUP BY side',
    row.id,
  );
  const subjects = (side?: SplitSide) =>
    sides.filter((s) => side === undefined || s.side === side).reduce((total, entry) => total + entry.n, 0);
  const distinct = (sql: string) =>
    db.all(textRow, sql, row.id).flatMap(({ text }) => (text === null ? [] : [text]));
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    subjectFrom: row.subject_from,
    splitSeed: row.split_seed,
    heldOutFraction: row.held_out_fraction,
    slices: sum((s) => s.state === 'used'),
    empty: sum((s) => s.state === 'empty'),
    excluded: sum((s) => s.state === 'excluded'),
    total: sum(() => true),
    series: db.get(countRow, 'SELECT count(*) AS n FROM series WHERE dataset = ?', row.id)?.n ?? 0,
    subjects: subjects(),
    trainSubjects: subjects('train'),
    heldOutSubjects: subjects('heldOut'),
    trainSlices: sum((s) => s.state === 'used' && s.side === 'train'),
    heldOutSlices: sum((s) => s.state === 'used' && s.side === 'heldOut'),
    modalities: distinct(
      "SELECT DISTINCT json_extract(attributes, '$.modality') AS text FROM series WHERE dataset = ? ORDER BY 1",
    ),
    planes: distinct('SELECT DISTINCT plane AS text FROM series WHERE dataset = ? ORDER BY 1'),
    notices: row.notices,
    privacy: row.privacy,
    unfinished:
      sides.some(({ side }) => side === null) ||
      (db.get(countRow, 'SELECT count(*) AS n FROM series WHERE dataset = ? AND content_hash IS NULL', row.id)
        ?.n ?? 0) > 0,
  };
}

export function writeDatasetNotices(db: Db, dataset: number, notices: readonly string[], at: string): void {
  db.run(
    'UPDATE datasets SET notices = ?, updated_at = ? WHERE id = ?',
    JSON.stringify([...new Set(notices)].sort()),
    at,
    dataset,
  );
}

export function readSubjects(db: Db, dataset: number): SubjectRecord[] {
  return db.all(
    subjectRowSchema,
    'SELECT id, label, side, attributes FROM subjects WHERE dataset = ? ORDER BY id',
    dataset,
  );
}

export function writeSides(db: Db, sides: ReadonlyMap<number, SplitSide>): void {
  db.transaction(() => {
    for (const [subject, side] of sides) db.run('UPDATE subjects SET side = ? WHERE id = ?', side, subject);
  });
}

/** In an order that depends on the content alone, not on the order or the workspace of the import. */
export function readSeries(db: Db, dataset: number): SeriesRecord[] {
  return db.all(seriesRowSchema, 'SELECT * FROM series WHERE dataset = ? ORDER BY content_hash, id', dataset);
}

export function readOneSeries(db: Db, series: number): SeriesRecord {
  const record = db.get(seriesRowSchema, 'SELECT * FROM series WHERE id = ?', series);
  if (record === undefined) throw new GantryError('NOT_FOUND', `There is no series ${series} here.`);
  return record;
}

/** Series that have changed since their results were worked out. */
export function readUnfinishedSeries(db: Db, dataset: number): number[] {
  const sql = 'SELECT id FROM series WHERE dataset = ? AND content_hash IS NULL ORDER BY id';
  return db.all(idRow, sql, dataset).map(({ id }) => id);
}

const contentRow = z.object({ subject: z.number().int(), content: hex.nullable() });

/** Subject and content hash of each series: whole records of many would fill the memory. */
export function eachSeriesContent(db: Db, dataset: number): Generator<z.output<typeof contentRow>> {
  const sql = 'SELECT subject, content_hash AS content FROM series WHERE dataset = ?';
  return db.each(contentRow, sql, dataset);
}

const noticesRow = z.object({ notices: jsonColumn(z.array(z.string())) });

/** All notices of the dataset's series, each once. */
export function readSeriesNotices(db: Db, dataset: number): string[] {
  const rows = db.all(noticesRow, 'SELECT DISTINCT notices FROM series WHERE dataset = ?', dataset);
  return [...new Set(rows.flatMap(({ notices }) => notices))];
}

export interface SliceQuery {
  readonly series?: number;
  readonly state?: SliceState;
  readonly side?: SplitSide;
  /** Rows to skip and to give; default all. */
  readonly offset?: number;
  readonly limit?: number;
}

function sliceSql(dataset: number, query: SliceQuery): { sql: string; values: (number | string)[] } {
  // Conditions are spelt out one by one: "(? IS NULL OR …)" would keep SQLite from using the index on series.
  const conditions = ['slices.dataset = ?'];
  const values: (number | string)[] = [dataset];
  const where = (condition: string, value: number | string | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  where('slices.series = ?', query.series);
  where('slices.state = ?', query.state);
  where('subjects.side = ?', query.side);
  const sql = `SELECT slices.* FROM slices
     JOIN series ON series.id = slices.series JOIN subjects ON subjects.id = series.subject
     WHERE ${conditions.join(' AND ')}
     ORDER BY series.content_hash, series.id, slices.ord, slices.id LIMIT ? OFFSET ?`;
  return { sql, values: [...values, query.limit ?? -1, query.offset ?? 0] };
}

/** Slices in the dataset's order (series by content, slices by geometry), one by one. */
export function eachSlice(db: Db, dataset: number, query: SliceQuery): Generator<SliceRecord> {
  const { sql, values } = sliceSql(dataset, query);
  return db.each(sliceRowSchema, sql, ...values);
}

/** All of them at once, by a statement that is kept: asked for series by series, new ones would pile up. */
export function readSlices(db: Db, dataset: number, query: SliceQuery): SliceRecord[] {
  const { sql, values } = sliceSql(dataset, query);
  return db.all(sliceRowSchema, sql, ...values);
}

export function readSliceRecord(db: Db, slice: number): SliceRecord {
  const record = db.get(sliceRowSchema, 'SELECT * FROM slices WHERE id = ?', slice);
  if (record === undefined)
    throw new GantryError('NOT_FOUND', `There is no slice ${slice} in this workspace.`);
  return record;
}

export interface SeriesResult {
  readonly series: number;
  readonly window: { readonly low: number; readonly high: number };
  readonly windowRule: string;
  readonly contentHash: string;
  readonly slices: readonly {
    readonly id: number;
    readonly order: number;
    readonly foreground: number;
    readonly state: SliceState;
    readonly reason: string | null;
  }[];
}

/** Keeps what was worked out of whole series. States that a user chose are not passed here, but left alone. */
export function writeSeriesResults(db: Db, results: readonly SeriesResult[]): void {
  db.transaction(() => {
    for (const result of results) writeSeriesResult(db, result);
  });
}

function writeSeriesResult(db: Db, result: SeriesResult): void {
  db.run(
    'UPDATE series SET window_low = ?, window_high = ?, window_rule = ?, content_hash = ? WHERE id = ?',
    result.window.low,
    result.window.high,
    result.windowRule,
    Buffer.from(result.contentHash, 'hex'),
    result.series,
  );
  for (const slice of result.slices) {
    db.run('UPDATE slices SET ord = ?, foreground = ? WHERE id = ?', slice.order, slice.foreground, slice.id);
    db.run(
      'UPDATE slices SET state = ?, reason = ? WHERE id = ? AND chosen = 0',
      slice.state,
      slice.reason,
      slice.id,
    );
  }
}

/** Sets aside or brings back slices by hand; later imports keep the choice. */
export function writeSliceState(
  db: Db,
  slices: readonly number[],
  state: SliceState,
  reason: string | null,
  at: string,
): void {
  db.transaction(() => {
    for (const slice of slices) {
      const { changes } = db.run(
        'UPDATE slices SET state = ?, reason = ?, chosen = 1 WHERE id = ?',
        state,
        reason,
        slice,
      );
      if (changes === 0) throw new GantryError('NOT_FOUND', `There is no slice ${slice} in this workspace.`);
      db.run(
        'UPDATE datasets SET updated_at = ? WHERE id = (SELECT dataset FROM slices WHERE id = ?)',
        at,
        slice,
      );
    }
  });
}

const hashRow = z.object({
  content_hash: z.instanceof(Uint8Array),
  state: sliceStateSchema,
  side: splitSideSchema.nullable(),
  window_low: z.number().nullable(),
  window_high: z.number().nullable(),
});

/**
 * SHA-256 over the used slices in the dataset's order: content, side of the split and window. Two workspaces
 * with the same files and split give the same hash; names and keys are no part of it.
 */
export function hashDataset(db: Db, dataset: number): string {
  const hash = createHash('sha256');
  const rows = db.each(
    hashRow,
    `SELECT slices.content_hash, slices.state, subjects.side, series.window_low, series.window_high FROM slices
     JOIN series ON series.id = slices.series JOIN subjects ON subjects.id = series.subject
     WHERE slices.dataset = ? AND slices.state = 'used'
     ORDER BY series.content_hash, series.id, slices.ord, slices.id`,
    dataset,
  );
  for (const row of rows) {
    hash.update(row.content_hash);
    hash.update(`${row.side ?? '-'} ${row.window_low ?? '-'} ${row.window_high ?? '-'}\n`);
  }
  return hash.digest('hex');
}
