import { GantryError } from '../../base/errors.ts';
import { finaliseDataset } from '../../dataset/index.ts';
import type { ReadOptions } from '../../imaging/index.ts';
import { checkDatasetName, type DatasetRecord, type Workspace } from '../../workspace/index.ts';
import { Batches } from './batches.ts';
import { isSubjectRule, subjectPattern } from './identity.ts';
import { type LabelRules, labelPattern } from './labels/join.ts';
import { readLabelTable } from './labels/read.ts';
import { settleNotices } from './notices.ts';
import type { ImportHooks, ImportOptions } from './options.ts';
import { settledPrivacy } from './privacy.ts';
import { readFiles } from './readFiles.ts';
import type { Rejection } from './types.ts';
import { isAnatomical } from './volumes.ts';
import { walk } from './walk.ts';

export interface ImportResult {
  readonly dataset: string;
  /** All slices that the dataset now has, those set aside among them. */
  readonly slices: number;
  /** Slices of the dataset that are empty or excluded. */
  readonly setAside: number;
  /** Slices of this import's files that the dataset had before. */
  readonly already: number;
  readonly added: number;
  readonly series: number;
  readonly subjects: number;
  readonly trainSubjects: number;
  readonly heldOutSubjects: number;
  readonly rejected: readonly Rejection[];
  /** Of a table of labels that was given. */
  readonly labels: LabelsResult | null;
  /**
   * Stable codes: "head-mr-face", "burned-in-annotation", "no-held-out-subjects", "skipped-gantry-output",
   * "skipped-dicomdir", "labels-unmatched", "labels-left-out", "plane-not-resliced", and "volume-flat", "-gaps",
   * "-repeats", "-tilted", "-large" for DICOM slices that are no volume that a plane can cut.
   */
  readonly notices: readonly string[];
  readonly elapsedMs: number;
}

/** By path: the workers' order differs from run to run. */
const sorted = (rejected: readonly Rejection[]): readonly Rejection[] =>
  rejected.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

/** How a table of labels met the files. */
export interface LabelsResult {
  readonly rows: number;
  readonly matchedRows: number;
  /** Lines of the table that no imported slice belongs to. */
  readonly unmatchedLines: readonly number[];
  /** Slices of this import that no line is about. */
  readonly slicesWithoutRow: number;
  readonly columns: readonly string[];
  /** Columns that may name a person; they were not taken. */
  readonly leftOut: readonly string[];
}

/** Nothing could be imported; `rejected` says why, file by file. */
export class NothingImported extends GantryError {
  readonly rejected: readonly Rejection[];

  constructor(message: string, rejected: readonly Rejection[]) {
    super('NO_INPUT', message, {
      action: 'Give files or folders with DICOM, NIfTI, PNG, TIFF or JPEG images.',
    });
    this.rejected = sorted(rejected);
  }
}

/** What a dataset keeps of `subjectFrom`. A pattern may name people, so that only its keyed hash is stored. */
function storedRule(ws: Workspace, subjectFrom: string): string {
  if (isSubjectRule(subjectFrom)) return subjectFrom;
  return `pattern ${ws.keyOf('pattern of subjects', subjectFrom).toString('hex')}`;
}

/** How a dataset tells subjects apart when an import does not say. @throws USAGE for a pattern, which is not kept */
function rememberedRule(before: DatasetRecord | undefined): string {
  if (before === undefined) return 'identity';
  if (isSubjectRule(before.subjectFrom)) return before.subjectFrom;
  throw new GantryError('USAGE', 'The dataset tells subjects apart by a pattern, which is not kept.', {
    action: 'Give the same --subject-from again.',
  });
}

/** The split of a dataset is fixed by its first import. @throws BAD_CONFIG when another one is asked for */
function checkSplit(before: DatasetRecord, { heldOut, splitSeed }: ImportOptions): void {
  const { heldOutFraction } = before;
  if (heldOut !== undefined && heldOut !== heldOutFraction) {
    const has = heldOutFraction === null ? 'the default' : heldOutFraction;
    throw new GantryError('BAD_CONFIG', `The dataset holds out ${has}, not ${heldOut} of its subjects.`, {
      action: 'Leave --held-out out, or import into another dataset.',
    });
  }
  if (splitSeed !== undefined && splitSeed !== before.splitSeed) {
    throw new GantryError(
      'BAD_CONFIG',
      `The dataset was split by the seed ${before.splitSeed}, not ${splitSeed}.`,
      { action: 'Leave --seed out, or import into another dataset.' },
    );
  }
}

