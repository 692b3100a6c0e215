import type { DatasetRecord, RunRecord, Workspace } from '../workspace/index.ts';

/** A dataset as the command line and scripts see it. */
export function describeDataset(ws: Workspace, dataset: DatasetRecord) {
  return {
    dataset: dataset.name,
    state: dataset.unfinished ? 'unfinished' : dataset.slices > 0 ? 'ready' : 'empty',
    slices: dataset.total,
    used: dataset.slices,
    setAside: dataset.empty,
    excluded: dataset.excluded,
    series: dataset.series,
    subjects: dataset.subjects,
    trainSubjects: dataset.trainSubjects,
    heldOutSubjects: dataset.heldOutSubjects,
    modalities: dataset.modalities,
    planes: dataset.planes,
    notices: dataset.notices,
    seriesList: ws.series(dataset.name).map((series) => ({
      series: series.label,
      plane: series.plane,
      rows: series.rows,
      columns: series.columns,
      window: series.window,
      unit: series.attributes.rescaleUnit ?? null,
    })),
  };
}

/** A run as the command line and scripts see it. */
export function describeRun(ws: Workspace, run: RunRecord) {
  const last = ws.metrics(run.id, { maxPoints: 1 }).at(-1);
  return {
    run: run.id,
    dataset: run.dataset,
    preset: run.preset,
    size: run.size,
    seed: run.seed,
    state: run.state.kind,
    ...(run.state.kind === 'failed' ? { code: run.state.code, message: run.state.message } : {}),
    device: run.device,
    images: run.images,
    totalImages: run.totalImages,
    seconds: run.seconds,
    lossD: last?.lossD ?? null,
    lossG: last?.lossG ?? null,
    checkpoints: ws.checkpoints(run.id).length,
    createdAt: run.createdAt,
  };
}
