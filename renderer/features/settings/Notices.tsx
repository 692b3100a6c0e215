import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { ThirdPartyNotice } from '../../../src/contract/index.ts';
import { client } from '../../lib/client.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';

/** Libraries that are shipped, with their licences. */
export function Notices() {
  const { t, language } = useText();
  const [list, setList] = useState<readonly ThirdPartyNotice[]>();
  return (
    <section className="section">
      <div className="section-head">
        <h2>{t('settings.notices')}</h2>
        {list === undefined ? (
          <Button
            className="button"
            onPress={() => void client.manage.notices().then(setList, () => setList([]))}
          >
            {t('settings.notices.show')}
          </Button>
        ) : (
          <span className="muted">
            {t('settings.notices.count', { count: formatCount(list.length, language) })}
          </span>
        )}
      </div>
      {(list ?? []).map((notice) => (
        <details key={`${notice.name} ${notice.version}`}>
          <summary>
            {notice.name} <span className="mono muted">{notice.version}</span> {notice.license}
          </summary>
          <pre className="licence">{notice.text}</pre>
        </details>
      ))}
    </section>
  );
}
