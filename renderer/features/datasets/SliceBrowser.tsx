import { useState } from 'react';
import type { DatasetDetail } from '../../../src/contract/index.ts';
import { Segments } from '../../components/Segments.tsx';
import { useText } from '../../lib/i18n/index.ts';
import { SelectionBar } from './SelectionBar.tsx';
import { SliceGrid } from './SliceGrid.tsx';
import { useSlicePages, type Which } from './slicePages.ts';

const tileSizes = { small: 72, medium: 112, large: 168 } as const;
type TileSize = keyof typeof tileSizes;

export interface SliceBrowserProps {
  readonly dataset: DatasetDetail;
  readonly seriesId: string | undefined;
}

/** The grid with its filters. */
export function SliceBrowser({ dataset, seriesId }: SliceBrowserProps) {
  const { t } = useText();
  const [which, setWhich] = useState<Which>('used');
  const [tile, setTile] = useState<TileSize>('medium');
  const pages = useSlicePages(dataset, seriesId, which);
  const label = dataset.seriesList.find(({ id }) => id === seriesId)?.label;
  return (
    <section className="section browser">
      <div className="section-head">
        <h2>
          {t('datasets.grid')} · <span className="muted">{label ?? t('datasets.allSeries')}</span>
        </h2>
        <Segments
          label={t('datasets.which')}
          value={which}
          onChange={setWhich}
          options={(['used', 'empty', 'excluded', 'all'] as const).map((id) => ({
            id,
            text: t(`datasets.which.${id}`),
          }))}
        />
        <Segments
          label={t('datasets.size')}
          value={tile}
          onChange={setTile}
          options={(['small', 'medium', 'large'] as const).map((id, i) => ({
            id,
            text: ['S', 'M', 'L'][i]!,
          }))}
        />
      </div>
      <SelectionBar datasetId={dataset.id} pages={pages} which={which} />
      <SliceGrid
        key={`${seriesId} ${which} ${tile}`}
        pages={pages}
        tile={tileSizes[tile]}
        seriesLabel={(id) => dataset.seriesList.find((series) => series.id === id)?.label ?? ''}
      />
    </section>
  );
}
