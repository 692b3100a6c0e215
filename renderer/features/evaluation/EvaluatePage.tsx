import { EmptyNotice, FailureNotice, LoadingNotice } from '../../components/Notice.tsx';
import { useText } from '../../lib/i18n/index.ts';
import { useRoute } from '../../stores/route.ts';
import { useRuns } from '../../stores/runs.ts';
import { EvaluateView } from './EvaluateView.tsx';
import './evaluation.css';

/** Evaluations of the run that the address names, or of the newest that has learnt anything. */
export function EvaluatePage() {
  const { t } = useText();
  const list = useRuns((store) => store.list);
  const runId = useRoute((route) => route.runId);
  if (list.status === 'loading') return <LoadingNotice />;
  if (list.status === 'failed') return <FailureNotice failure={list.failure} />;
  const runs = list.value.filter(({ images }) => images > 0);
  const run = runs.find(({ id }) => id === runId) ?? runs[0];
  if (run === undefined) {
    return (
      <EmptyNotice title={t('compare.none.title')}>
        <p>{t('compare.none.text')}</p>
      </EmptyNotice>
    );
  }
  return <EvaluateView key={run.id} run={run} runs={runs} />;
}
