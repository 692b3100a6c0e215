import { useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { ReviewSetDetail, ReviewSliceView } from '../../../../src/contract/study.ts';
import { Choice, TextInput } from '../../../components/Field.tsx';
import { FailureNote } from '../../../components/Notice.tsx';
import { formatFigure, formatWhen } from '../../../lib/format.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { useKeyDown } from '../../../lib/useKeyDown.ts';
import { readerPattern, useReader } from '../useReader.ts';
import { actionOf, useKeys } from '../viewer/keys.ts';
import { countVerdicts, type Verdicts } from './useVerdicts.ts';

export const reasons = ['none', 'anatomy', 'artefact', 'blur', 'copy', 'contrast', 'other'] as const;
type Reason = (typeof reasons)[number];

export interface VerdictPanelProps {
  readonly set: ReviewSetDetail;
  readonly item: ReviewSliceView | undefined;
  readonly place: number;
  readonly total: number;
  readonly verdicts: Verdicts;
  onJudged(): void;
  onUndone(slice: number): void;
}

/** Accept, reject or mark a slice, with reason and note; every verdict has its reader and time. */
export function VerdictPanel({ set, item, place, total, verdicts, onJudged, onUndone }: VerdictPanelProps) {
  const { t, language } = useText();
  const { code, set: setCode } = useReader();
  const keys = useKeys((store) => store.keys);
  const [reason, setReason] = useState<Reason>('none');
  const [note, setNote] = useState('');
  const isReader = readerPattern.test(code);
  const counts = countVerdicts(verdicts.items);
  const reasonText = (name: string) => t(`review.reason.${name as Reason}`);

  const isBusy = useRef(false);
  const judge = async (verdict: 'accept' | 'reject' | 'mark') => {
    // A second key before the answer would judge the same slice again.
    if (item === undefined || !isReader || isBusy.current) return;
    isBusy.current = true;
    try {
      const isKept = await verdicts.judge(item.slice, {
        verdict,
        reason: reason === 'none' ? null : reason,
        note: note.trim() === '' ? null : note.trim(),
      });
      if (!isKept) return;
      setNote('');
      setReason('none');
      onJudged();
    } finally {
      isBusy.current = false;
    }
  };
  const undo = async () => {
    const slice = await verdicts.undo();
    if (slice !== undefined) onUndone(slice);
  };
  useKeyDown((event) => {
    const isTyping = event.target instanceof Element && event.target.closest('input, textarea') !== null;
    const isUndo = !isTyping && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
    const action = isUndo ? 'undo' : actionOf(event);
    if (action === 'undo') void undo();
    else if (action === 'accept' || action === 'reject' || action === 'mark') void judge(action);
    else return;
    event.preventDefault();
  });

  return (
    <aside className="verdicts" aria-label={t('review.verdicts')}>
      <h2>
        {set.runId} · {t('review.seed', { seed: set.seed })}
      </h2>
      <p className="muted" role="status">
        {t('review.counts', {
          accepted: counts.accept,
          rejected: counts.reject,
          marked: counts.mark,
          open: counts.none,
        })}
      </p>
      <TextInput
        label={t('review.reader')}
        value={code}
        maxLength={12}
        isInvalid={code !== '' && !isReader}
        onChange={setCode}
      />
      {isReader ? null : <p className="note">{t('review.reader.how')}</p>}
      {item === undefined ? null : (
        <>
          <dl className="pairs">
            <Pair name={t('review.place')} value={`${place + 1} / ${total}`} />
            <Pair name={t('review.plausibility')} value={formatFigure(item.plausibility, language)} />
            <Pair
              name={t('review.distance')}
              value={`${formatFigure(item.distance, language)}${item.nearCopy ? ` · ${t('review.nearCopy')}` : ''}`}
            />
            {item.label === null ? null : <Pair name={t('review.order.label')} value={item.label} />}
            {item.cluster === null ? null : (
              <Pair name={t('review.order.cluster')} value={String(item.cluster)} />
            )}
            <Pair
              name={t('review.verdict')}
              value={
                item.verdict === 'none'
                  ? '–'
                  : `${t(`review.verdict.${item.verdict}`)} · ${item.reader ?? ''} · ${formatWhen(item.at ?? '', language)}`
              }
            />
            {item.reason === null ? null : <Pair name={t('review.reason')} value={reasonText(item.reason)} />}
            {item.note === null ? null : <Pair name={t('review.note')} value={item.note} />}
          </dl>
          <Choice
            label={t('review.reason')}
            value={reasonText(reason)}
            options={reasons.map(reasonText)}
            onChange={(text) => setReason(reasons.find((one) => reasonText(one) === text) ?? 'none')}
          />
          <TextInput label={t('review.note')} value={note} maxLength={1000} onChange={setNote} />
          <div className="verdict-buttons">
            {(['accept', 'reject', 'mark'] as const).map((verdict) => (
              <Button
                key={verdict}
                className={`button verdict-${verdict}`}
                isDisabled={!isReader}
                onPress={() => void judge(verdict)}
              >
                {t(`review.do.${verdict}`)} <kbd className="mono muted">{keys[verdict].toUpperCase()}</kbd>
              </Button>
            ))}
            <Button className="button" isDisabled={!verdicts.canUndo} onPress={() => void undo()}>
              {t('review.do.undo')} <kbd className="mono muted">{keys.undo.toUpperCase()}</kbd>
            </Button>
          </div>
        </>
      )}
      <FailureNote failure={verdicts.failure} />
      <p className="muted small">{t('review.honoured')}</p>
    </aside>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
