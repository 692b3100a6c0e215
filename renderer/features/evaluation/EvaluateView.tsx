import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { importedDataset } from '../../../src/base/importedDataset.ts';
import type { EvaluationDetail, EvaluationSummary, RunSummary } from '../../../src/contract/index.ts';
import { NumberInput } from '../../components/Field.tsx';
import { FailureNote, FailureNotice } from '../../components/Notice.tsx';
import { RunChoice } from '../../components/RunChoice.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { formatCount, formatWhen } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { isActive, useJobs } from '../../stores/jobs.ts';
import { type Failure, failureOf, loading, type Resource, settle } from '../../stores/resource.ts';
import { JobRow } from '../jobs/JobRow.tsx';
import { CardTexts } from './CardTexts.tsx';
import { EvaluationResult } from './EvaluationResult.tsx';

/** Starts evaluations of a run, lists them, shows one. */
export function EvaluateView({ run, runs }: { run: RunSummary; runs: readonly RunSummary[] }) {
  const { t, language } = useText();
  const jobs = useJobs((store) => store.list).filter(
    ({ kind, subject }) => kind === 'evaluate' && subject === run.id,
  );
  const ended = jobs.filter((job) => !isActive(job)).length;
  const [count, setCount] = useState(500);
  const [seed, setSeed] = useState(1);
  const [list, setList] = useState<Resource<EvaluationSummary[]>>(loading);
  const [chosen, setChosen] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  const [version, setVersion] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a job that has ended may have made one more
  useEffect(() => {
    void settle(client.evaluations.list({ runId: run.id })).then(setList);
  }, [run.id, ended]);
  const evaluations = list.status === 'ready' ? list.value : [];
  const shown = evaluations.find(({ id }) => id === chosen) ?? evaluations[0];
  const isImported = run.dataset.name === importedDataset;
  const start = async () => {
    setFailure(undefined);
    try {
      await client.evaluations.start({ runId: run.id, count, seed });
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <article className="detail" aria-label={t('evaluate.title')}>
      <header className="detail-head">
        <h1>{t('evaluate.title')}</h1>
      </header>
      <p className="muted">{t('evaluate.text')}</p>
      <div className="evaluate-tools">
        <RunChoice label={t('compare.run')} page="evaluate" runs={runs} run={run} />
        {isImported ? null : (
          <>
            <NumberInput label={t('evaluate.count')} value={count} min={1} max={20_000} onChange={setCount} />
            <NumberInput label={t('compare.seed')} value={seed} min={0} max={0xffffffff} onChange={setSeed} />
            <WorkButton
              className="button primary"
              isWorking={jobs.some(isActive)}
              onPress={() => void start()}
            >
              {t('evaluate.start')}
            </WorkButton>
          </>
        )}
      </div>
      {isImported ? <p className="note">{t('evaluate.imported', { run: run.id })}</p> : null}
      <FailureNote failure={failure} />
      <ul className="plain-list">
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </ul>
      {list.status === 'failed' ? <FailureNotice failure={list.failure} /> : null}
      {list.status === 'ready' && evaluations.length === 0 && !isImported ? (
        <p className="muted">{t('evaluate.none')}</p>
      ) : null}
      {evaluations.length < 2 ? null : (
        <ul className="evaluation-list" aria-label={t('evaluate.list')}>
          {evaluations.map((one) => (
            <li key={one.id}>
              <Button
                className="button"
                aria-pressed={one.id === shown?.id}
                onPress={() => setChosen(one.id)}
              >
                {formatWhen(one.createdAt, language)} ·{' '}
                {t('evaluate.item', {
                  slices: formatCount(one.slices, language),
                  images: formatCount(one.images, language),
                })}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {shown === undefined ? null : (
        <>
          <Shown key={shown.id} runId={run.id} evaluationId={shown.id} version={version} />
          <CardTexts key={run.id} runId={run.id} onSaved={() => setVersion((now) => now + 1)} />
        </>
      )}
    </article>
  );
}

function Shown({ runId, evaluationId, version }: { runId: string; evaluationId: string; version: number }) {
  const [detail, setDetail] = useState<Resource<EvaluationDetail>>(loading);
  useEffect(() => {
    void settle(client.evaluations.get({ runId, evaluationId })).then(setDetail);
  }, [runId, evaluationId]);
  if (detail.status === 'failed') return <FailureNotice failure={detail.failure} />;
  return detail.status === 'ready' ? (
    <EvaluationResult runId={runId} evaluation={detail.value} version={version} />
  ) : null;
}
