import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from 'react-aria-components';
import { useText } from '../../../lib/i18n/index.ts';
import { type KeyAction, keyActions, useKeys } from './keys.ts';

const arrows: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  ' ': '␣',
};

/** The viewer's keys, each to be changed by pressing it and then another key. */
export function KeysDialog() {
  const { t } = useText();
  const { keys, change, restore } = useKeys();
  const [waiting, setWaiting] = useState<KeyAction>();
  return (
    <DialogTrigger>
      <Button className="button">{t('review.keys')}</Button>
      <ModalOverlay className="veil" isDismissable>
        <Modal className="dialog">
          <Dialog className="keys-dialog" aria-label={t('review.keys')}>
            <h2>{t('review.keys')}</h2>
            <p className="muted">{t('review.keys.how')}</p>
            <dl className="keys-list">
              {keyActions.map((action) => (
                <div key={action}>
                  <dt>{t(`review.key.${action}`)}</dt>
                  <dd>
                    <Button
                      className="button"
                      aria-label={`${t(`review.key.${action}`)}: ${keys[action]}`}
                      onPress={() => setWaiting(action)}
                      onKeyDown={(event) => {
                        if (waiting !== action || event.key === 'Tab' || event.key === 'Enter') return;
                        if (event.key !== 'Escape')
                          change(action, event.key.length === 1 ? event.key.toLowerCase() : event.key);
                        setWaiting(undefined);
                      }}
                    >
                      <kbd className="mono">
                        {waiting === action ? '…' : (arrows[keys[action]] ?? keys[action].toUpperCase())}
                      </kbd>
                    </Button>
                  </dd>
                </div>
              ))}
            </dl>
            <p className="muted">{t('review.keys.mouse')}</p>
            <div className="train-actions">
              <Button className="button" onPress={restore}>
                {t('review.keys.restore')}
              </Button>
              <Button className="button primary" slot="close">
                {t('app.close')}
              </Button>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
