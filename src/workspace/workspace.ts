import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { CardTexts } from '../base/cardTexts.ts';
import { GantryError, toGantryError } from '../base/errors.ts';
import { makeFolders } from '../base/folders.ts';
import { readStoredSlice, type StoredSlice } from './content.ts';
import * as datasets from './datasets.ts';
import { Db } from './db.ts';
import { contentEnd, type IncomingFile, type IngestCounts, ingestFiles } from './ingest.ts';
import { acquireLease, type DatasetUse, datasetInUse, forgetLeases, type Lease } from './lease.ts';
import { acquireWriterLock, type WriterLock } from './lock.ts';
import * as merge from './merge.ts';
import type {
  CheckpointRecord,
  DatasetRecord,
  RunEventRecord,
  RunMetrics,
  RunRecord,
  SeriesRecord,
  SliceRecord,
  SliceState,
  SplitSide,
  SubjectRecord,
} from './records.ts';
import { runName } from './records.ts';
import { highestSlice, recover, setUnsynced } from './recover.ts';
import * as runs from './runs.ts';
import { migrate, needsMigration } from './schema.ts';
import { createSecret, keyedHash, readSecret } from './secret.ts';
import { ShardAppender, ShardReader } from './shards.ts';
import * as sliceChanges from './sliceChanges.ts';

const ownNames =
  /^(workspace\.db(-wal|-shm|-journal)?|writer\.(lock|lock-journal|pid)|secret|content|runs|cache|locks|.*\.tmp)$/;
const keyRow = z.object({ key: z.instanceof(Uint8Array), slices: z.number().int() });

export interface OpenOptions {
  /** Take the writer lock at once and keep it until `close`. */
  readonly write?: boolean;
}

export interface WriterHold {
  release(): void;
}

/**
 * One folder that holds datasets and runs: `workspace.db` (SQLite, WAL), `secret`, `content/slices/*.shard`,
 * `runs/<run>/`, `cache/`. Any number of processes may read; one may write, and methods that write demand the
 * writer lock (WORKSPACE_BUSY otherwise).
 */
export class Workspace {
  readonly dir: string;
  private readonly db: Db;
  private readonly secretKey: Uint8Array;
  private readonly reader: ShardReader;
  private lock: WriterLock | undefined;
  private holds = 0;
  /** Runs that were found `running` when the lock was taken, and are `interrupted` now. */
  interruptedRuns: readonly string[] = [];

  private constructor(dir: string, db: Db, secret: Uint8Array) {
    this.dir = dir;
    this.db = db;
    this.secretKey = secret;
    this.reader = new ShardReader(this.contentDir);
  }

