import { type ReactNode, useState } from 'react';
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from 'react-aria-components';
import { useText } from '../lib/i18n/index.ts';
import { type Failure, failureOf } from '../stores/resource.ts';
import { FailureNote } from './Notice.tsx';
import { WorkButton } from './WorkButton.tsx';

export interface ActDialogProps {
  /** What the button that opens it says. */
  readonly open: string;
  readonly title: string;
  readonly yes: string;
  readonly isDisabled?: boolean;
  readonly children: ReactNode;
  act(): Promise<unknown>;
}

/** A button, a question, and what happens on yes; a failure is said in the dialog. */
export function ActDialog({ open, title, yes, isDisabled, children, act }: ActDialogProps) {
  return (
    <DialogTrigger>
      <Button className="button">{open}</Button>
      <ModalOverlay className="veil" isDismissable>
        <Modal className="dialog">
          <Dialog className="train-form" aria-label={title}>
            {({ close }) => (
              <Body title={title} yes={yes} isDisabled={isDisabled === true} act={act} close={close}>
                {children}
              </Body>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function Body({
  title,
  yes,
  isDisabled,
  children,
  act,
  close,
}: Omit<ActDialogProps, 'open'> & { close: () => void }) {
  const { t } = useText();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const go = async () => {
    setBusy(true);
    try {
      await act();
      close();
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
    }
  };
  return (
    <>
      <h2>{title}</h2>
      {children}
      <FailureNote failure={failure} />
      <div className="train-actions">
        <Button className="button" onPress={close}>
          {t('train.cancel')}
        </Button>
        <WorkButton
          className="button primary"
          isWorking={isBusy}
          isDisabled={isDisabled === true}
          onPress={() => void go()}
        >
          {yes}
        </WorkButton>
      </div>
    </>
  );
}
