import { EmptyNotice, FailureNotice, LoadingNotice } from '../../components/Notice.tsx';
import { useText } from '../../lib/i18n/index.ts';
import { useRoute } from '../../stores/route.ts';
import { useRuns } from '../../stores/runs.ts';
import { ImportModelButton } from './ModelButtons.tsx';
import { RunDetailView } from './RunDetail.tsx';
import { RunList } from './RunList.tsx';
import './training.css';

export function RunsPage() {
  const { t } = useText();
  const list = useRuns((store) => store.list);
  const runId = useRoute((route) => route.runId);
  if (list.status === 'loading') return <LoadingNotice />;
  if (list.status === 'failed') return <FailureNotice failure={list.failure} />;
  if (list.value.length === 0) {
    return (
      <EmptyNotice title={t('runs.empty.title')}>
        <p>{t('runs.empty.text')}</p>
        <code>gantry train --workspace W --dataset NAME</code>
        <ImportModelButton />
      </EmptyNotice>
    );
  }
  const run = list.value.find(({ id }) => id === runId);
  return (
    <div className="split">
      <RunList runs={list.value} shown={runId} />
      {run !== undefined ? (
        <RunDetailView key={run.id} run={run} />
      ) : runId === undefined ? (
        <EmptyNotice title={t('runs.choose.title')}>
          <p>{t('runs.choose.text')}</p>
        </EmptyNotice>
      ) : (
        <EmptyNotice title={t('runs.gone.title')}>
          <p>{t('runs.choose.title')}</p>
        </EmptyNotice>
      )}
    </div>
  );
}
