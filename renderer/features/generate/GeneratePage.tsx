import { EmptyNotice, FailureNotice, LoadingNotice } from '../../components/Notice.tsx';
import { useText } from '../../lib/i18n/index.ts';
import { useJobs } from '../../stores/jobs.ts';
import { useRoute } from '../../stores/route.ts';
import { useRuns } from '../../stores/runs.ts';
import { JobRow } from '../jobs/JobRow.tsx';
import { GenerateForm } from './GenerateForm.tsx';
import { GenerateTabs } from './GenerateTabs.tsx';
import './generate.css';

/** Slices of a run, to files. */
export function GeneratePage() {
  const { t } = useText();
  const list = useRuns((store) => store.list);
  const runId = useRoute((route) => route.runId);
  const jobs = useJobs((store) => store.list).filter(({ kind }) => kind === 'generate');
  if (list.status === 'loading') return <LoadingNotice />;
  if (list.status === 'failed') return <FailureNotice failure={list.failure} />;
  const runs = list.value;
  const run = runs.find(({ id }) => id === runId) ?? runs.find(({ images }) => images > 0) ?? runs[0];
  if (run === undefined) {
    return (
      <EmptyNotice title={t('generate.none.title')}>
        <p>{t('compare.none.text')}</p>
      </EmptyNotice>
    );
  }
  return (
    <article className="detail" aria-label={t('generate.title')}>
      <header className="detail-head">
        <h1>{t('generate.title')}</h1>
        <GenerateTabs page="generate" runId={run.id} />
      </header>
      <div className="generate-columns">
        <GenerateForm key={run.id} run={run} runs={runs} />
        <section className="section">
          <h2>{t('generate.jobs')}</h2>
          {jobs.length === 0 ? <p className="muted">{t('jobs.none')}</p> : null}
          <ul className="plain-list">
            {jobs.map((job) => (
              <JobRow key={job.id} job={job} />
            ))}
          </ul>
        </section>
      </div>
    </article>
  );
}
