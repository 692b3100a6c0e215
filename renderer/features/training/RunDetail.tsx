import { useEffect } from 'react';
import { importedDataset } from '../../../src/base/importedDataset.ts';
import type { RunDetail, RunSummary } from '../../../src/contract/index.ts';
import { Figures } from '../../components/Figures.tsx';
import { FailureNotice } from '../../components/Notice.tsx';
import { formatBytes, formatCount, formatDuration, formatFigure, formatWhen } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { routeHash } from '../../lib/route.ts';
import { useMetrics } from '../../stores/metrics.ts';
import { useRuns } from '../../stores/runs.ts';
import { DeleteRunButton } from '../manage/DeleteDialogs.tsx';
import { NoteRunButton } from '../manage/NameDialogs.tsx';
import { BranchButton } from './BranchDialog.tsx';
import { Curves } from './Curves.tsx';
import { ExportModelButton } from './ModelButtons.tsx';
import { RunProgress } from './ProgressBar.tsx';
import { secondsLeft } from './progress.ts';
import { RunControls } from './RunControls.tsx';
import { RunLog } from './RunLog.tsx';
import { RunStateChip } from './RunStateChip.tsx';
import { Samples } from './Samples.tsx';

/** One run: where it stands, its curves and samples, what happened, how it was set. */
export function RunDetailView({ run }: { run: RunSummary }) {
  const { t, language } = useText();
  const detail = useRuns((store) => store.details[run.id]);
  const { loadDetail } = useRuns.getState();
  const { load } = useMetrics.getState();
  useEffect(() => {
    void loadDetail(run.id);
    void load(run.id);
  }, [run.id, loadDetail, load]);
  const left = secondsLeft(run);
  const metrics = useMetrics((store) => store.byRun[run.id]);
  const newest = (name: string) =>
    metrics?.status === 'ready' ? (metrics.value.extra[name]?.at(-1) ?? undefined) : undefined;
  const memoryMb = newest('memoryMb');
  const [resolution, alpha = 1] = [newest('resolution'), newest('alpha')];
  return (
    <article className="detail" aria-label={run.id}>
      <header className="detail-head">
        <h1>{run.id}</h1>
        <RunStateChip state={run.state} />
        <span className="muted">{formatWhen(run.createdAt, language)}</span>
        <RunControls run={run} />
        {run.images === 0 ? null : (
          <>
            {run.dataset.name === importedDataset ? null : <BranchButton run={run} />}
            <ExportModelButton run={run} />
            <a className="button" href={routeHash('evaluate', run.id)}>
              {t('evaluate.nav')}
            </a>
            <a className="button" href={routeHash('compare', run.id)}>
              {t('compare.nav')}
            </a>
            <a className="button" href={routeHash('generate', run.id)}>
              {t('generate.nav')}
            </a>
          </>
        )}
        {detail?.status === 'ready' ? (
          <NoteRunButton key={detail.value.note ?? ''} runId={run.id} note={detail.value.note ?? ''} />
        ) : null}
        {run.state === 'running' || run.state === 'paused' ? null : <DeleteRunButton run={run} />}
      </header>
      <RunHint run={run} />
      {detail?.status === 'ready' && detail.value.note !== null ? (
        <p className="muted">{detail.value.note}</p>
      ) : null}
      <RunProgress run={run} label />
      <Figures
        items={[
          { label: t('runs.dataset'), value: run.dataset.name },
          { label: t('runs.preset'), value: run.preset },
          { label: t('runs.size'), value: `${run.size} × ${run.size}` },
          ...(resolution === undefined
            ? []
            : [
                {
                  label: t('runs.resolution'),
                  value:
                    alpha < 1
                      ? t('runs.resolution.fading', { size: resolution, share: Math.round(100 * alpha) })
                      : `${resolution} × ${resolution}`,
                },
              ]),
          { label: t('runs.device'), value: run.device },
          { label: t('runs.images'), value: formatCount(run.images, language) },
          { label: t('runs.rate'), value: formatFigure(run.imagesPerSecond, language) },
          { label: t('runs.elapsed'), value: formatDuration(run.seconds, language) },
          { label: t('runs.memory'), value: memoryMb == null ? '–' : formatBytes(memoryMb * 1e6, language) },
          ...(left === null ? [] : [{ label: t('runs.left'), value: formatDuration(left, language) }]),
        ]}
      />
      <div className="run-columns">
        <Curves run={run} />
        {detail?.status === 'ready' ? <Samples run={detail.value} /> : null}
      </div>
      <Rest detail={detail} retry={() => void loadDetail(run.id)} />
    </article>
  );
}

function Rest({
  detail,
  retry,
}: {
  detail: ReturnType<typeof useRuns.getState>['details'][string] | undefined;
  retry: () => void;
}) {
  if (detail?.status === 'failed') return <FailureNotice failure={detail.failure} retry={retry} />;
  return detail?.status === 'ready' ? <RunLog run={detail.value satisfies RunDetail} /> : null;
}

function RunHint({ run }: { run: RunSummary }) {
  const { t } = useText();
  if (run.error !== null) {
    return (
      <p className="note bad">
        {run.error.message} <span className="mono muted">{run.error.code}</span>
      </p>
    );
  }
  if (run.state === 'interrupted') return <p className="note">{t('runs.hint.interrupted')}</p>;
  if (run.state === 'paused') return <p className="note">{t('runs.hint.paused')}</p>;
  if (run.state === 'stopped') return <p className="note">{t('runs.hint.stopped')}</p>;
  return null;
}
