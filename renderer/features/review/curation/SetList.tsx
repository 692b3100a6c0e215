import { useState } from 'react';
import { Choice, NumberInput } from '../../../components/Field.tsx';
import { EmptyNotice, FailureNotice, LoadingNotice } from '../../../components/Notice.tsx';
import { WorkButton } from '../../../components/WorkButton.tsx';
import { client } from '../../../lib/client.ts';
import { formatCount, formatWhen } from '../../../lib/format.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { routeHash } from '../../../lib/route.ts';
import { useDatasets } from '../../../stores/datasets.ts';
import { type Failure, failureOf } from '../../../stores/resource.ts';
import { go } from '../../../stores/route.ts';
import { useRuns } from '../../../stores/runs.ts';
import { JobNote } from '../JobNote.tsx';
import { useCall } from '../useCall.ts';
import { useJob } from '../useJob.ts';

/** The review sets of the workspace, a way to a new one, and the datasets' own slices. */
export function SetList() {
  const { t, language } = useText();
  const [sets] = useCall(() => client.reviews.list(), 'sets');
  const datasets = useDatasets((store) => store.list);
  if (sets.status === 'loading') return <LoadingNotice />;
  if (sets.status === 'failed') return <FailureNotice failure={sets.failure} />;
  return (
    <div className="review-body">
      <NewSet />
      {sets.value.length === 0 ? (
        <EmptyNotice title={t('review.sets.empty')}>
          <p>{t('review.sets.empty.text')}</p>
        </EmptyNotice>
      ) : (
        <ul className="card-list" aria-label={t('review.sets')}>
          {sets.value.map((set) => (
            <li key={set.id}>
              <a className="card" href={routeHash('review', `set-${set.id}`)}>
                <strong>
                  {set.runId} · {t('review.seed', { seed: set.seed })}
                </strong>
                <span>{t('review.slices', { count: formatCount(set.slices, language) })}</span>
                <span className="muted">
                  {t('review.judged', { judged: set.judged, rejected: set.rejected })} ·{' '}
                  {formatWhen(set.createdAt, language)}
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {datasets.status === 'ready' && datasets.value.length > 0 ? (
        <section className="section">
          <h2>{t('review.real')}</h2>
          <ul className="card-list" aria-label={t('review.real')}>
            {datasets.value.map((dataset) => (
              <li key={dataset.id}>
                <a className="card" href={routeHash('review', `slices-${dataset.id}`)}>
                  <strong>{dataset.name}</strong>
                  <span className="muted">
                    {t('review.slices', { count: formatCount(dataset.slices, language) })}
                  </span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}

function NewSet() {
  const { t } = useText();
  const runs = useRuns((store) => store.list);
  const usable = runs.status === 'ready' ? runs.value.filter(({ images }) => images > 0) : [];
  const [run, setRun] = useState('');
  const [count, setCount] = useState(64);
  const [seed, setSeed] = useState(1);
  const [failure, setFailure] = useState<Failure>();
  const { job, follow } = useJob(({ setId }) => go('review', `set-${setId}`));
  const chosen = run || (usable[0]?.id ?? '');
  if (usable.length === 0) return <p className="note">{t('review.noRuns')}</p>;
  const start = async () => {
    setFailure(undefined);
    try {
      follow((await client.reviews.create({ runId: chosen, count, seed })).jobId);
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <section className="section" aria-label={t('review.new')}>
      <h2>{t('review.new')}</h2>
      <div className="form-row">
        <Choice
          label={t('review.run')}
          value={chosen}
          options={usable.map(({ id }) => id)}
          onChange={setRun}
        />
        <NumberInput label={t('review.count')} value={count} min={1} max={2000} onChange={setCount} />
        <NumberInput label={t('train.seed')} value={seed} min={0} max={0xffffffff} onChange={setSeed} />
        <WorkButton
          className="button primary"
          isWorking={job?.state === 'running'}
          onPress={() => void start()}
        >
          {t('review.create')}
        </WorkButton>
      </div>
      <JobNote job={job} failure={failure} />
    </section>
  );
}
