import { GantryError } from '../../base/errors.ts';
import { appVersion } from '../../base/runtime.ts';
import type { Provenance } from '../../exporting/index.ts';
import { phaseAt } from '../../gan/index.ts';
import type { SeriesRecord, Workspace } from '../../workspace/index.ts';
import type { Unchecked } from './copyGuard.ts';
import type { OpenedGenerator } from './model.ts';

/** What the search for near-copies did to an export. */
export interface CopyCheck {
  /** Near-copies that were left out. */
  readonly leftOut: number;
  /** Training slices that were searched; 0 when nothing was checked. */
  readonly searched: number;
  /** Why nothing was checked; null when it was. */
  readonly unchecked: Unchecked | null;
}

/** What all series of the dataset agree on, or undefined. */
function agreed<T>(
  series: readonly SeriesRecord[],
  value: (s: SeriesRecord) => T | undefined,
): T | undefined {
  const values = new Set(series.map(value));
  return values.size === 1 ? [...values][0] : undefined;
}

/** What the files of an export say of their run. @param copies is read when the manifest is made, at the end @param further figures */
export function provenanceOf(
  ws: Workspace,
  model: OpenedGenerator,
  truncation: number | undefined,
  copies: CopyCheck,
  rejected: number,
  further: NonNullable<Provenance['figures']> = {},
): Provenance {
  const { run, config } = model;
  const cut = truncation !== undefined && truncation < 1;
  const phase = phaseAt(config.size, config.progressive, model.images);
  const series = ws.hasDataset(run.dataset) ? ws.series(run.dataset) : [];
  const modality = agreed(series, (s) => s.attributes.modality);
  const bodyPart = agreed(series, (s) => s.attributes.bodyPart);
  return {
    appVersion,
    runId: run.id,
    runKey: `${run.datasetHash} ${run.seed} ${run.createdAt}`,
    modelSha256: model.sha256,
    preset: run.preset,
    images: model.images,
    ...(cut ? { truncation } : {}),
    ...(modality === undefined ? {} : { modality }),
    ...(bodyPart === undefined ? {} : { bodyPart }),
    figures: {
      dataset: run.dataset,
      datasetHash: run.datasetHash,
      size: run.size,
      trainingSeed: run.seed,
      trainingSeconds: Math.round(run.seconds),
      device: run.device,
      ...(cut ? { truncation } : {}),
      // An unfinished progressive run makes slices of fewer pixels, enlarged.
      ...(config.progressive === null ? {} : { resolution: phase.size, fadedIn: phase.alpha }),
      // Read when the manifest is made, at the end: by then it is known what was left out.
      get nearCopiesLeftOut() {
        return copies.unchecked === null ? copies.leftOut : null;
      },
      nearCopiesSearchedIn: copies.searched,
      nearCopiesUnchecked: copies.unchecked,
      rejectedByReaders: rejected,
      ...further,
    },
  };
}

/** Units and window of a series, by its label. @throws NOT_FOUND */
export function intensityOf(ws: Workspace, dataset: string, label: string) {
  const series = ws.series(dataset).find((s) => s.label === label);
  if (series?.window == null) {
    throw new GantryError('NOT_FOUND', `The dataset "${dataset}" has no series "${label}".`, {
      action: 'Series are listed by: gantry datasets --workspace W --json',
    });
  }
  // The window is in real values already, so the series' own rescale is in it; those of MONOCHROME1 were negated.
  const { low, high } = series.window;
  const inverted = ws.slices(dataset, { series: series.id }).some((slice) => slice.inverted);
  return { slope: inverted ? -1 : 1, intercept: 0, low, high, unit: series.attributes.rescaleUnit ?? 'US' };
}
