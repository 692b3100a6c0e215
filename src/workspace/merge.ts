import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { flag, jsonColumn } from './columns.ts';
import { checkDatasetName } from './datasets.ts';
import type { Db } from './db.ts';
import { label, Ordinals, seriesPlace } from './ingest.ts';
import {
  type DatasetRecord,
  type Privacy,
  type SeriesAttributes,
  type SliceState,
  type SplitSide,
  seriesAttributesSchema,
  seriesGeometrySchema,
  sliceStateSchema,
  splitSideSchema,
} from './records.ts';

/**
 * Several datasets as one new one. Its rows are written in short transactions under a name that no dataset can have,
 * so that nobody sees it, other work goes on between them, and the next writer removes what a killed merge left;
 * one last transaction gives it its name. Pixels are not copied: slices of all datasets name places in the same shards.
 */

const blob = z.instanceof(Uint8Array);
const id = z.number().int();
const labelsColumn = jsonColumn(z.record(z.string(), z.string())).nullable();

export interface MergeSubject {
  readonly id: number;
  readonly dataset: number;
  /** Keyed hash, hexadecimal: equal for one person in every dataset of the workspace. */
  readonly key: string;
  readonly side: SplitSide | null;
  readonly slices: number;
}

const subjectRow = z.object({
  id,
  dataset: id,
  key: blob,
  side: splitSideSchema.nullable(),
  slices: z.number().int(),
});

export function readMergeSubjects(db: Db, dataset: number): MergeSubject[] {
  const slices = `(SELECT count(*) FROM series JOIN slices ON slices.series = series.id
     WHERE series.subject = subjects.id) AS slices`;
  const sql = `SELECT id, dataset, key, side, ${slices} FROM subjects WHERE dataset = ? ORDER BY id`;
  return db
    .all(subjectRow, sql, dataset)
    .map(({ key, ...rest }) => ({ ...rest, key: Buffer.from(key).toString('hex') }));
}

/** A slice of one dataset and its like in another. */
export interface SharedSlice {
  readonly slice: number;
  readonly twin: number;
  readonly sameKey: boolean;
  readonly sameContent: boolean;
  readonly subject: number;
  readonly twinSubject: number;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly state: SliceState;
  readonly chosen: boolean;
  readonly reason: string | null;
}

const sharedRow = z.object({
  slice: id,
  twin: id,
  sameKey: flag,
  sameContent: flag,
  subject: id,
  twinSubject: id,
  labels: labelsColumn,
  state: sliceStateSchema,
  chosen: flag,
  reason: z.string().nullable(),
});

/**
 * Slices of `dataset` that `earlier` has too: by their identifier first, else by their pixels. Slices that show
 * nothing look alike in all volumes, and are the same only by their identifier.
 */
export function eachSharedSlice(db: Db, dataset: number, earlier: number): Generator<SharedSlice> {
  const columns = `b.id AS slice, min(a.id) AS twin, a.key = b.key AS sameKey,
    a.content_hash = b.content_hash AS sameContent, sb.subject AS subject, sa.subject AS twinSubject,
    b.labels AS labels, b.state AS state, b.chosen AS chosen, b.reason AS reason`;
  const series = 'JOIN series sa ON sa.id = a.series JOIN series sb ON sb.id = b.series';
  const sql = `SELECT ${columns} FROM slices b JOIN slices a ON a.dataset = ? AND a.key = b.key ${series}
      WHERE b.dataset = ? GROUP BY b.id
    UNION ALL
    SELECT ${columns} FROM slices b JOIN slices a ON a.content_hash = b.content_hash AND a.dataset = ? ${series}
      WHERE b.dataset = ? AND b.state <> 'empty'
        AND NOT EXISTS (SELECT 1 FROM slices c WHERE c.dataset = ? AND c.key = b.key)
      GROUP BY b.id`;
  return db.each(sharedRow, sql, earlier, dataset, earlier, dataset, earlier);
}

/** All slices of a dataset in the order of their import. */
export function readSliceRows(db: Db, dataset: number): { readonly id: number; readonly series: number }[] {
  return db.all(
    z.object({ id, series: id }),
    'SELECT id, series FROM slices WHERE dataset = ? ORDER BY id',
    dataset,
  );
}

