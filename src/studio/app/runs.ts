import type { RunDetail, RunMetrics, RunSummary } from '../../contract/index.ts';
import type { RunRecord, RunMetrics as StepMetrics, Workspace } from '../../workspace/index.ts';
import type { Samples } from './samples.ts';
import type { Trainings } from './trainings.ts';

/** JSON cannot say NaN or infinity; a diverged value is a gap in the curve. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Logged steps as columns for a chart. */
export function metricColumns(rows: readonly StepMetrics[]): RunMetrics {
  return {
    steps: rows.map((row) => row.step),
    images: rows.map((row) => row.images),
    lossD: rows.map((row) => finite(row.lossD)),
    lossG: rows.map((row) => finite(row.lossG)),
    scoreReal: rows.map((row) => finite(row.scoreReal)),
    scoreFake: rows.map((row) => finite(row.scoreFake)),
    extra: Object.fromEntries(
      [...new Set(rows.flatMap(({ extra }) => Object.keys(extra)))].map((name) => [
        name,
        rows.map(({ extra }) => finite(extra[name] ?? Number.NaN)),
      ]),
    ),
  };
}

/** Parts of a configuration that are no settings. */
const notSettings = new Set(['formatVersion', 'description', 'preset', 'size', 'seed']);

/** A configuration as rows "group.name: value", in its own order. */
export function flattenSettings(config: unknown, prefix = ''): { name: string; value: string }[] {
  if (config === null || typeof config !== 'object') {
    return prefix === '' ? [] : [{ name: prefix, value: String(config) }];
  }
  if (Array.isArray(config)) return [{ name: prefix, value: config.map(String).join(', ') }];
  return Object.entries(config)
    .filter(([name]) => !notSettings.has(name))
    .flatMap(([name, value]) =>
      // The GAN's own settings are most of them and need no group.
      flattenSettings(value, prefix === '' ? (name === 'gan' ? '' : name) : `${prefix}.${name}`),
    );
}

/** Runs as the screens show them. */
export class RunViews {
  private readonly workspace: Workspace;
  private readonly samples: Samples;
  private readonly trainings: Trainings;

  constructor(workspace: Workspace, samples: Samples, trainings: Trainings) {
    this.workspace = workspace;
    this.samples = samples;
    this.trainings = trainings;
  }

  /** Grows when runs change in a way that the database does not know. */
  get revision(): number {
    return this.trainings.revision;
  }

  list(): RunSummary[] {
    const datasets = new Map(this.workspace.datasets().map(({ name, id }) => [name, String(id)]));
    return this.workspace.runs().map((run) => this.summary(run, datasets.get(run.dataset) ?? null));
  }

  /** @throws NOT_FOUND */
  async get(runId: string): Promise<RunDetail> {
    const run = this.workspace.run(runId);
    const datasetId = this.workspace.hasDataset(run.dataset)
      ? String(this.workspace.dataset(run.dataset).id)
      : null;
    return {
      ...this.summary(run, datasetId),
      seed: run.seed,
      note: run.note,
      settings: flattenSettings(run.config),
      checkpoints: this.workspace
        .checkpoints(runId)
        .map(({ name, images, createdAt }) => ({ name, images, createdAt })),
      events: this.workspace.events(runId).map(({ at, kind, text, images }) => ({ at, kind, text, images })),
      figures: this.workspace
        .figures(runId)
        .map(({ images, figures }) => ({ images, values: { ...figures } })),
      samples: await this.samples.list(runId),
    };
  }

  /** @throws NOT_FOUND */
  metrics(
    runId: string,
    query: { fromStep?: number | undefined; toStep?: number | undefined; points: number },
  ): RunMetrics {
    return metricColumns(
      this.workspace.metrics(runId, {
        ...(query.fromStep === undefined ? {} : { from: query.fromStep }),
        ...(query.toStep === undefined ? {} : { to: query.toStep }),
        maxPoints: query.points,
      }),
    );
  }

  private summary(run: RunRecord, datasetId: string | null): RunSummary {
    const { state } = run;
    const unwritten = this.trainings.unwrittenFailure(run.id);
    return {
      id: run.id,
      dataset: { id: datasetId, name: run.dataset },
      state: unwritten === undefined ? state.kind : 'failed',
      preset: run.preset,
      size: run.size,
      device: run.device,
      images: run.images,
      totalImages: run.totalImages,
      imagesPerSecond: run.seconds > 0 ? run.images / run.seconds : null,
      seconds: run.seconds,
      createdAt: run.createdAt,
      updatedAt: run.updatedAt,
      here: this.trainings.isHere(run.id),
      error:
        unwritten !== undefined
          ? { code: unwritten.code, message: unwritten.message }
          : state.kind === 'failed'
            ? { code: state.code, message: state.message }
            : null,
    };
  }
}
