import type { ReactNode } from 'react';
import type { RunSummary } from '../../../src/contract/index.ts';
import { EmptyNotice, FailureNotice, LoadingNotice } from '../../components/Notice.tsx';
import { useText } from '../../lib/i18n/index.ts';
import { useRoute } from '../../stores/route.ts';
import { useRuns } from '../../stores/runs.ts';

export interface TrainedRunProps {
  /** @param runs all that have begun, for a choice of another */
  readonly children: (run: RunSummary, runs: readonly RunSummary[]) => ReactNode;
}

/** What a page shows of the run that the address names, or of the newest that has begun to learn. */
export function TrainedRun({ children }: TrainedRunProps) {
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
  return children(run, runs);
}
