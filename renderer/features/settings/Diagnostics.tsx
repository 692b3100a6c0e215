import { useState } from 'react';
import { Button } from 'react-aria-components';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';

/** What helps to explain a fault, to be read before it is given away. */
export function Diagnostics() {
  const { t } = useText();
  const [text, setText] = useState<string>();
  const make = async () => setText(await client.manage.diagnostics().catch((error) => String(error)));
  return (
    <section className="section">
      <div className="section-head">
        <h2>{t('settings.diagnostics')}</h2>
        <Button className="button" onPress={() => void make()}>
          {t('settings.diagnostics.make')}
        </Button>
      </div>
      <p className="muted">{t('settings.diagnostics.text')}</p>
      {text === undefined ? null : (
        <textarea
          className="input mono diagnostics"
          aria-label={t('settings.diagnostics')}
          readOnly
          value={text}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
    </section>
  );
}
