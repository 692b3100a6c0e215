import { Button } from 'react-aria-components';
import { FailureNote } from '../../components/Notice.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import type { SlicePages, Which } from './slicePages.ts';
import { useSelection } from './sliceSelection.ts';

const mostAtOnce = 100_000;

export interface SelectionBarProps {
  readonly datasetId: string;
  readonly pages: SlicePages;
  readonly which: Which;
}

/** What can be done with the marked slices, or with all that a filter leaves; and the way back. */
export function SelectionBar({ datasetId, pages, which }: SelectionBarProps) {
  const { t, language } = useText();
  const { selected, isBusy, change, clear } = useSelection();
  const total = pages.total ?? 0;
  const ids = [...selected];
  const act = (what: 'exclude' | 'restore') => void change(datasetId, { slices: ids }, what);
  const all = async () => {
    await change(datasetId, { slices: await pages.ids(mostAtOnce) }, 'restore');
  };
  return (
    <div className="selection-bar">
      {ids.length === 0 ? (
        <span className="muted">{t('select.hint')}</span>
      ) : (
        <>
          <span role="status">{t('select.count', { count: formatCount(ids.length, language) })}</span>
          <WorkButton className="button" isWorking={isBusy} onPress={() => act('exclude')}>
            {t('select.exclude')}
          </WorkButton>
          <WorkButton className="button" isWorking={isBusy} onPress={() => act('restore')}>
            {t('select.restore')}
          </WorkButton>
          <Button className="button" onPress={clear}>
            {t('select.clear')}
          </Button>
        </>
      )}
      {(which === 'empty' || which === 'excluded') && total > 0 && ids.length === 0 ? (
        <WorkButton className="button" isWorking={isBusy} onPress={() => void all()}>
          {t('select.restoreAll', { count: formatCount(total, language) })}
        </WorkButton>
      ) : null}
      <UndoNote />
    </div>
  );
}

/** What was done last, with its undo. */
export function UndoNote() {
  const { t, language } = useText();
  const { last, failure, isBusy, undo } = useSelection();
  if (failure !== undefined) return <FailureNote failure={failure} />;
  if (last === undefined) return null;
  return (
    <p className="undo" role="status">
      {t(`select.${last.what}`, { count: formatCount(last.slices, language) })}
      {last.changeId === null ? null : (
        <WorkButton className="button" isWorking={isBusy} onPress={() => void undo()}>
          {t('select.undo')}
        </WorkButton>
      )}
    </p>
  );
}
