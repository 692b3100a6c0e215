import { useEffect, useState } from 'react';
import type { ExploreChoices } from '../../../src/contract/index.ts';
import { FailureNote } from '../../components/Notice.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { isActive, useJobs } from '../../stores/jobs.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';
import { JobRow } from '../jobs/JobRow.tsx';
import { TrainedRun } from '../training/TrainedRun.tsx';
import { ExploreForm } from './ExploreForm.tsx';
import { ExploreView } from './ExploreView.tsx';
import { GenerateTabs } from './GenerateTabs.tsx';
import './generate.css';
import './explore.css';

/** The latent space of a run: what to walk through, and the slices on the way. */
export function ExplorePage() {
  const { t } = useText();
  const jobs = useJobs((store) => store.list);
  return (
    <TrainedRun>
      {(run, runs) => {
        const own = jobs.filter(({ kind, subject }) => kind === 'explore' && subject === run.id);
        const newest = own[0];
        const done = own.find(({ state }) => state === 'done');
        const projection = own.find(({ outcome }) => outcome?.type === 'project');
        return (
          <article className="detail" aria-label={t('explore.title')}>
            <header className="detail-head">
              <h1>{t('explore.title')}</h1>
              <GenerateTabs page="explore" runId={run.id} />
            </header>
            <p className="muted">{t('explore.text')}</p>
            <Choices key={run.id} runId={run.id}>
              {(choices) => (
                <div className="explore-columns">
                  <ExploreForm run={run} runs={runs} choices={choices} projectionJob={projection?.id} />
                  <div className="section">
                    {newest !== undefined && newest.state !== 'done' ? (
                      <ul className="plain-list">
                        <JobRow job={newest} />
                      </ul>
                    ) : null}
                    {done === undefined ? (
                      newest !== undefined && isActive(newest) ? null : (
                        <p className="muted">{t('explore.none')}</p>
                      )
                    ) : (
                      <ExploreView key={done.id} jobId={done.id} runId={run.id} canPick={choices.canPick} />
                    )}
                  </div>
                </div>
              )}
            </Choices>
          </article>
        );
      }}
    </TrainedRun>
  );
}

function Choices({
  runId,
  children,
}: {
  runId: string;
  children: (choices: ExploreChoices) => React.ReactNode;
}) {
  const [choices, setChoices] = useState<ExploreChoices>();
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    client.explorations.choices({ runId }).then(setChoices, (error) => setFailure(failureOf(error)));
  }, [runId]);
  if (choices === undefined) return <FailureNote failure={failure} />;
  return children(choices);
}
