import { useEffect, useState } from 'react';
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from 'react-aria-components';
import type { Job, RejectPage } from '../../../src/contract/index.ts';
import { CrossIcon } from '../../components/icons.tsx';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';

const pageLength = 200;

/** What an import or export could not use, by name, with the reason. */
export function RejectsButton({ job }: { job: Job }) {
  const { t } = useText();
  return (
    <DialogTrigger>
      <Button className="button">{t('jobs.rejects')}</Button>
      <ModalOverlay className="veil" isDismissable>
        <Modal className="dialog">
          <Dialog className="rejects" aria-label={t('jobs.rejects.title')}>
            {({ close }) => <RejectsTable job={job} close={close} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function RejectsTable({ job, close }: { job: Job; close: () => void }) {
  const { t } = useText();
  const [items, setItems] = useState<RejectPage['items']>([]);
  const [wanted, setWanted] = useState(pageLength);
  useEffect(() => {
    let isShown = true;
    void client.jobs.rejects({ jobId: job.id, limit: Math.min(1000, wanted) }).then(
      (page) => isShown && setItems(page.items),
      () => {},
    );
    return () => {
      isShown = false;
    };
  }, [job.id, wanted]);
  return (
    <>
      <header className="dialog-head">
        <h2>{t('jobs.rejects.title')}</h2>
        <Button className="button icon" aria-label={t('app.close')} onPress={close}>
          <CrossIcon />
        </Button>
      </header>
      <ScrollRegion className="table-box rejects-box" label={t('jobs.rejects.title')}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('jobs.rejects.name')}</th>
              <th scope="col">{t('jobs.rejects.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ name, code, reason }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one name may be listed twice
              <tr key={`${name} ${i}`}>
                <td className="mono">{name}</td>
                <td>
                  {reason} <span className="mono muted">{code}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {items.length < job.rejected && wanted < 1000 ? (
        <Button className="button" onPress={() => setWanted((before) => before + pageLength)}>
          {t('jobs.rejects.more')}
        </Button>
      ) : null}
    </>
  );
}
