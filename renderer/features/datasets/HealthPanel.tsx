import { useState } from 'react';
import type { Health } from '../../../src/contract/index.ts';
import { CheckIcon, WarnIcon } from '../../components/icons.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';
import { useSelection } from './sliceSelection.ts';

/** Looks at every slice of the dataset when it is asked to; what it finds can be set aside with one press. */
export function HealthPanel({ datasetId }: { datasetId: string }) {
  const { t } = useText();
  const [health, setHealth] = useState<Health>();
  const [isWorking, setWorking] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const check = async () => {
    setWorking(true);
    setFailure(undefined);
    try {
      setHealth(await client.datasets.check({ datasetId }));
    } catch (error) {
      setFailure(failureOf(error));
    }
    setWorking(false);
  };
  return (
    <section className="section" aria-label={t('health.title')}>
      <div className="section-head">
        <h2>{t('health.title')}</h2>
        <WorkButton className="button" isWorking={isWorking} onPress={() => void check()}>
          {isWorking ? t('health.working') : health === undefined ? t('health.start') : t('health.again')}
        </WorkButton>
      </div>
      <FailureNote failure={failure} />
      {health === undefined ? null : <HealthResult datasetId={datasetId} health={health} again={check} />}
    </section>
  );
}

function HealthResult({
  datasetId,
  health,
  again,
}: {
  datasetId: string;
  health: Health;
  again: () => Promise<void>;
}) {
  const { t, language } = useText();
  const { change, isBusy } = useSelection();
  const count = (value: number) => formatCount(value, language);
  return (
    <>
      <p className={`state ${health.healthy ? 'good' : 'warn'}`} role="status">
        {health.healthy ? <CheckIcon /> : <WarnIcon />}
        {health.healthy ? t('health.good') : t('health.bad')}
      </p>
      <ul className="findings">
        {health.findings.map((finding) => (
          <li key={`${finding.code} ${finding.message}`} className={`finding ${finding.severity}`}>
            <span className="finding-kind">{t(`health.${finding.severity}`)}</span>
            <span>
              {finding.message} <span className="muted">{finding.advice}</span>
            </span>
            {finding.rule === null || finding.excludes === 0 ? null : (
              <WorkButton
                className="button"
                isWorking={isBusy}
                onPress={() => {
                  const { rule } = finding;
                  if (rule !== null) void change(datasetId, { rule }, 'exclude').then(again);
                }}
              >
                {t('health.exclude', { count: count(finding.excludes) })}
              </WorkButton>
            )}
          </li>
        ))}
      </ul>
      <details>
        <summary>{t('health.spread')}</summary>
        <dl className="pairs">
          {health.spreads.map(({ property, values }) => (
            <div key={property}>
              <dt>{property}</dt>
              <dd>
                {values
                  .map(({ value, slices, subjects }) =>
                    t('health.spread.value', { value, slices: count(slices), subjects: count(subjects) }),
                  )
                  .join('; ')}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}
