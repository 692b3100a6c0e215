import { createHash } from 'node:crypto';
import { z } from 'zod';
import { jsonColumn } from './columns.ts';
import type { Db } from './db.ts';
import { type SeriesAttributes, type SeriesGeometry, seriesGeometrySchema } from './records.ts';
import type { ShardAppender } from './shards.ts';

/** A slice on its way in. All keys are keyed hashes: whoever makes this record has dropped the identity. */
export interface IncomingSlice {
  readonly key: Uint8Array;
  readonly subjectKey: Uint8Array;
  readonly subjectAttributes: SeriesAttributes;
  /** Equal for slices of one series; those of another direction are put into a series of their own here. */
  readonly seriesKey: Uint8Array;
  readonly series: {
    readonly kind: string;
    readonly plane: string | null;
    readonly rows: number;
    readonly columns: number;
    readonly geometry: SeriesGeometry;
    readonly attributes: SeriesAttributes;
    readonly notices: readonly string[];
  };
  /** Hash of the pixels and of all that is needed to read them. */
  readonly contentHash: Uint8Array;
  /** rows x columns values of 16 bits, little-endian, row-major. */
  readonly pixels: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly signed: boolean;
  readonly bitsStored: number;
  /** Real value = stored * slope + intercept; negated where `inverted`. */
  readonly slope: number;
  readonly intercept: number;
  readonly inverted: boolean;
  readonly padding: number | null;
  readonly positionMm: number | null;
  readonly instance: number | null;
  readonly labels: Readonly<Record<string, string>> | null;
}

export interface IncomingFile {
  /** Keyed hash of the file's bytes and of how they were read. */
  readonly sourceKey: Uint8Array;
  /** A part of the file's slices, or all. */
  readonly slices: readonly IncomingSlice[];
  /**
   * On the last part of a file all whose slices the dataset holds: their number. The file is then known, and
   * skipped the next time.
   */
  readonly total?: number;
}

export interface IngestCounts {
  readonly added: number;
  /** Slices that the dataset had. */
  readonly already: number;
  /** Slices whose identifier the dataset has with other pixels; they are left out. */
  readonly conflicts: number;
  /** Indices of the files that the conflicts are in. */
  readonly conflicting: readonly number[];
}

const idRow = z.object({ id: z.number().int() });
const seriesRow = z.object({ id: z.number().int(), geometry: jsonColumn(seriesGeometrySchema) });
const existingRow = z.object({ id: z.number().int(), content_hash: z.instanceof(Uint8Array) });
const placeRow = z.object({ shard: z.number().int(), offset: z.number().int() });
const endRow = z.object({ shard: z.number().int(), end: z.number().int() });

/** Where the content ends, as the committed rows say. */
export function contentEnd(db: Db): { shard: number; offset: number } {
  const row = db.get(
    endRow,
    'SELECT shard, offset + 2 * rows * columns AS end FROM slices ORDER BY shard DESC, offset DESC LIMIT 1',
  );
  return row === undefined ? { shard: 1, offset: 0 } : { shard: row.shard, offset: row.end };
}

/** "sub-0001" */
export function label(prefix: string, ordinal: number): string {
  return `${prefix}-${String(ordinal).padStart(4, '0')}`;
}

const countRow = z.object({ n: z.number().int() });

/** Numbers the subjects and series of one transaction; counting the rows for each would cost with their square. */
export class Ordinals {
  private readonly db: Db;
  private readonly dataset: number;
  private readonly counts = new Map<string, number>();

  constructor(db: Db, dataset: number) {
    this.db = db;
    this.dataset = dataset;
  }

  next(table: 'subjects' | 'series'): number {
    const known =
      this.counts.get(table) ??
      this.db.get(countRow, `SELECT count(*) AS n FROM ${table} WHERE dataset = ?`, this.dataset)?.n ??
      0;
    this.counts.set(table, known + 1);
    return known + 1;
  }
}

function subjectOf(db: Db, dataset: number, slice: IncomingSlice, ordinals: Ordinals): number {
  const known = db.get(
    idRow,
    'SELECT id FROM subjects WHERE dataset = ? AND key = ?',
    dataset,
    slice.subjectKey,
  );
  if (known !== undefined) return known.id;
  return db.run(
    'INSERT INTO subjects (dataset, label, key, attributes) VALUES (?, ?, ?, ?)',
    dataset,
    label('sub', ordinals.next('subjects')),
    slice.subjectKey,
    JSON.stringify(slice.subjectAttributes),
  ).lastId;
}

/** Cosine of 2 degrees: as far as slices of one stack differ by rounding; scouts lie further apart. */
const sameDirection = 0.9994;

function isSameDirection({ orientation: a }: SeriesGeometry, { orientation: b }: SeriesGeometry): boolean {
  if (a === undefined || b === undefined) return a === b;
  const rows = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const columns = a[3] * b[3] + a[4] * b[4] + a[5] * b[5];
  return rows > sameDirection && columns > sameDirection;
}

