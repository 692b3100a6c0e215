import { z } from 'zod';
import { GantryError } from '../base/errors.ts';
import type { Db } from './db.ts';

/** "GNTR": tells a Gantry workspace from any other SQLite file. */
const applicationId = 0x474e5452;

/**
 * Migrations in order; index i brings a database from version i to i + 1. Never edit one that was released:
 * add another. No table has a column for names, identifiers, paths or dates of a patient: subjects, series
 * and files are known by keyed hashes (`key`).
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE datasets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    subject_from TEXT NOT NULL,
    split_seed INTEGER NOT NULL,
    held_out_fraction REAL,
    notices TEXT NOT NULL DEFAULT '[]'
  );
  CREATE TABLE subjects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    key BLOB NOT NULL,
    side TEXT CHECK (side IN ('train', 'heldOut')),
    attributes TEXT NOT NULL DEFAULT '{}',
    UNIQUE (dataset, key)
  );
  CREATE TABLE series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
    subject INTEGER NOT NULL REFERENCES subjects(id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    key BLOB NOT NULL,
    kind TEXT NOT NULL,
    plane TEXT,
    rows INTEGER NOT NULL,
    columns INTEGER NOT NULL,
    geometry TEXT NOT NULL,
    attributes TEXT NOT NULL,
    notices TEXT NOT NULL DEFAULT '[]',
    window_low REAL,
    window_high REAL,
    window_rule TEXT,
    content_hash BLOB,
    UNIQUE (dataset, key)
  );
  CREATE INDEX series_subject ON series (subject);
  CREATE TABLE slices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
    series INTEGER NOT NULL REFERENCES series(id) ON DELETE CASCADE,
    key BLOB NOT NULL,
    source BLOB NOT NULL,
    content_hash BLOB NOT NULL,
    shard INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    columns INTEGER NOT NULL,
    signed INTEGER NOT NULL,
    bits_stored INTEGER NOT NULL,
    slope REAL NOT NULL,
    intercept REAL NOT NULL,
    inverted INTEGER NOT NULL,
    padding INTEGER,
    position_mm REAL,
    instance INTEGER,
    ord INTEGER NOT NULL DEFAULT 0,
    foreground REAL,
    state TEXT NOT NULL CHECK (state IN ('used', 'empty', 'excluded')),
    reason TEXT,
    chosen INTEGER NOT NULL DEFAULT 0,
    labels TEXT,
    UNIQUE (dataset, key)
  );
  CREATE INDEX slices_series ON slices (series, ord);
  CREATE INDEX slices_content ON slices (content_hash);
  CREATE INDEX slices_place ON slices (shard, offset);
  CREATE TABLE sources (
    dataset INTEGER NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
    key BLOB NOT NULL,
    slices INTEGER NOT NULL,
    PRIMARY KEY (dataset, key)
  ) WITHOUT ROWID;
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset TEXT NOT NULL,
    dataset_hash TEXT NOT NULL,
    preset TEXT NOT NULL,
    size INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    config TEXT NOT NULL,
    device TEXT NOT NULL,
    state TEXT NOT NULL,
    images INTEGER NOT NULL DEFAULT 0,
    total_images INTEGER,
    minutes REAL,
    seconds REAL NOT NULL DEFAULT 0,
    note TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  );
  CREATE TABLE metrics (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    images INTEGER NOT NULL,
    loss_d REAL,
    loss_g REAL,
    score_real REAL,
    score_fake REAL,
    extra TEXT,
    seconds REAL NOT NULL,
    PRIMARY KEY (run, step)
  ) WITHOUT ROWID;
  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    images INTEGER NOT NULL
  );
  CREATE INDEX events_run ON events (run, id);
  CREATE TABLE checkpoints (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    images INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    created_at TEXT NOT NULL,
    figures TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (run, name)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE studies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    public TEXT NOT NULL,
    key TEXT
  );
  CREATE TABLE study_answers (
    study INTEGER NOT NULL REFERENCES studies(id) ON DELETE CASCADE,
    reader TEXT NOT NULL,
    seq INTEGER NOT NULL,
    answer TEXT NOT NULL,
    hash TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (study, reader, seq)
  ) WITHOUT ROWID;
  CREATE TRIGGER study_answers_stand BEFORE UPDATE ON study_answers
  BEGIN SELECT RAISE(ABORT, 'answers of a study stand'); END;
  CREATE TRIGGER study_answers_stay BEFORE DELETE ON study_answers
  WHEN EXISTS (SELECT 1 FROM studies WHERE id = OLD.study)
  BEGIN SELECT RAISE(ABORT, 'answers of a study stand'); END;
  CREATE TABLE review_sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    checkpoint INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    slices INTEGER NOT NULL,
    size INTEGER NOT NULL,
    info TEXT NOT NULL,
    created_at TEXT NOT NULL
  );
  CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    checkpoint INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    slice INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('accept', 'reject', 'mark', 'none')),
    reason TEXT,
    note TEXT,
    reader TEXT NOT NULL,
    at TEXT NOT NULL
  );
  CREATE INDEX verdicts_slice ON verdicts (run, checkpoint, seed, slice, id);
  `,
  `
  CREATE TABLE slice_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    rule TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('used', 'excluded')),
    undone_at TEXT
  );
  CREATE INDEX slice_changes_dataset ON slice_changes (dataset, id);
  CREATE TABLE slice_change_items (
    change INTEGER NOT NULL REFERENCES slice_changes(id) ON DELETE CASCADE,
    slice INTEGER NOT NULL REFERENCES slices(id) ON DELETE CASCADE,
    old_state TEXT NOT NULL,
    old_reason TEXT,
    old_chosen INTEGER NOT NULL,
    PRIMARY KEY (change, slice)
  ) WITHOUT ROWID;
  CREATE INDEX slice_change_items_slice ON slice_change_items (slice);
  `,
  `
  CREATE TABLE run_figures (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    images INTEGER NOT NULL,
    figures TEXT NOT NULL,
    PRIMARY KEY (run, images)
  ) WITHOUT ROWID;
  `,
  `
  ALTER TABLE datasets ADD COLUMN privacy TEXT NOT NULL DEFAULT '{}';
  `,
  `
  CREATE TABLE run_cards (
    run INTEGER PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
    texts TEXT NOT NULL
  );
  `,
];

const versionRow = z.object({ user_version: z.number().int() });
const applicationRow = z.object({ application_id: z.number().int() });
const countRow = z.object({ n: z.number().int() });

export const schemaVersion = migrations.length;

/**
 * Says whether the database must be migrated.
 * @throws WORKSPACE_TOO_NEW, or WORKSPACE_INVALID for a database that is not ours.
 */
