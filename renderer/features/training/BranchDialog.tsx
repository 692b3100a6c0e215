import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from 'react-aria-components';
import type { RunSummary } from '../../../src/contract/index.ts';
import { NumberInput } from '../../components/Field.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';
import { go } from '../../stores/route.ts';

/** Asks for the length of a new run that goes on from this one. */
export function BranchButton({ run }: { run: RunSummary }) {
  const { t } = useText();
  const title = t('train.branch.title', { run: run.id });
  return (
    <DialogTrigger>
      <Button className="button">{t('train.branch')}</Button>
      <ModalOverlay className="veil" isDismissable>
        <Modal className="dialog">
          <Dialog className="train-form" aria-label={title}>
            {({ close }) => <BranchForm run={run} title={title} close={close} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function BranchForm({ run, title, close }: { run: RunSummary; title: string; close: () => void }) {
  const { t, language } = useText();
  const [images, setImages] = useState(Math.max(1, run.totalImages ?? run.images) * 2);
  const [isStarting, setStarting] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const start = async () => {
    setStarting(true);
    try {
      const { runId } = await client.runs.branch({ runId: run.id, images });
      close();
      go('runs', runId);
    } catch (error) {
      setFailure(failureOf(error));
      setStarting(false);
    }
  };
  return (
    <>
      <h2>{title}</h2>
      <p className="muted">
        {t('train.branch.text', { run: run.id, images: formatCount(run.images, language) })}
      </p>
      <NumberInput label={t('train.branch.length')} value={images} min={1} max={1e9} onChange={setImages} />
      <FailureNote failure={failure} />
      <div className="train-actions">
        <Button className="button" onPress={close}>
          {t('train.cancel')}
        </Button>
        <WorkButton className="button primary" isWorking={isStarting} onPress={() => void start()}>
          {t('train.branch.start')}
        </WorkButton>
      </div>
    </>
  );
}
