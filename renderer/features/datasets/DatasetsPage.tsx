import { Button } from 'react-aria-components';
import { EmptyNotice, FailureNotice, LoadingNotice } from '../../components/Notice.tsx';
import { useText } from '../../lib/i18n/index.ts';
import { useDatasets } from '../../stores/datasets.ts';
import { useImportDialog } from '../../stores/importDialog.ts';
import { useRoute } from '../../stores/route.ts';
import { PhantomButton } from '../import/PhantomButton.tsx';
import { DatasetDetailView } from './DatasetDetail.tsx';
import { DatasetList } from './DatasetList.tsx';
import './datasets.css';

export function DatasetsPage() {
  const { t } = useText();
  const { list, load } = useDatasets();
  const datasetId = useRoute((route) => route.datasetId);
  if (list.status === 'loading') return <LoadingNotice />;
  if (list.status === 'failed') return <FailureNotice failure={list.failure} retry={() => void load()} />;
  if (list.value.length === 0) {
    return (
      <EmptyNotice title={t('datasets.empty.title')}>
        <p>{t('datasets.empty.text')}</p>
        <Button className="button primary" onPress={() => useImportDialog.getState().open()}>
          {t('import.open')}
        </Button>
        <p>{t('import.drop')}</p>
        <PhantomButton />
      </EmptyNotice>
    );
  }
  const shown = datasetId ?? (list.value.length === 1 ? list.value[0]?.id : undefined);
  const known = list.value.some(({ id }) => id === shown);
  return (
    <div className="split">
      <DatasetList datasets={list.value} shown={shown} />
      {shown === undefined ? (
        <EmptyNotice title={t('datasets.choose.title')}>
          <p>{t('datasets.choose.text')}</p>
        </EmptyNotice>
      ) : known ? (
        <DatasetDetailView key={shown} datasetId={shown} />
      ) : (
        <EmptyNotice title={t('datasets.gone.title')}>
          <p>{t('datasets.choose.title')}</p>
        </EmptyNotice>
      )}
    </div>
  );
}