export interface SliceOpinion {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: SliceState;
  readonly chosen: boolean;
  readonly reason: string | null;
}

const opinionRow = z.object({
  labels: labelsColumn,
  state: sliceStateSchema,
  chosen: flag,
  reason: z.string().nullable(),
});

/** What is said of a slice beside its pixels. */
export function readOpinion(db: Db, slice: number): SliceOpinion {
  const row = db.get(opinionRow, 'SELECT labels, state, chosen, reason FROM slices WHERE id = ?', slice);
  if (row === undefined) return { labels: {}, state: 'used', chosen: false, reason: null };
  return { ...row, labels: row.labels ?? {} };
}

/** Of a merged dataset's own; the rest is made of its sources. */
export interface MergedDataset {
  readonly from: Pick<DatasetRecord, 'subjectFrom' | 'splitSeed' | 'heldOutFraction'>;
  readonly privacy: Privacy;
}

const anyId = z.object({ id });

const copiedSeries = z.object({
  id,
  subject: id,
  key: blob,
  geometry: jsonColumn(seriesGeometrySchema),
});

/** A merged dataset on its way. */
export class Merging {
  /** Of the hidden dataset; `publish` gives it its own. */
  readonly name = `(merging ${randomBytes(6).toString('hex')})`;
  private readonly db: Db;
  private readonly dataset: number;
  /** Rows of the sources and the new ones that stand for them. */
  private readonly subjects = new Map<number, number>();
  private readonly series = new Map<number, number>();

