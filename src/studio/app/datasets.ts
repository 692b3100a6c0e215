import { GantryError } from '../../base/errors.ts';
import type { DatasetDetail, DatasetSummary, SeriesSummary, SlicePage } from '../../contract/index.ts';
import type { DatasetRecord, SliceState, Workspace } from '../../workspace/index.ts';
import type { Reads } from './reads.ts';

const coverSlices = 4;

export interface SlicePageQuery {
  readonly datasetId: string;
  readonly seriesId?: string | undefined;
  readonly which: SliceState | 'all';
  readonly offset: number;
  readonly limit: number;
}

/** Datasets as the screens show them. Identifiers are row numbers as text. */
export class DatasetViews {
  private readonly workspace: Workspace;
  private readonly reads: Reads;

  constructor(workspace: Workspace, reads: Reads) {
    this.workspace = workspace;
    this.reads = reads;
  }

  list(): DatasetSummary[] {
    return this.workspace.datasets().map((record) => this.summary(record));
  }

  /** @throws NOT_FOUND */
  get(datasetId: string): DatasetDetail {
    const record = this.record(datasetId);
    const seriesList = this.series(record);
    return { ...this.summary(record), seriesList };
  }

  /** @throws NOT_FOUND */
  slices(query: SlicePageQuery): SlicePage {
    const record = this.record(query.datasetId);
    const series = query.seriesId === undefined ? undefined : Number(query.seriesId);
    const state = query.which === 'all' ? undefined : query.which;
    const items = this.workspace.slices(record.name, {
      ...(series === undefined ? {} : { series }),
      ...(state === undefined ? {} : { state }),
      offset: query.offset,
      limit: query.limit,
    });
    return {
      total: this.reads.sliceCount(record.id, series ?? null, state ?? null),
      items: items.map((slice) => ({
        id: String(slice.id),
        seriesId: String(slice.series),
        index: slice.order,
        state: slice.state,
        reason: slice.reason,
      })),
    };
  }

  /** @throws NOT_FOUND */
  nameOf(datasetId: string): string {
    return this.record(datasetId).name;
  }

  private record(datasetId: string): DatasetRecord {
    const record = this.workspace.datasets().find(({ id }) => String(id) === datasetId);
    if (record === undefined) {
      throw new GantryError('NOT_FOUND', 'This dataset is no longer in the workspace.', {
        action: 'Choose another from the list.',
      });
    }
    return record;
  }

  private summary(record: DatasetRecord): DatasetSummary {
    return {
      id: String(record.id),
      name: record.name,
      createdAt: record.createdAt,
      slices: record.slices,
      setAside: record.empty + record.excluded,
      series: record.series,
      subjects: record.subjects,
      trainSubjects: record.trainSubjects,
      heldOutSubjects: record.heldOutSubjects,
      modalities: [...record.modalities],
      planes: [...record.planes],
      notices: [...record.notices],
      cover: this.cover(record),
    };
  }

  /** Slices of several subjects where there are several; where there are few, several places of each. */
  private cover(record: DatasetRecord): string[] {
    const filled = [...this.reads.seriesCounts(record.id)].filter(([, { used }]) => used > 0);
    const places = Math.max(1, Math.ceil(coverSlices / Math.max(1, filled.length)));
    const step = Math.max(1, Math.floor(filled.length / coverSlices));
    return filled
      .filter((_, i) => i % step === 0)
      .flatMap(([series, { used }]) =>
        Array.from({ length: places }, (_, i) =>
          this.reads.sliceAt(series, Math.floor((used * (i + 1)) / (places + 1))),
        ),
      )
      .flatMap((id) => (id === undefined ? [] : [String(id)]))
      .slice(0, coverSlices);
  }

  private series(record: DatasetRecord): SeriesSummary[] {
    const counts = this.reads.seriesCounts(record.id);
    const subjects = new Map(this.workspace.subjects(record.name).map((subject) => [subject.id, subject]));
    return this.workspace.series(record.name).map((series) => {
      const { used, away } = counts.get(series.id) ?? { used: 0, away: 0 };
      const middle = used === 0 ? undefined : this.reads.sliceAt(series.id, Math.floor(used / 2));
      const subject = subjects.get(series.subject);
      const spacing = series.geometry.pixelSpacingMm;
      return {
        id: String(series.id),
        label: series.label,
        subject: subject?.label ?? '',
        side: subject?.side ?? null,
        kind: series.kind,
        modality: series.attributes.modality ?? null,
        sequence: series.attributes.sequence ?? null,
        plane: series.plane,
        rows: series.rows,
        columns: series.columns,
        pixelSpacingMm: spacing === undefined ? null : [spacing[0], spacing[1]],
        slices: used,
        setAside: away,
        middle: middle === undefined ? null : String(middle),
      };
    });
  }
}