  /**
   * Opens a workspace that is there.
   * @throws NOT_FOUND, WORKSPACE_INVALID, WORKSPACE_TOO_NEW, WORKSPACE_BUSY (asked to write, or to bring an
   * older workspace up to date, while another process writes)
   */
  static open(dir: string, options: OpenOptions = {}): Workspace {
    const folder = resolve(dir);
    if (!existsSync(folder)) {
      throw new GantryError('NOT_FOUND', 'There is no workspace folder of that name.', {
        action: 'Import into it first: gantry import PATH --workspace W --dataset NAME',
      });
    }
    if (!existsSync(join(folder, 'workspace.db'))) {
      throw new GantryError('WORKSPACE_INVALID', 'The folder is not a Gantry workspace.', {
        action: 'Give a workspace folder, or import into an empty one.',
      });
    }
    const secret = readSecret(folder);
    if (secret === undefined) {
      throw new GantryError('WORKSPACE_INVALID', "The workspace's secret is missing.", {
        action: 'Restore the file "secret" of the workspace from a backup.',
      });
    }
    const db = new Db(join(folder, 'workspace.db'));
    try {
      if (needsMigration(db)) {
        const lock = acquireWriterLock(folder);
        try {
          migrate(db);
        } finally {
          lock.release();
        }
      }
      db.exec('PRAGMA synchronous = NORMAL');
      const workspace = new Workspace(folder, db, secret);
      if (options.write) workspace.acquireWriter();
      return workspace;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Makes a workspace in a folder that is missing or empty. @throws ALREADY_EXISTS, WORKSPACE_INVALID */
  static create(dir: string, options: OpenOptions = {}): Workspace {
    const folder = resolve(dir);
    if (existsSync(join(folder, 'workspace.db'))) {
      throw new GantryError('ALREADY_EXISTS', 'The folder holds a workspace already.');
    }
    try {
      makeFolders(folder);
      if (readdirSync(folder).some((name) => !ownNames.test(name))) {
        throw new GantryError('WORKSPACE_INVALID', 'The folder is not empty and is not a Gantry workspace.', {
          action: 'Choose an empty or a new folder for the workspace.',
        });
      }
      const lock = acquireWriterLock(folder);
      try {
        if (readSecret(folder) === undefined) createSecret(folder);
        const db = new Db(join(folder, 'workspace.db'));
        try {
          db.exec('PRAGMA journal_mode = WAL');
          needsMigration(db);
          migrate(db);
        } finally {
          db.close();
        }
      } finally {
        lock.release();
      }
    } catch (error) {
      throw toGantryError(error);
    }
    return Workspace.open(folder, options);
  }

  static openOrCreate(dir: string, options: OpenOptions = {}): Workspace {
    return existsSync(join(resolve(dir), 'workspace.db'))
      ? Workspace.open(dir, options)
      : Workspace.create(dir, options);
  }

  /** Gives back the lock and closes all files. */
  close(): void {
    this.holds = 0;
    this.lock?.release();
    this.lock = undefined;
    this.reader.close();
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Takes the right to write, or shares it with other work of this object. Taking it first marks runs that a
   * dead process left `running` as `interrupted`, and drops slices that a power failure damaged.
   * @throws WORKSPACE_BUSY
   */
  acquireWriter(): WriterHold {
    if (this.lock === undefined) {
      const lock = this.writerLock();
      try {
        this.interruptedRuns = this.db.transaction(() => runs.interruptLeftRuns(this.db, now()));
        recover(this.db, this.reader);
        merge.dropHalfMade(this.db);
      } catch (error) {
        lock.release();
        throw error;
      }
      this.lock = lock;
    }
    this.holds++;
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.holds = Math.max(0, this.holds - 1);
        if (this.holds > 0) return;
        this.lock?.release();
        this.lock = undefined;
      },
    };
  }

  private writerLock(): WriterLock {
    try {
      return acquireWriterLock(this.dir);
    } catch (error) {
      const active = runs.readActiveRuns(this.db);
      const { code, message, action, cause } = toGantryError(error);
      if (code !== 'WORKSPACE_BUSY' || active.length === 0) throw error;
      const trained = active.map(({ id, dataset }) => `${id} trains on "${dataset}"`).join(', ');
      throw new GantryError(code, `${message.replace(/\.$/, '')}: ${trained}.`, {
        ...(action === undefined ? {} : { action }),
        cause,
      });
    }
  }

  get canWrite(): boolean {
    return this.lock !== undefined;
  }

  private writing(): void {
    if (this.lock !== undefined) return;
    throw new GantryError('WORKSPACE_BUSY', 'The workspace is open for reading only.', {
      action: 'Take the writer lock first.',
    });
  }

  get contentDir(): string {
    return join(this.dir, 'content', 'slices');
  }

  get cacheDir(): string {
    return join(this.dir, 'cache');
  }

  /** Key of an identifier that must not be stored (see keyedHash). */
  keyOf(use: string, identifier: string): Buffer {
    return keyedHash(this.secretKey, use, identifier);
  }

  /** For the import workers, which make keys out of identities where those are read. Never leaves the process. */
  secret(): Uint8Array {
    return this.secretKey;
  }

  // Datasets

  datasets(): DatasetRecord[] {
    return datasets.readDatasetNames(this.db).map((name) => datasets.readDataset(this.db, name));
  }

  /** @throws NOT_FOUND */
  dataset(name: string): DatasetRecord {
    return datasets.readDataset(this.db, name);
  }

  hasDataset(name: string): boolean {
    return datasets.datasetId(this.db, name) !== undefined;
  }

  createDataset(dataset: datasets.NewDataset): DatasetRecord {
    this.writing();
    if (this.hasDataset(dataset.name)) {
      throw new GantryError('ALREADY_EXISTS', `There is a dataset "${dataset.name}" already.`);
    }
    datasets.insertDataset(this.db, dataset, now());
    return this.dataset(dataset.name);
  }

  /** Forgets a dataset. Pixels that no dataset uses any more stay in the shards. */
  deleteDataset(name: string): void {
    this.writing();
    const id = datasets.requireDataset(this.db, name);
    this.db.run('DELETE FROM datasets WHERE id = ?', id);
    forgetLeases(this.dir, id);
  }

  /**
   * Keeps a dataset as it is while it is read (other readers may), or keeps everybody else away while it is changed;
   * in this process and in others. Release it, or leave the block of its `using`, whatever happens.
   * @throws NOT_FOUND, DATASET_IN_USE (names the run that trains on it)
   */
  lease(name: string, use: DatasetUse): Lease {
    const lease = acquireLease(this.dir, datasets.requireDataset(this.db, name), use);
    if (lease !== undefined) return lease;
    const training = runs.readActiveRuns(this.db).filter(({ dataset }) => dataset === name);
    throw datasetInUse(
      name,
      use,
      training.map(({ id }) => id),
    );
  }

  /** @throws ALREADY_EXISTS, USAGE for a name that cannot be one */
  renameDataset(name: string, next: string): void {
    this.writing();
    if (name !== next && this.hasDataset(next)) {
      throw new GantryError('ALREADY_EXISTS', `There is a dataset "${next}" already.`);
    }
    datasets.renameDataset(this.db, datasets.requireDataset(this.db, name), name, next, now());
  }

  /** Writes the database as it stands into a new file, whole. */
  copyDatabase(file: string): void {
    this.writing();
    this.db.run('VACUUM INTO ?', file);
  }

  setDatasetNotices(name: string, notices: readonly string[]): void {
    this.writing();
    datasets.writeDatasetNotices(this.db, datasets.requireDataset(this.db, name), notices, now());
  }

  subjects(dataset: string): SubjectRecord[] {
    return datasets.readSubjects(this.db, datasets.requireDataset(this.db, dataset));
  }

  /** Sides of the split by subject. */
  setSides(sides: ReadonlyMap<number, SplitSide>): void {
    this.writing();
    datasets.writeSides(this.db, sides);
  }

  series(dataset: string): SeriesRecord[] {
    return datasets.readSeries(this.db, datasets.requireDataset(this.db, dataset));
  }

  oneSeries(id: number): SeriesRecord {
    return datasets.readOneSeries(this.db, id);
  }

  /** Ids of the series whose results must be worked out. */
  unfinishedSeries(dataset: string): number[] {
    return datasets.readUnfinishedSeries(this.db, datasets.requireDataset(this.db, dataset));
  }

  /** Subject and content hash (null while unfinished) of each series. */
  eachSeriesContent(dataset: string): ReturnType<typeof datasets.eachSeriesContent> {
    return datasets.eachSeriesContent(this.db, datasets.requireDataset(this.db, dataset));
  }

  seriesNotices(dataset: string): string[] {
    return datasets.readSeriesNotices(this.db, datasets.requireDataset(this.db, dataset));
  }

  setSeriesResults(results: readonly datasets.SeriesResult[]): void {
    this.writing();
    datasets.writeSeriesResults(this.db, results);
  }

  /** Slices in the dataset's order: series by content, slices by geometry. */
  slices(dataset: string, query: datasets.SliceQuery = {}): SliceRecord[] {
    return datasets.readSlices(this.db, datasets.requireDataset(this.db, dataset), query);
  }

  eachSlice(dataset: string, query: datasets.SliceQuery = {}): Generator<SliceRecord> {
    return datasets.eachSlice(this.db, datasets.requireDataset(this.db, dataset), query);
  }

  slice(id: number): SliceRecord {
    return datasets.readSliceRecord(this.db, id);
  }

  /**
   * Stored values of a slice, as it was acquired (see dataset/ for windowed and resampled ones). With `scratch`
   * they lie in it, and are good until it is used again.
   */
  readSlice(slice: number | SliceRecord, scratch?: ArrayBuffer): StoredSlice {
    return readStoredSlice(this.reader, typeof slice === 'number' ? this.slice(slice) : slice, scratch);
  }

  /** Sets slices aside or brings them back, by hand. */
  setSliceState(slices: number | readonly number[], state: SliceState, reason: string | null = null): void {
    this.writing();
    datasets.writeSliceState(this.db, typeof slices === 'number' ? [slices] : slices, state, reason, now());
  }

  /** Sets slices of a dataset aside or brings them back, recorded so that it can be undone. Gives the change's id. */
  changeSlices(dataset: string, change: sliceChanges.NewSliceChange): number {
    this.writing();
    return sliceChanges.insertSliceChange(this.db, datasets.requireDataset(this.db, dataset), change, now());
  }

  /** What was set aside and brought back, oldest first. */
  sliceChanges(dataset: string): sliceChanges.SliceChange[] {
    return sliceChanges.readSliceChanges(this.db, datasets.requireDataset(this.db, dataset));
  }

  /** @throws NOT_FOUND, USAGE (undone already, or a later change has some of its slices) */
  undoSliceChange(dataset: string, change: number): number[] {
    this.writing();
    return sliceChanges.undoSliceChange(this.db, datasets.requireDataset(this.db, dataset), change, now());
  }

  /** Hex SHA-256 over content, split and windows of the used slices; equal in every workspace of the same data. */
  datasetHash(dataset: string): string {
    return datasets.hashDataset(this.db, datasets.requireDataset(this.db, dataset));
  }

  // Merge

  /** Subjects with the keys that tell one person in several datasets. */
  mergeSubjects(dataset: string): merge.MergeSubject[] {
    return merge.readMergeSubjects(this.db, datasets.requireDataset(this.db, dataset));
  }

  /** Slices of a dataset that another has too. */
  eachSharedSlice(dataset: string, other: string): Generator<merge.SharedSlice> {
    const [own, earlier] = [dataset, other].map((name) => datasets.requireDataset(this.db, name));
    return merge.eachSharedSlice(this.db, own ?? 0, earlier ?? 0);
  }

  sliceOpinion(slice: number): merge.SliceOpinion {
    return merge.readOpinion(this.db, slice);
  }

  /** Ids and series of all slices, in the order of their import. */
  sliceRows(dataset: string): { readonly id: number; readonly series: number }[] {
    return merge.readSliceRows(this.db, datasets.requireDataset(this.db, dataset));
  }

  /** Begins a dataset that nobody sees until it is published; one that is left is removed by the next writer. */
  beginMerge(dataset: merge.MergedDataset): merge.Merging {
    this.writing();
    return new merge.Merging(this.db, dataset, now());
  }

  /** Gives a merged dataset its name. @throws ALREADY_EXISTS, USAGE for a name that cannot be one */
  publishMerge(merging: merge.Merging, name: string): DatasetRecord {
    this.writing();
    if (this.hasDataset(name)) {
      throw new GantryError('ALREADY_EXISTS', `There is a dataset "${name}" already.`);
    }
    merging.publish(name, now());
    return this.dataset(name);
  }

  // Import

  /** Files that a dataset has, by source key, with their numbers of slices. */
  sources(dataset: string): Map<string, number> {
    const rows = this.db.all(
      keyRow,
      'SELECT key, slices FROM sources WHERE dataset = ?',
      datasets.requireDataset(this.db, dataset),
    );
    return new Map(rows.map((row) => [Buffer.from(row.key).toString('hex'), row.slices]));
  }

  /** Starts adding slices to a dataset; close it in the end, whatever happens. */
  beginIngest(dataset: string): Ingest {
    this.writing();
    const id = datasets.requireDataset(this.db, dataset);
    const appender = new ShardAppender(this.contentDir, contentEnd(this.db));
    setUnsynced(this.db, highestSlice(this.db));
    return {
      add: (files) => ingestFiles(this.db, appender, id, files),
      flush: async () => {
        const highest = highestSlice(this.db);
        await appender.flush();
        setUnsynced(this.db, highest);
      },
      close: () => appender.close(),
    };
  }

  // Runs

  /** Adds a run in the state `queued` and makes its folder. The dataset's hash is kept with it. */
  createRun(run: Omit<runs.NewRun, 'datasetHash'> & { readonly datasetHash?: string }): RunRecord {
    this.writing();
    const datasetHash = run.datasetHash ?? this.datasetHash(run.dataset);
    const id = runName(runs.insertRun(this.db, { ...run, datasetHash }, now()));
    try {
      mkdirSync(this.runDir(id), { recursive: true });
    } catch (error) {
      this.db.run('DELETE FROM runs WHERE id = (SELECT max(id) FROM runs)');
      throw toGantryError(error);
    }
    return this.run(id);
  }

  /** Oldest first. */
  runs(): RunRecord[] {
    return runs.readRuns(this.db);
  }

  /** @throws NOT_FOUND */
  run(id: string): RunRecord {
    return runs.readRun(this.db, id);
  }

  /** Changes figures and, with `event`, the state. @throws USAGE for an event that the state does not answer */
  updateRun(id: string, patch: runs.RunPatch): RunRecord {
    this.writing();
    return runs.patchRun(this.db, id, patch, now());
  }

  /** Forgets a run and removes its folder. */
  deleteRun(id: string): void {
    this.writing();
    const { state } = this.run(id);
    if (state.kind === 'running')
      throw new GantryError('USAGE', `The run "${id}" is running; stop it first.`);
    rmSync(this.runDir(id), { recursive: true, force: true });
    runs.deleteRun(this.db, id);
  }

  /** Folder of a run; its checkpoints are in `checkpoints/<name>` below it. */
  runDir(id: string): string {
    return join(this.dir, 'runs', id);
  }

  appendMetrics(id: string, rows: readonly RunMetrics[]): void {
    this.writing();
    runs.insertMetrics(this.db, id, rows);
  }

  dropMetricsAfter(id: string, step: number): void {
    this.writing();
    runs.deleteMetricsAfter(this.db, id, step);
  }

  /** By step, ascending. */
  metrics(id: string, query: runs.MetricsQuery = {}): RunMetrics[] {
    return runs.readMetrics(this.db, id, query);
  }

  addEvent(id: string, event: runs.NewRunEvent): void {
    this.writing();
    runs.insertEvent(this.db, id, event, now());
  }

  /** Oldest first; `after`: id of the last event that the caller has. */
  events(id: string, query: { readonly after?: number; readonly limit?: number } = {}): RunEventRecord[] {
    return runs.readEvents(this.db, id, query.after ?? 0, query.limit ?? -1);
  }

  /** Records a checkpoint; one of the same name is replaced. */
  addCheckpoint(id: string, checkpoint: runs.NewCheckpoint): void {
    this.writing();
    runs.insertCheckpoint(this.db, id, checkpoint, now());
  }

  /** Keeps measures of a run at a number of images. */
  addFigures(id: string, images: number, figures: Readonly<Record<string, number>>): void {
    this.writing();
    runs.insertFigures(this.db, id, images, figures);
  }

  /** All measures of a run, by images seen. */
  figures(id: string): { readonly images: number; readonly figures: Readonly<Record<string, number>> }[] {
    return runs.readFigures(this.db, id);
  }

  /** What the makers of a run say of it in its model card. @throws NOT_FOUND */
  cardTexts(id: string): CardTexts {
    return runs.readCardTexts(this.db, id);
  }

  setCardTexts(id: string, texts: CardTexts): void {
    this.writing();
    runs.writeCardTexts(this.db, id, texts);
  }

  /** By images seen, fewest first. */
  checkpoints(id: string): CheckpointRecord[] {
    return runs.readCheckpoints(this.db, id);
  }

  dropCheckpoint(id: string, name: string): void {
    this.writing();
    runs.deleteCheckpoint(this.db, id, name);
  }
}

export interface Ingest {
  /** Adds all slices of some files, or none. @throws DISK_FULL, with the workspace as it was before */
  add(files: readonly IncomingFile[]): IngestCounts;
  /** Waits until all that was added is safe from a power failure. */
  flush(): Promise<void>;
  close(): void;
}

function now(): string {
  return new Date().toISOString();
}
