import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import type { Job, RunSummary } from '../../../src/contract/index.ts';
import { Progress } from '../../components/Progress.tsx';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { routeHash } from '../../lib/route.ts';
import { isActive, useJobs } from '../../stores/jobs.ts';
import { useRuns } from '../../stores/runs.ts';
import { RunProgress } from '../training/ProgressBar.tsx';
import { secondsLeft } from '../training/progress.ts';
import { RunControls } from '../training/RunControls.tsx';
import { JobRow } from './JobRow.tsx';
import './jobs.css';

/** The bar at the foot of every screen: what is at work, how far, how long; a press shows all jobs. */
export function JobTray() {
  const { t, language } = useText();
  const jobs = useJobs((store) => store.list);
  const list = useRuns((store) => store.list);
  const training =
    list.status === 'ready'
      ? list.value.filter(({ state }) => state === 'running' || state === 'paused')
      : [];
  const active = jobs.filter(isActive);
  const busy = active.length + training.length;
  const ended = jobs.length - active.length;
  return (
    <section className="tray" aria-label={t('jobs.bar')}>
      <div className="tray-work" aria-live="off">
        {busy === 0 ? <span className="muted">{t('jobs.none')}</span> : null}
        {active.slice(0, 2).map((job) => (
          <JobBrief key={job.id} job={job} />
        ))}
        {training.slice(0, 2).map((run) => (
          <RunBrief key={run.id} run={run} />
        ))}
      </div>
      <DialogTrigger>
        <Button className="button">
          {t('jobs.title')}
          {busy > 0 ? (
            <span className="tray-count">{t('jobs.working', { count: formatCount(busy, language) })}</span>
          ) : null}
          {ended > 0 ? (
            <span className="muted">{t('jobs.ended', { count: formatCount(ended, language) })}</span>
          ) : null}
        </Button>
        <Popover className="popover tray-popover" placement="top end">
          <Dialog className="tray-list" aria-label={t('jobs.title')}>
            {jobs.length + training.length === 0 ? <p className="muted">{t('jobs.none')}</p> : null}
            <ul>
              {training.map((run) => (
                <li className="job" key={run.id}>
                  <div className="job-head">
                    <a className="card-name" href={routeHash('runs', run.id)}>
                      {t('jobs.kind.train', { subject: run.id })}
                    </a>
                    <RunControls run={run} />
                  </div>
                  <RunProgress run={run} label />
                </li>
              ))}
              {jobs.map((job) => (
                <JobRow key={job.id} job={job} />
              ))}
            </ul>
          </Dialog>
        </Popover>
      </DialogTrigger>
    </section>
  );
}

function JobBrief({ job }: { job: Job }) {
  const { t, language } = useText();
  const title = t(`jobs.kind.${job.kind}`, { subject: job.subject });
  const total = job.total === null ? '' : formatCount(job.total, language);
  const text = t('jobs.progress', { done: formatCount(job.done, language), total });
  return (
    <div className="tray-item">
      <span>{title}</span>
      <Progress label={title} done={job.done} total={job.total} text={text} />
      <span className="muted">
        {job.remainingMs === null
          ? ''
          : t('jobs.left', { time: formatDuration(job.remainingMs / 1000, language) })}
      </span>
    </div>
  );
}

function RunBrief({ run }: { run: RunSummary }) {
  const { t, language } = useText();
  const left = secondsLeft(run);
  return (
    <div className="tray-item">
      <a href={routeHash('runs', run.id)}>{t('jobs.kind.train', { subject: run.id })}</a>
      <RunProgress run={run} />
      <span className="muted">
        {left === null ? '' : t('jobs.left', { time: formatDuration(left, language) })}
      </span>
    </div>
  );
}
