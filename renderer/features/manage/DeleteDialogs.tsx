import type { DatasetSummary, RunSummary } from '../../../src/contract/index.ts';
import { ActDialog } from '../../components/ConfirmDialog.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { go } from '../../stores/route.ts';

export function DeleteDatasetButton({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useText();
  return (
    <ActDialog
      open={t('manage.delete')}
      title={t('manage.delete.title', { name: dataset.name })}
      yes={t('manage.delete.yes')}
      act={async () => {
        await client.manage.deleteDataset({ datasetId: dataset.id });
        go('datasets');
      }}
    >
      <p>{t('manage.delete.dataset')}</p>
    </ActDialog>
  );
}

export function DeleteRunButton({ run }: { run: RunSummary }) {
  const { t } = useText();
  return (
    <ActDialog
      open={t('manage.delete')}
      title={t('manage.delete.title', { name: run.id })}
      yes={t('manage.delete.yes')}
      act={async () => {
        await client.manage.deleteRun({ runId: run.id });
        go('runs');
      }}
    >
      <p>{t('manage.delete.run')}</p>
    </ActDialog>
  );
}
