import { useState } from 'react';
import type { DoctorItem } from '../../../src/contract/index.ts';
import { CheckIcon, ClockIcon, WarnIcon } from '../../components/icons.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

/** The self-test of this machine. */
export function Machine() {
  const { t } = useText();
  const [items, setItems] = useState<readonly DoctorItem[]>([]);
  const [isTesting, setTesting] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const test = async () => {
    setTesting(true);
    setFailure(undefined);
    try {
      setItems(await client.manage.doctor());
    } catch (error) {
      setFailure(failureOf(error));
    }
    setTesting(false);
  };
  return (
    <section className="section">
      <div className="section-head">
        <h2>{t('settings.machine')}</h2>
        <WorkButton className="button" isWorking={isTesting} onPress={() => void test()}>
          {isTesting ? t('settings.machine.testing') : t('settings.machine.test')}
        </WorkButton>
      </div>
      <FailureNote failure={failure} />
      <dl className="doctor">
        {items.map((item) => (
          <div key={item.name}>
            <dt>
              <Verdict ok={item.ok} /> {item.name}
            </dt>
            <dd>
              {item.detail} {item.action === undefined ? null : <span className="muted">{item.action}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Verdict({ ok }: { ok: boolean | null }) {
  const { t } = useText();
  const tone = ok === null ? '' : ok ? 'good' : 'bad';
  const icon = ok === null ? <ClockIcon /> : ok ? <CheckIcon /> : <WarnIcon />;
  const word = ok === null ? 'none' : ok ? 'ok' : 'bad';
  return (
    <span className={`state ${tone}`}>
      {icon}
      {t(`settings.machine.${word}`)}
    </span>
  );
}
