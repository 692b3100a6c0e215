import { useEffect, useState } from 'react';
import type { DatasetDetail } from '../../../src/contract/index.ts';
import { Figures } from '../../components/Figures.tsx';
import { FailureNotice, LoadingNotice } from '../../components/Notice.tsx';
import { formatCount, formatWhen } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { useDatasets } from '../../stores/datasets.ts';
import { DeleteDatasetButton } from '../manage/DeleteDialogs.tsx';
import { RenameDatasetButton } from '../manage/NameDialogs.tsx';
import { TrainButton } from '../training/TrainDialog.tsx';
import { HealthPanel } from './HealthPanel.tsx';
import { SeriesTable } from './SeriesTable.tsx';
import { SliceBrowser } from './SliceBrowser.tsx';
import { useSelection } from './sliceSelection.ts';

/** One dataset: its figures, its series, and a grid of all its slices. */
export function DatasetDetailView({ datasetId }: { datasetId: string }) {
  const { loadDetail, details, list } = useDatasets();
  const detail = details[datasetId];
  // The list is loaded anew whenever the workspace's datasets change; then so is what is on show.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list stands for "something changed"
  useEffect(() => {
    void loadDetail(datasetId);
  }, [datasetId, loadDetail, list]);
  if (detail === undefined || detail.status === 'loading') return <LoadingNotice />;
  if (detail.status === 'failed') {
    return <FailureNotice failure={detail.failure} retry={() => void loadDetail(datasetId)} />;
  }
  return <Loaded dataset={detail.value} />;
}

function Loaded({ dataset }: { dataset: DatasetDetail }) {
  const { t, maybe, language } = useText();
  const [seriesId, setSeriesId] = useState<string>();
  const forget = useSelection((store) => store.forget);
  // biome-ignore lint/correctness/useExhaustiveDependencies: marks belong to the dataset that is shown
  useEffect(() => forget, [dataset.id, forget]);
  const count = (value: number) => formatCount(value, language);
  return (
    <article className="detail" aria-label={dataset.name}>
      <header className="detail-head">
        <h1>{dataset.name}</h1>
        <span className="muted head-note">{formatWhen(dataset.createdAt, language)}</span>
        <RenameDatasetButton dataset={dataset} />
        <DeleteDatasetButton dataset={dataset} />
        <TrainButton dataset={dataset} />
      </header>
      <Figures
        items={[
          { label: t('datasets.slices'), value: count(dataset.slices) },
          { label: t('datasets.setAside'), value: count(dataset.setAside) },
          { label: t('datasets.series'), value: count(dataset.series) },
          { label: t('datasets.subjects'), value: count(dataset.subjects) },
          {
            label: t('datasets.split'),
            value: t('datasets.split.value', {
              train: count(dataset.trainSubjects),
              heldOut: count(dataset.heldOutSubjects),
            }),
          },
        ]}
      />
      {dataset.notices.map((notice) => (
        <p key={notice} className="note">
          {maybe(`notice.${notice}`, notice)}
        </p>
      ))}
      <HealthPanel datasetId={dataset.id} />
      <SeriesTable series={dataset.seriesList} chosen={seriesId} onChoose={setSeriesId} />
      <SliceBrowser dataset={dataset} seriesId={seriesId} />
    </article>
  );
}
