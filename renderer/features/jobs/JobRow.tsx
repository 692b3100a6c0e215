import { Button } from 'react-aria-components';
import type { Job } from '../../../src/contract/index.ts';
import { CrossIcon } from '../../components/icons.tsx';
import { Progress } from '../../components/Progress.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { routeHash } from '../../lib/route.ts';
import { isActive } from '../../stores/jobs.ts';
import { jobOutcomeText } from './outcome.ts';
import { RejectsButton } from './RejectsDialog.tsx';

/** One job: what it is, how far, what came of it, and what can be done about it. */
export function JobRow({ job }: { job: Job }) {
  const { t, language } = useText();
  const count = (value: number) => formatCount(value, language);
  const title = t(`jobs.kind.${job.kind}`, { subject: job.subject });
  const progress =
    job.total === null
      ? count(job.done)
      : t('jobs.progress', { done: count(job.done), total: count(job.total) });
  const active = isActive(job);
  const figures = [
    ...(active && job.done > 0 ? [progress] : []),
    ...(active && job.remainingMs !== null
      ? [t('jobs.left', { time: formatDuration(job.remainingMs / 1000, language) })]
      : []),
    ...(active ? [] : [jobOutcomeText(job, t, count) ?? t(`jobs.state.${job.state}`)]),
    ...(job.rejected > 0 ? [t('jobs.rejected', { count: count(job.rejected) })] : []),
  ];
  return (
    <li className="job">
      <div className="job-head">
        <span className="card-name">{title}</span>
        {active ? (
          <WorkButton
            className="button"
            aria-label={`${t('jobs.cancel')}: ${title}`}
            isWorking={job.state === 'cancelling'}
            onPress={() => void client.jobs.cancel({ jobId: job.id }).catch(() => {})}
          >
            {job.state === 'cancelling' ? t('jobs.state.cancelling') : t('jobs.cancel')}
          </WorkButton>
        ) : (
          <Button
            className="button icon"
            aria-label={`${t('jobs.dismiss')}: ${title}`}
            onPress={() => void client.jobs.dismiss({ jobId: job.id }).catch(() => {})}
          >
            <CrossIcon />
          </Button>
        )}
      </div>
      {active ? <Progress label={title} done={job.done} total={job.total} text={progress} /> : null}
      <p className="muted">{figures.join(' · ')}</p>
      {job.failure === null ? null : (
        <p className="note bad">
          {job.failure.message} {job.failure.action} <span className="mono muted">{job.failure.code}</span>
        </p>
      )}
      <div className="job-actions">
        <JobLink job={job} />
        {job.rejected > 0 && !active ? <RejectsButton job={job} /> : null}
      </div>
    </li>
  );
}

/** The way to what a job has made. */
function JobLink({ job }: { job: Job }) {
  const { t } = useText();
  if (job.outcome === null) return null;
  const { datasetId, download } = job.outcome;
  if (typeof datasetId === 'string') {
    return (
      <a className="button" href={routeHash('datasets', datasetId)}>
        {t('jobs.open')}
      </a>
    );
  }
  if (typeof job.outcome.folder === 'string') {
    return (
      <Button
        className="button"
        onPress={() => void client.outputs.reveal({ jobId: job.id }).catch(() => {})}
      >
        {t('generate.reveal')}
      </Button>
    );
  }
  if (typeof download === 'string') {
    return (
      <a className="button" href={download} download>
        {t('jobs.download')}
      </a>
    );
  }
  return null;
}