  constructor(db: Db, { from, privacy }: MergedDataset, at: string) {
    this.db = db;
    this.dataset = db.run(
      `INSERT INTO datasets (name, created_at, updated_at, subject_from, split_seed, held_out_fraction, privacy)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      this.name,
      at,
      at,
      from.subjectFrom,
      from.splitSeed,
      from.heldOutFraction,
      JSON.stringify(privacy),
    ).lastId;
  }

  /** Subjects and series of a source; those that are there already stand for their likes. */
  addSource(source: number): void {
    this.db.transaction(() => {
      const ordinals = new Ordinals(this.db, this.dataset);
      for (const subject of readMergeSubjects(this.db, source)) this.addSubject(subject, ordinals);
      const sql = 'SELECT id, subject, key, geometry FROM series WHERE dataset = ? ORDER BY id';
      for (const series of this.db.all(copiedSeries, sql, source)) this.addSeries(series, ordinals);
    });
  }

  private addSubject(subject: MergeSubject, ordinals: Ordinals): void {
    const key = Buffer.from(subject.key, 'hex');
    const known = this.db.get(
      anyId,
      'SELECT id FROM subjects WHERE dataset = ? AND key = ?',
      this.dataset,
      key,
    );
    if (known === undefined) {
      const { lastId } = this.db.run(
        'INSERT INTO subjects (dataset, label, key, attributes) SELECT ?, ?, key, attributes FROM subjects WHERE id = ?',
        this.dataset,
        label('sub', ordinals.next('subjects')),
        subject.id,
      );
      this.subjects.set(subject.id, lastId);
      return;
    }
    this.subjects.set(subject.id, known.id);
    // What the earlier dataset knows of the person stands.
    const of = (row: number): SeriesAttributes =>
      this.db.get(
        z.object({ attributes: jsonColumn(seriesAttributesSchema) }),
        'SELECT attributes FROM subjects WHERE id = ?',
        row,
      )?.attributes ?? {};
    this.db.run(
      'UPDATE subjects SET attributes = ? WHERE id = ?',
      JSON.stringify({ ...of(subject.id), ...of(known.id) }),
      known.id,
    );
  }

  private addSeries(series: z.output<typeof copiedSeries>, ordinals: Ordinals): void {
    const place = seriesPlace(this.db, this.dataset, series.key, series.geometry);
    if ('id' in place) {
      this.series.set(series.id, place.id);
      return;
    }
    const { lastId } = this.db.run(
      `INSERT INTO series (dataset, subject, label, key, kind, plane, rows, columns, geometry, attributes, notices,
         window_low, window_high, window_rule, content_hash)
       SELECT ?, ?, ?, ?, kind, plane, rows, columns, geometry, attributes, notices, window_low, window_high,
         window_rule, content_hash FROM series WHERE id = ?`,
      this.dataset,
      this.subjects.get(series.subject) ?? null,
      label('ser', ordinals.next('series')),
      place.key,
      series.id,
    );
    this.series.set(series.id, lastId);
  }

  /** Files of a source, so that they are known when they are imported again; but not those with a slice left out. */
  addFiles(source: number, leftOut: readonly number[]): void {
    this.db.transaction(() => {
      this.db.run(
        'INSERT OR IGNORE INTO sources (dataset, key, slices) SELECT ?, key, slices FROM sources WHERE dataset = ?',
        this.dataset,
        source,
      );
      for (const slice of leftOut) {
        this.db.run(
          'DELETE FROM sources WHERE dataset = ? AND key = (SELECT source FROM slices WHERE id = ?)',
          this.dataset,
          slice,
        );
      }
    });
  }

  /** Copies slices of one source; gives the rows of the new ones in the same order. */
  addSlices(slices: readonly { readonly id: number; readonly series: number }[]): number[] {
    return this.db.transaction(() =>
      slices.map((slice) => {
        const { lastId } = this.db.run(
          `INSERT INTO slices (dataset, series, key, source, content_hash, shard, offset, rows, columns, signed,
             bits_stored, slope, intercept, inverted, padding, position_mm, instance, ord, foreground, state, reason,
             chosen, labels)
           SELECT ?, ?, key, source, content_hash, shard, offset, rows, columns, signed, bits_stored, slope, intercept,
             inverted, padding, position_mm, instance, ord, foreground, state, reason, chosen, labels
           FROM slices WHERE id = ?`,
          this.dataset,
          this.series.get(slice.series) ?? null,
          slice.id,
        );
        return lastId;
      }),
    );
  }

  /** What the datasets together say of slices that they share. */
  setOpinions(opinions: ReadonlyMap<number, SliceOpinion>): void {
    this.db.transaction(() => {
      for (const [slice, { labels, state, chosen, reason }] of opinions) {
        this.db.run(
          'UPDATE slices SET labels = ?, state = ?, chosen = ?, reason = ? WHERE id = ?',
          Object.keys(labels).length === 0 ? null : JSON.stringify(labels),
          state,
          chosen ? 1 : 0,
          reason,
          slice,
        );
      }
    });
  }

  /** Sides of the split by the sources' subjects. */
  setSides(sides: ReadonlyMap<number, SplitSide | null>): void {
    this.db.transaction(() => {
      for (const [subject, side] of sides) {
        const row = this.subjects.get(subject);
        if (row !== undefined) this.db.run('UPDATE subjects SET side = ? WHERE id = ?', side, row);
      }
    });
  }

  /** Forgets series and subjects that no slice was left for, and what was worked out of series that have changed. */
  settle(): void {
    this.db.transaction(() => {
      const { db, dataset } = this;
      db.run(
        'DELETE FROM series WHERE dataset = ? AND NOT EXISTS (SELECT 1 FROM slices WHERE slices.series = series.id)',
        dataset,
      );
      db.run(
        `DELETE FROM subjects WHERE dataset = ?
         AND NOT EXISTS (SELECT 1 FROM series WHERE series.subject = subjects.id)`,
        dataset,
      );
      const counted = (row: string) => `(SELECT count(*) FROM slices WHERE slices.series = ${row})`;
      for (const [old, now] of this.series) {
        db.run(
          `UPDATE series SET content_hash = NULL WHERE id = ? AND ${counted('?')} <> ${counted('?')}`,
          now,
          now,
          old,
        );
      }
    });
  }

  /** From here on there is a dataset of this name. */
  publish(name: string, at: string): void {
    checkDatasetName(name);
    this.db.run(
      'UPDATE datasets SET name = ?, created_at = ?, updated_at = ? WHERE id = ?',
      name,
      at,
      at,
      this.dataset,
    );
  }

  abandon(): void {
    this.db.run('DELETE FROM datasets WHERE id = ?', this.dataset);
  }
}

/** Call with the writer lock just taken: nobody is at work on them. */
export function dropHalfMade(db: Db): void {
  db.run("DELETE FROM datasets WHERE name LIKE '(%'");
}
