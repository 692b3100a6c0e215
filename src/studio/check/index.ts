import { checkDataset, finishImport, type HealthReport } from '../../dataset/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { needsOf } from './needs.ts';

/** Slice ids that one finding lists; the rest is counted. */
const shownSlices = 1000;

export interface CheckOptions {
  readonly preset?: string | undefined;
  /** Edge of the training images, pixels. */
  readonly size?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Finishes an import that was cut off; others may write to the workspace at other times. */
async function finished(ws: Workspace, dataset: string, signal: AbortSignal | undefined): Promise<void> {
  ws.lease(dataset, 'read').release();
  if (!ws.dataset(dataset).unfinished) return;
  const hold = ws.acquireWriter();
  try {
    await finishImport(ws, dataset, { signal });
  } finally {
    hold.release();
  }
}

function described({ dataset, findings, spreads, healthy }: HealthReport) {
  return {
    dataset: dataset.name,
    healthy,
    figures: {
      slices: dataset.slices,
      empty: dataset.empty,
      excluded: dataset.excluded,
      series: dataset.series,
      trainSubjects: dataset.trainSubjects,
      heldOutSubjects: dataset.heldOutSubjects,
      trainSlices: dataset.trainSlices,
      heldOutSlices: dataset.heldOutSlices,
    },
    spreads: spreads.map(({ property, values }) => ({
      property,
      values: values.map((value) => ({ ...value })),
    })),
    findings: findings.map(({ code, severity, message, advice, rule, slices, excludes }) => ({
      code,
      severity,
      message,
      advice,
      rule,
      /** How many slices the rule would set aside. */
      excludes: excludes.length,
      count: slices.length,
      slices: slices.slice(0, shownSlices),
    })),
  };
}

/** A dataset's health as the command line and the app show it. */
export type HealthView = ReturnType<typeof described>;

/**
 * Looks a dataset over, for a preset and a size where they are named.
 * @throws NOT_FOUND, BAD_CONFIG, BAD_SIZE, CANCELLED, DATASET_IN_USE (an import goes on), WORKSPACE_BUSY (a cut-off import must be finished first)
 */
export async function checkHealth(
  ws: Workspace,
  dataset: string,
  options: CheckOptions,
): Promise<HealthView> {
  const { preset, size, signal, onProgress } = options;
  const needs = needsOf(preset, size);
  await finished(ws, dataset, signal);
  return described(await checkDataset(ws, dataset, { needs, signal, onProgress }));
}
