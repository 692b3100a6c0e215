import { setImmediate } from 'node:timers/promises';
import { GantryError, throwIfCancelled } from '../../base/errors.ts';
import { finaliseDataset, finishImport } from '../../dataset/index.ts';
import { checkDatasetName, type DatasetRecord, type Privacy, type Workspace } from '../../workspace/index.ts';
import { settleNotices } from '../import/notices.ts';
import { type MergeFigures, type MergePlan, planMerge, sourcesOf } from './plan.ts';

/** Rows of one transaction: other work gets its turn between two. */
const perTurn = 500;

export interface MergeRequest {
  /** Two or more; the order counts (see planMerge). */
  readonly datasets: readonly string[];
  /** Name of the new one. */
  readonly into: string;
}

export interface MergeHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number, phase: 'copying' | 'measuring') => void) | undefined;
}

export interface MergeResult extends MergeFigures {
  readonly dataset: DatasetRecord;
}

/** What the merged dataset keeps of people: what any of its sources keeps. */
function privacyOf(sources: readonly DatasetRecord[]): Privacy {
  const all = sources.map(({ privacy }) => privacy);
  return {
    categories: all.some(({ categories }) => categories),
    dates: all.some(({ dates }) => dates === 'offsets') ? 'offsets' : 'removed',
    texts: [...new Set(all.flatMap(({ texts }) => texts))].sort(),
  };
}

/** How new subjects of later imports are told apart and split. */
function rulesOf(sources: readonly DatasetRecord[]) {
  const first = sources[0]!;
  const shares = new Set(sources.map(({ heldOutFraction }) => heldOutFraction));
  return {
    subjectFrom: first.subjectFrom,
    splitSeed: first.splitSeed,
    heldOutFraction: shares.size === 1 ? first.heldOutFraction : null,
  };
}

/** @throws USAGE, NOT_FOUND, ALREADY_EXISTS, DATASET_IN_USE for what can be refused before any work */
export function checkMerge(ws: Workspace, { datasets, into }: MergeRequest): void {
  checkDatasetName(into);
  if (ws.hasDataset(into)) {
    throw new GantryError('ALREADY_EXISTS', `There is a dataset "${into}" already.`, {
      action: 'Choose another name; the datasets that are merged stay.',
    });
  }
  sourcesOf(ws, datasets);
  for (const name of datasets) ws.lease(name, 'read').release();
}

/**
 * Makes one dataset of several; they stay as they are. Subjects that are one person become one; slices that are the
 * same are kept once, with the labels of all; what was set aside stays set aside; everybody stays on their side of the
 * split, or goes to training where the datasets differ. There is the whole new dataset in the end, or none.
 * @throws USAGE, NOT_FOUND, ALREADY_EXISTS, DATASET_IN_USE (an import into one of them), WORKSPACE_BUSY, CANCELLED,
 *   DISK_FULL
 */
export async function mergeDatasets(
  ws: Workspace,
  { datasets, into }: MergeRequest,
  hooks: MergeHooks = {},
): Promise<MergeResult> {
  checkMerge(ws, { datasets, into });
  const hold = ws.acquireWriter();
  using leases = new DisposableStack();
  try {
    for (const name of new Set(datasets)) {
      leases.use(ws.lease(name, 'read'));
      await finishImport(ws, name, { signal: hooks.signal });
    }
    const plan = await planMerge(ws, datasets, hooks.signal);
    return { dataset: await make(ws, plan, into, hooks), ...plan.figures };
  } finally {
    hold.release();
  }
}

async function make(
  ws: Workspace,
  plan: MergePlan,
  into: string,
  { signal, onProgress }: MergeHooks,
): Promise<DatasetRecord> {
  const { sources, figures } = plan;
  const turn = async () => {
    await setImmediate();
    throwIfCancelled(signal);
  };
  const merging = ws.beginMerge({ from: rulesOf(sources), privacy: privacyOf(sources) });
  try {
    /** New rows of slices that stand for others. */
    const stands = new Map<number, number>();
    let done = 0;
    for (const source of sources) {
      merging.addSource(source.id);
      await turn();
      const all = ws.sliceRows(source.name);
      const rows = all.filter(({ id }) => !plan.joined.has(id) && !plan.leftOut.has(id));
      for (let at = 0; at < rows.length; at += perTurn) {
        const some = rows.slice(at, at + perTurn);
        merging.addSlices(some).forEach((row, i) => {
          const { id } = some[i]!;
          if (plan.opinions.has(id)) stands.set(id, row);
        });
        done += some.length;
        onProgress?.(done, figures.slices, 'copying');
        await turn();
      }
      merging.addFiles(
        source.id,
        all.flatMap(({ id }) => (plan.leftOut.has(id) ? [id] : [])),
      );
    }
    const opinions = [...plan.opinions].flatMap(([slice, opinion]) => {
      const row = stands.get(slice);
      return row === undefined ? [] : [[row, opinion] as const];
    });
    merging.setOpinions(new Map(opinions));
    merging.setSides(plan.sides);
    merging.settle();
    onProgress?.(figures.slices, figures.slices, 'measuring');
    await finaliseDataset(ws, merging.name, { signal });
    settleNotices(ws, merging.name);
    await turn();
    return ws.publishMerge(merging, into);
  } catch (error) {
    try {
      merging.abandon();
    } catch {
      // On a full disk, say: nobody sees it, and the next writer removes it.
    }
    throw error;
  }
}
