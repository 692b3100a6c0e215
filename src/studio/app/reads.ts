import { join } from 'node:path';
import { z } from 'zod';
import { Db } from '../../workspace/db.ts';
import { type SeriesRecord, seriesRowSchema } from '../../workspace/records.ts';

const versionRow = z.object({ data_version: z.number().int() });
const countRow = z.object({ series: z.number().int(), used: z.number().int(), away: z.number().int() });
const idRow = z.object({ id: z.number().int() });

/** Figures that only the screens want, over a connection of its own. It never writes. */
export class Reads {
  private readonly db: Db;

  constructor(workspaceDir: string) {
    this.db = new Db(join(workspaceDir, 'workspace.db'));
    this.db.exec('PRAGMA query_only = ON');
  }

  /** A number that changes whenever any other connection, of this process or another, has written. */
  version(): number {
    return this.db.get(versionRow, 'PRAGMA data_version')?.data_version ?? 0;
  }

  /** Slices in use and set aside, by series. */
  seriesCounts(dataset: number): Map<number, { used: number; away: number }> {
    const rows = this.db.all(
      countRow,
      `SELECT series, sum(state = 'used') AS used, sum(state <> 'used') AS away
       FROM slices WHERE dataset = ? GROUP BY series`,
      dataset,
    );
    return new Map(rows.map((row) => [row.series, row]));
  }

  /** The slice at a place among a series' used ones, in their order; undefined beyond their end. */
  sliceAt(series: number, place: number): number | undefined {
    return this.db.get(
      idRow,
      `SELECT id FROM slices WHERE series = ? AND state = 'used' ORDER BY ord, id LIMIT 1 OFFSET ?`,
      series,
      place,
    )?.id;
  }

  /** The series of a slice: its window and geometry decide how the slice is shown. */
  seriesOf(slice: number): SeriesRecord | undefined {
    return this.db.get(
      seriesRowSchema,
      'SELECT series.* FROM series JOIN slices ON slices.series = series.id WHERE slices.id = ?',
      slice,
    );
  }

  /** How many slices a filter of the grid leaves. */
  sliceCount(dataset: number, series: number | null, state: string | null): number {
    const row = this.db.get(
      z.object({ n: z.number().int() }),
      `SELECT count(*) AS n FROM slices
       WHERE dataset = ?1 AND (?2 IS NULL OR series = ?2) AND (?3 IS NULL OR state = ?3)`,
      dataset,
      series,
      state,
    );
    return row?.n ?? 0;
  }

  close(): void {
    this.db.close();
  }
}
