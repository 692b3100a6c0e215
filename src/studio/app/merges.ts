import type { MergePlanView } from '../../contract/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { checkMerge, mergeDatasets, planMerge } from '../merge/index.ts';
import type { Jobs } from './jobs.ts';

/** Merges that the screens start. */
export class Merges {
  private readonly workspace: Workspace;
  private readonly jobs: Jobs;

  constructor(workspace: Workspace, jobs: Jobs) {
    this.workspace = workspace;
    this.jobs = jobs;
  }

  /** @throws USAGE, NOT_FOUND */
  async plan(names: readonly string[], signal: AbortSignal | undefined): Promise<MergePlanView> {
    const { sources, figures } = await planMerge(this.workspace, names, signal);
    return {
      ...figures,
      labelConflicts: figures.labelConflicts.map((conflict) => ({ ...conflict })),
      warnings: [...figures.warnings],
      sources: sources.map(({ id, name, total, subjects }) => ({
        id: String(id),
        name,
        slices: total,
        subjects,
      })),
    };
  }

  /** @throws USAGE, ALREADY_EXISTS, DATASET_IN_USE */
  start(datasets: readonly string[], into: string): string {
    checkMerge(this.workspace, { datasets, into });
    return this.jobs.start('merge', into, async (job) => {
      const { dataset, joined, conflicts } = await mergeDatasets(
        this.workspace,
        { datasets, into },
        {
          signal: job.signal,
          onProgress: (done, total, phase) => job.progress({ done, total, phase }),
        },
      );
      return { datasetId: String(dataset.id), slices: dataset.total, joined, conflicts };
    }).id;
  }
}