function checkOptions(ws: Workspace, options: ImportOptions): string {
  checkDatasetName(options.dataset);
  const { heldOut } = options;
  if (heldOut !== undefined && !(heldOut >= 0 && heldOut < 1)) {
    throw new GantryError('USAGE', 'The held-out part of the subjects must be at least 0 and below 1.');
  }
  const before = ws.hasDataset(options.dataset) ? ws.dataset(options.dataset) : undefined;
  if (before !== undefined) checkSplit(before, options);
  const subjectFrom = options.subjectFrom ?? rememberedRule(before);
  subjectPattern(subjectFrom);
  if (before !== undefined && before.subjectFrom !== storedRule(ws, subjectFrom)) {
    throw new GantryError('USAGE', 'The dataset was begun with another way of telling subjects apart.', {
      action: 'Leave --subject-from out, give the same pattern, or import into another dataset.',
    });
  }
  return subjectFrom;
}

/**
 * Imports DICOM, NIfTI, PNG, TIFF and JPEG files, also out of ZIP archives, into a dataset, which is made when it is new: reads and decodes in worker threads,
 * stores slices and keyed hashes only, then works out windows, empty slices and the split. Files that cannot be
 * used are listed in `rejected`. Importing the same files again adds nothing; an import that was cut off is taken
 * up where it stood.
 * @throws NOT_FOUND (a path), USAGE (an option), BAD_CONFIG (another split than the dataset's),
 *   DATASET_IN_USE (a run trains on the dataset, or it is being read), WORKSPACE_BUSY, NothingImported (NO_INPUT), CANCELLED and
 *   DISK_FULL, both with the workspace consistent and what was stored kept
 */
export async function importPaths(
  ws: Workspace,
  options: ImportOptions,
  hooks: ImportHooks = {},
): Promise<ImportResult> {
  const hold = writerFor(ws, options.dataset);
  try {
    return await importHeld(ws, options, hooks);
  } finally {
    hold.release();
  }
}

/** The right to write; where another process trains on this very dataset, the refusal is about that. */
function writerFor(ws: Workspace, dataset: string): { release(): void } {
  try {
    return ws.acquireWriter();
  } catch (error) {
    checkImportable(ws, dataset);
    throw error;
  }
}

/** @throws DATASET_IN_USE where slices cannot be added: a run trains on the dataset, or it is being read or imported */
export function checkImportable(ws: Workspace, dataset: string): void {
  if (ws.hasDataset(dataset)) ws.lease(dataset, 'change').release();
}

