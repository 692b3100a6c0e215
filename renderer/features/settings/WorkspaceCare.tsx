import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { DiskUse } from '../../../src/contract/index.ts';
import { Figures } from '../../components/Figures.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { client } from '../../lib/client.ts';
import { formatBytes } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

/** What the workspace takes on the disk, and a copy of it with its secret. */
export function WorkspaceCare() {
  const { t, language } = useText();
  const [use, setUse] = useState<DiskUse>();
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    client.manage.disk().then(setUse, (error) => setFailure(failureOf(error)));
  }, []);
  const backup = async () => {
    setFailure(undefined);
    try {
      const { canPick } = await client.imports.ways();
      const picked = canPick ? await client.outputs.pick() : null;
      if (canPick && picked === null) return;
      await client.manage.backup({
        target: picked === null ? { type: 'download' } : { type: 'picked', pickId: picked.pickId },
      });
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  const size = (bytes: number) => formatBytes(bytes, language);
  return (
    <section className="section">
      <h2>{t('settings.disk')}</h2>
      {use === undefined ? null : (
        <Figures
          items={[
            ...use.parts
              .filter(({ bytes }) => bytes > 0)
              .map(({ part, bytes }) => ({ label: t(`settings.disk.${part}`), value: size(bytes) })),
            { label: t('settings.disk.free'), value: size(use.freeBytes) },
          ]}
        />
      )}
      <div className="import-buttons">
        <Button className="button" onPress={() => void backup()}>
          {t('settings.backup')}
        </Button>
        <span className="muted">{t('settings.backup.hint')}</span>
      </div>
      <FailureNote failure={failure} />
    </section>
  );
}
