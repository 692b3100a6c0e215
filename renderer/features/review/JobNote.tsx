import type { Job } from '../../../src/contract/index.ts';
import { FailureNote } from '../../components/Notice.tsx';
import { useText } from '../../lib/i18n/index.ts';
import type { Failure } from '../../stores/resource.ts';

/** How far a job of the page is, or why it failed. */
export function JobNote({ job, failure }: { job: Job | undefined; failure: Failure | undefined }) {
  const { t } = useText();
  const why = failure ?? (job?.state === 'failed' ? job.failure : undefined);
  if (why !== undefined && why !== null) return <FailureNote failure={why} />;
  if (job === undefined || job.state !== 'running') return null;
  return (
    <p className="muted" role="status">
      {job.total === null
        ? t('review.working')
        : t('jobs.progress', { done: String(job.done), total: String(job.total) })}
    </p>
  );
}
