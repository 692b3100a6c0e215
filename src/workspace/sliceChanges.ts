import { z } from 'zod';
import { GantryError } from '../base/errors.ts';
import { flag } from './columns.ts';
import type { Db } from './db.ts';
import { type SliceState, sliceStateSchema } from './records.ts';

const changeRow = z
  .object({
    id: z.number().int(),
    at: z.string(),
    rule: z.string(),
    state: z.enum(['used', 'excluded']),
    undone_at: z.string().nullable(),
    slices: z.number().int(),
  })
  .transform(({ undone_at, ...rest }) => ({ ...rest, undoneAt: undone_at }));

/** Slices that were set aside or brought back together: when, by which rule, and whether that was undone. */
export type SliceChange = z.output<typeof changeRow>;

const stateRow = z.object({ state: sliceStateSchema, reason: z.string().nullable(), chosen: flag });
const itemRow = z.object({
  slice: z.number().int(),
  old_state: sliceStateSchema,
  old_reason: z.string().nullable(),
  old_chosen: z.number().int(),
});
const idRow = z.object({ id: z.number().int() });

export interface NewSliceChange {
  readonly slices: readonly number[];
  readonly state: 'used' | 'excluded';
  /** "by hand", or the rule's name. */
  readonly rule: string;
  readonly reason: string | null;
}

function writeState(db: Db, slice: number, state: SliceState, reason: string | null, chosen: number): void {
  db.run('UPDATE slices SET state = ?, reason = ?, chosen = ? WHERE id = ?', state, reason, chosen, slice);
}

function touch(db: Db, dataset: number, at: string): void {
  db.run('UPDATE datasets SET updated_at = ? WHERE id = ?', at, dataset);
}

/**
 * Sets slices aside or brings them back, and keeps what they were before; later imports leave them alone.
 * @throws NOT_FOUND when one is not the dataset's; then nothing is changed
 */
export function insertSliceChange(db: Db, dataset: number, change: NewSliceChange, at: string): number {
  return db.transaction(() => {
    const { lastId } = db.run(
      'INSERT INTO slice_changes (dataset, at, rule, state) VALUES (?, ?, ?, ?)',
      dataset,
      at,
      change.rule,
      change.state,
    );
    for (const slice of new Set(change.slices)) {
      const before = db.get(
        stateRow,
        'SELECT state, reason, chosen FROM slices WHERE id = ? AND dataset = ?',
        slice,
        dataset,
      );
      if (before === undefined) throw new GantryError('NOT_FOUND', `The dataset has no slice ${slice}.`);
      db.run(
        'INSERT INTO slice_change_items (change, slice, old_state, old_reason, old_chosen) VALUES (?, ?, ?, ?, ?)',
        lastId,
        slice,
        before.state,
        before.reason,
        before.chosen ? 1 : 0,
      );
      writeState(db, slice, change.state, change.reason, 1);
    }
    touch(db, dataset, at);
    return lastId;
  });
}

/** Oldest first. */
export function readSliceChanges(db: Db, dataset: number): SliceChange[] {
  return db.all(
    changeRow,
    `SELECT id, at, rule, state, undone_at,
       (SELECT count(*) FROM slice_change_items WHERE change = slice_changes.id) AS slices
     FROM slice_changes WHERE dataset = ? ORDER BY id`,
    dataset,
  );
}

/**
 * Puts the slices of a change back to what they were before it. Gives their ids.
 * @throws NOT_FOUND, or USAGE when it was undone already or a later change, not undone, touched one of its slices
 */
export function undoSliceChange(db: Db, dataset: number, change: number, at: string): number[] {
  return db.transaction(() => {
    const record = readSliceChanges(db, dataset).find(({ id }) => id === change);
    if (record === undefined) throw new GantryError('NOT_FOUND', `The dataset has no change ${change}.`);
    if (record.undoneAt !== null) throw new GantryError('USAGE', `Change ${change} was undone already.`);
    const later = db.get(
      idRow,
      `SELECT later.id FROM slice_changes AS later
       JOIN slice_change_items AS own ON own.change = ?1
       JOIN slice_change_items AS other ON other.slice = own.slice AND other.change = later.id
       WHERE later.id > ?1 AND later.dataset = ?2 AND later.undone_at IS NULL ORDER BY later.id DESC LIMIT 1`,
      change,
      dataset,
    );
    if (later !== undefined) {
      throw new GantryError('USAGE', `Change ${later.id} came later and has some of the same slices.`, {
        action: `Undo change ${later.id} first.`,
      });
    }
    const items = db.all(itemRow, 'SELECT * FROM slice_change_items WHERE change = ?', change);
    for (const item of items) {
      writeState(db, item.slice, item.old_state, item.old_reason, item.old_chosen);
    }
    db.run('UPDATE slice_changes SET undone_at = ? WHERE id = ?', at, change);
    touch(db, dataset, at);
    return items.map(({ slice }) => slice);
  });
}