/** Key of the n-th further direction of a series. */
function directionKey(seriesKey: Uint8Array, n: number): Uint8Array {
  return createHash('sha256').update(seriesKey).update(`direction ${n}`).digest().subarray(0, 16);
}

/** The series of this key and direction, or the key that a new one of this direction is to have. */
export function seriesPlace(
  db: Db,
  dataset: number,
  seriesKey: Uint8Array,
  geometry: SeriesGeometry,
): { readonly id: number } | { readonly key: Uint8Array } {
  let key = seriesKey;
  for (let n = 1; ; n++) {
    const known = db.get(
      seriesRow,
      'SELECT id, geometry FROM series WHERE dataset = ? AND key = ?',
      dataset,
      key,
    );
    if (known === undefined) return { key };
    if (isSameDirection(known.geometry, geometry)) return { id: known.id };
    key = directionKey(seriesKey, n);
  }
}

function seriesOf(db: Db, dataset: number, slice: IncomingSlice, ordinals: Ordinals): number {
  const place = seriesPlace(db, dataset, slice.seriesKey, slice.series.geometry);
  if ('id' in place) return place.id;
  const { key } = place;
  const { series } = slice;
  return db.run(
    `INSERT INTO series (dataset, subject, label, key, kind, plane, rows, columns, geometry, attributes, notices)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    dataset,
    subjectOf(db, dataset, slice, ordinals),
    label('ser', ordinals.next('series')),
    key,
    series.kind,
    series.plane,
    series.rows,
    series.columns,
    JSON.stringify(series.geometry),
    JSON.stringify(series.attributes),
    JSON.stringify(series.notices),
  ).lastId;
}

/** Labels of a slice that is there: new ones are added, those of the same name replaced. */
function addLabels(db: Db, slice: number, labels: Readonly<Record<string, string>>): void {
  db.run(
    "UPDATE slices SET labels = json_patch(coalesce(labels, '{}'), ?) WHERE id = ?",
    JSON.stringify(labels),
    slice,
  );
}

/** Pixels that the workspace holds already, in whatever dataset, are not stored twice. */
function placeOf(db: Db, appender: ShardAppender, slice: IncomingSlice): { shard: number; offset: number } {
  const known = db.get(
    placeRow,
    'SELECT shard, offset FROM slices WHERE content_hash = ? LIMIT 1',
    slice.contentHash,
  );
  return known ?? appender.append(slice.pixels);
}

/** Adds the slices of some files in one transaction: their bytes first, then their rows. */
export function ingestFiles(
  db: Db,
  appender: ShardAppender,
  dataset: number,
  files: readonly IncomingFile[],
): IngestCounts {
  const start = appender.place();
  const ordinals = new Ordinals(db, dataset);
  const touched = new Set<number>();
  let added = 0;
  let already = 0;
  let conflicts = 0;
  const conflicting: number[] = [];
  try {
    db.transaction(() => {
      // What was worked out of a series no longer holds when it grows; the dataset layer sees the gap.
      const stale = (series: number) => {
        if (!touched.has(series)) db.run('UPDATE series SET content_hash = NULL WHERE id = ?', series);
        touched.add(series);
      };
      for (const [index, file] of files.entries()) {
        const before = conflicts;
        for (const slice of file.slices) {
          const existing = db.get(
            existingRow,
            'SELECT id, content_hash FROM slices WHERE dataset = ? AND key = ?',
            dataset,
            slice.key,
          );
          if (existing !== undefined) {
            const same = Buffer.compare(existing.content_hash, slice.contentHash) === 0;
            if (same) {
              already++;
              if (slice.labels !== null) addLabels(db, existing.id, slice.labels);
            } else conflicts++;
            continue;
          }
          const series = seriesOf(db, dataset, slice, ordinals);
          const place = placeOf(db, appender, slice);
          db.run(
            `INSERT INTO slices (dataset, series, key, source, content_hash, shard, offset, rows, columns, signed,
               bits_stored, slope, intercept, inverted, padding, position_mm, instance, state, labels)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'used', ?)`,
            dataset,
            series,
            slice.key,
            file.sourceKey,
            slice.contentHash,
            place.shard,
            place.offset,
            slice.rows,
            slice.columns,
            slice.signed ? 1 : 0,
            slice.bitsStored,
            slice.slope,
            slice.intercept,
            slice.inverted ? 1 : 0,
            slice.padding,
            slice.positionMm,
            slice.instance,
            slice.labels === null ? null : JSON.stringify(slice.labels),
          );
          stale(series);
          added++;
        }
        if (conflicts > before) conflicting.push(index);
        // A file with a conflict is read again next time, so that it is reported again.
        if (file.total === undefined || conflicts > before) continue;
        db.run(
          'INSERT OR REPLACE INTO sources (dataset, key, slices) VALUES (?, ?, ?)',
          dataset,
          file.sourceKey,
          file.total,
        );
      }
    });
  } catch (error) {
    appender.rollback(start);
    throw error;
  }
  return { added, already, conflicts, conflicting };
}
