import { Button } from 'react-aria-components';
import type { DatasetSummary } from '../../../src/contract/index.ts';
import { sliceUrl } from '../../../src/contract/media.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { routeHash } from '../../lib/route.ts';
import { useImportDialog } from '../../stores/importDialog.ts';
import { MergeButton } from '../manage/MergeDialog.tsx';

export interface DatasetListProps {
  readonly datasets: readonly DatasetSummary[];
  readonly shown: string | undefined;
}

export function DatasetList({ datasets, shown }: DatasetListProps) {
  const { t, maybe, language } = useText();
  const openImport = useImportDialog((dialog) => dialog.open);
  return (
    <div className="list-pane">
      <div className="list-head">
        <h1>{t('datasets.title')}</h1>
        <div className="list-actions">
          {datasets.length > 1 ? <MergeButton datasets={datasets} /> : null}
          <Button className="button" onPress={() => openImport()}>
            {t('import.open')}
          </Button>
        </div>
      </div>
      <ul aria-label={t('datasets.list')}>
        {datasets.map((dataset) => (
          <li key={dataset.id}>
            <a
              className="card"
              href={routeHash('datasets', dataset.id)}
              aria-current={dataset.id === shown ? 'true' : undefined}
            >
              <span className="cover" aria-hidden="true">
                {dataset.cover.map((slice) => (
                  <img key={slice} src={sliceUrl(slice, 128)} alt="" loading="lazy" />
                ))}
              </span>
              <span className="card-name">{dataset.name}</span>
              <span className="muted">
                {t('datasets.grid.total', { total: formatCount(dataset.slices, language) })}
                {' · '}
                {[
                  ...dataset.modalities,
                  ...dataset.planes.map((plane) => maybe(`plane.${plane}`, plane)),
                ].join(', ')}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