async function importHeld(ws: Workspace, options: ImportOptions, hooks: ImportHooks): Promise<ImportResult> {
  const startedAt = performance.now();
  using leases = new DisposableStack();
  const hadDataset = ws.hasDataset(options.dataset);
  if (hadDataset) leases.use(ws.lease(options.dataset, 'change'));
  const subjectFrom = checkOptions(ws, options);
  const labels = await labelRules(options);
  const { files, rejected, skippedOutput, skippedDirectories } = await walk(options.paths, hooks.signal);
  for (const rejection of rejected) hooks.onReject?.(rejection);
  if (files.length === 0) {
    const text = skippedOutput
      ? 'There are no files to import: workspaces and exports of Gantry are not read back as scans.'
      : 'There are no files to import.';
    throw new NothingImported(text, rejected);
  }
  const isNew = !ws.hasDataset(options.dataset);
  const privacy = settledPrivacy(
    isNew ? undefined : ws.dataset(options.dataset).privacy,
    options.privacy ?? {},
  );
  if (isNew) {
    ws.createDataset({
      name: options.dataset,
      subjectFrom: storedRule(ws, subjectFrom),
      splitSeed: options.splitSeed ?? 1,
      heldOutFraction: options.heldOut ?? null,
      privacy,
    });
  }
  if (!hadDataset) leases.use(ws.lease(options.dataset, 'change'));
  const batches = new Batches(ws.beginIngest(options.dataset));
  let flushed: Promise<void> | undefined;
  try {
    const read = await readFiles(ws, files, batches, {
      options,
      subjectFrom,
      labels,
      hooks,
      startedAt,
      reject: (rejection) => {
        rejected.push(rejection);
        hooks.onReject?.(rejection);
      },
    });
    const { already } = read;
    if (batches.added + already === 0) {
      throw new NothingImported('None of the files could be imported.', rejected);
    }
    // The disk writes while the series are measured.
    flushed = batches.close();
    flushed.catch(() => {});
    await finaliseDataset(ws, options.dataset, { signal: hooks.signal });
    await flushed;
    const result = resultOf(ws, options.dataset, { added: batches.added, already }, rejected, startedAt);
    const joined = labelsResult(labels, read.lines, read.withoutLine);
    // Of this import, not of the dataset.
    const own: string[] = [];
    if (skippedOutput) own.push('skipped-gantry-output');
    if (skippedDirectories > 0) own.push('skipped-dicomdir');
    if (joined !== null && (joined.unmatchedLines.length > 0 || joined.slicesWithoutRow > 0)) {
      own.push('labels-unmatched');
    }
    if (joined !== null && joined.leftOut.length > 0) own.push('labels-left-out');
    own.push(...[...read.irregular].map((reason) => `volume-${reason}`));
    const { planes } = ws.dataset(options.dataset);
    if (read.irregular.size === 0 && planes.some((plane) => isOtherPlane(options.plane, plane))) {
      own.push('plane-not-resliced');
    }
    return { ...result, labels: joined, notices: [...result.notices, ...own] };
  } finally {
    await (flushed ?? batches.close()).catch(() => {});
    // A dataset that was made for nothing is not left behind.
    if (isNew && ws.dataset(options.dataset).total === 0) ws.deleteDataset(options.dataset);
  }
}

/** Whether a plane was asked for and the dataset has slices of another: oblique ones, or of earlier imports. */
function isOtherPlane(wanted: ReadOptions['plane'], plane: string): boolean {
  return isAnatomical(wanted) && plane !== wanted;
}

async function labelRules({
  labels,
  labelColumns,
  labelFrom,
}: ImportOptions): Promise<LabelRules | undefined> {
  labelPattern(labelFrom);
  if (labels === undefined && labelFrom === undefined) {
    if (labelColumns === undefined) return undefined;
    throw new GantryError('USAGE', 'Columns of labels are named, but no table.', {
      action: 'Give --labels FILE.csv.',
    });
  }
  return {
    table: labels === undefined ? undefined : await readLabelTable(labels, labelColumns),
    from: labelFrom,
  };
}

function labelsResult(
  rules: LabelRules | undefined,
  lines: ReadonlySet<number>,
  withoutLine: number,
): LabelsResult | null {
  const table = rules?.table;
  if (table === undefined) return null;
  const unmatchedLines = [...table.rows.values()].map(({ line }) => line).filter((line) => !lines.has(line));
  return {
    rows: table.rows.size,
    matchedRows: table.rows.size - unmatchedLines.length,
    unmatchedLines,
    slicesWithoutRow: withoutLine,
    columns: table.columns,
    leftOut: table.leftOut,
  };
}

function resultOf(
  ws: Workspace,
  name: string,
  counts: { readonly added: number; readonly already: number },
  rejected: readonly Rejection[],
  startedAt: number,
): Omit<ImportResult, 'labels'> {
  settleNotices(ws, name);
  const dataset = ws.dataset(name);
  return {
    dataset: name,
    slices: dataset.total,
    setAside: dataset.empty + dataset.excluded,
    ...counts,
    series: dataset.series,
    subjects: dataset.subjects,
    trainSubjects: dataset.trainSubjects,
    heldOutSubjects: dataset.heldOutSubjects,
    rejected: sorted(rejected),
    notices: dataset.notices,
    elapsedMs: performance.now() - startedAt,
  };
}