export function needsMigration(db: Db): boolean {
  const application = db.get(applicationRow, 'PRAGMA application_id')?.application_id ?? 0;
  const version = db.get(versionRow, 'PRAGMA user_version')?.user_version ?? 0;
  const tables = db.get(countRow, 'SELECT count(*) AS n FROM sqlite_schema')?.n ?? 0;
  const untouched = application === 0 && version === 0 && tables === 0;
  if (!untouched && application !== applicationId) {
    throw new GantryError('WORKSPACE_INVALID', 'The folder holds a database that is no Gantry workspace.', {
      action: 'Choose another folder.',
    });
  }
  if (version > schemaVersion) {
    throw new GantryError(
      'WORKSPACE_TOO_NEW',
      `The workspace has version ${version}; this Gantry knows versions up to ${schemaVersion}.`,
      { action: 'Use a newer Gantry, or another workspace.' },
    );
  }
  return version < schemaVersion;
}

/** Brings the database to the newest version, each step whole or not at all. Call with the writer lock held. */
export function migrate(db: Db): void {
  for (;;) {
    const version = db.get(versionRow, 'PRAGMA user_version')?.user_version ?? 0;
    const step = migrations[version];
    if (step === undefined) return;
    db.transaction(() => {
      db.exec(step);
      db.exec(`PRAGMA application_id = ${applicationId}`);
      db.exec(`PRAGMA user_version = ${version + 1}`);
    });
  }
}
