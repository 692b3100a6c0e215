import { useEffect } from 'react';
import { Button, Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { sliceUrl } from '../../../src/contract/media.ts';
import { CrossIcon } from '../../components/icons.tsx';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { useKeyDown } from '../../lib/useKeyDown.ts';
import type { SlicePages } from './slicePages.ts';

export interface SliceDialogProps {
  readonly pages: SlicePages;
  readonly index: number | undefined;
  readonly total: number;
  seriesLabel(seriesId: string): string;
  onMove(index: number): void;
  onClose(): void;
}

/** One slice at its own resolution; the arrow keys leaf through the selection. */
export function SliceDialog({ pages, index, total, seriesLabel, onMove, onClose }: SliceDialogProps) {
  const { t, language } = useText();
  const slice = index === undefined ? undefined : pages.at(index);
  const { want } = pages;
  useEffect(() => {
    if (index !== undefined) want(index, index + 1);
  }, [index, want]);
  const title =
    slice === undefined
      ? t('app.loading')
      : t('datasets.grid.slice', { index: slice.index + 1, series: seriesLabel(slice.seriesId) });
  return (
    <ModalOverlay
      className="veil"
      isDismissable
      isOpen={index !== undefined}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className="dialog">
        <Dialog className="slice-dialog" aria-label={title}>
          <SliceKeys index={index} total={total} onMove={onMove} />
          <header>
            <h2>{title}</h2>
            <span className="muted">
              {formatCount((index ?? 0) + 1, language)} / {formatCount(total, language)}
            </span>
            <Button className="button icon" aria-label={t('app.close')} onPress={onClose}>
              <CrossIcon />
            </Button>
          </header>
          <div className="film">
            {slice === undefined ? null : (
              <img src={sliceUrl(slice.id, 1024)} alt={title} draggable={false} />
            )}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Listens while the dialog is open; it shows nothing. */
function SliceKeys({ index, total, onMove }: Pick<SliceDialogProps, 'index' | 'total' | 'onMove'>) {
  useKeyDown((event) => {
    const by = event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : -1;
    if (by < 0 && event.key !== 'ArrowLeft' && event.key !== 'ArrowUp') return;
    const next = (index ?? 0) + by;
    if (next < 0 || next >= total) return;
    event.preventDefault();
    onMove(next);
  });
  return null;
}
