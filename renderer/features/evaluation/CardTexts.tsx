import { useEffect, useState } from 'react';
import { Button, Label, Text, TextArea, TextField } from 'react-aria-components';
import { cardTextLimits, cardTextNames, type CardTexts as Texts } from '../../../src/base/cardTexts.ts';
import { FailureNote, FailureNotice } from '../../components/Notice.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf, loading, type Resource, settle } from '../../stores/resource.ts';

/** What the makers of a run say of it in its model card, to be written and changed. */
export function CardTexts({ runId, onSaved }: { runId: string; onSaved(): void }) {
  const { t } = useText();
  const [kept, setKept] = useState<Resource<Texts>>(loading);
  const [texts, setTexts] = useState<Texts>();
  const [failure, setFailure] = useState<Failure>();
  const [isSaved, setSaved] = useState(false);
  useEffect(() => {
    void settle(client.evaluations.cardTexts({ runId })).then((answer) => {
      setKept(answer);
      if (answer.status === 'ready') setTexts(answer.value);
    });
  }, [runId]);
  if (kept.status === 'failed') return <FailureNotice failure={kept.failure} />;
  if (kept.status === 'loading' || texts === undefined) return null;
  const isChanged = cardTextNames.some((name) => texts[name] !== kept.value[name]);
  const save = async () => {
    setFailure(undefined);
    try {
      const value = await client.evaluations.setCardTexts({ runId, texts });
      setKept({ status: 'ready', value });
      // What was typed meanwhile stays.
      setTexts((now) => {
        if (now === undefined) return value;
        const unchanged = cardTextNames.filter((name) => now[name] === texts[name]);
        return { ...now, ...Object.fromEntries(unchanged.map((name) => [name, value[name]])) };
      });
      setSaved(true);
      onSaved();
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <section className="section" aria-label={t('evaluate.card')}>
      <div className="section-head">
        <h2>{t('evaluate.card')}</h2>
      </div>
      <p className="muted">{t('evaluate.card.text')}</p>
      <div className="card-texts">
        {cardTextNames.map((name) => {
          const left = cardTextLimits[name] - texts[name].length;
          const hint = name === 'contact' ? t('evaluate.card.contact.hint') : '';
          const room = left < 100 ? t('evaluate.card.left', { left }) : '';
          return (
            <TextField
              key={name}
              className="field"
              value={texts[name]}
              maxLength={cardTextLimits[name]}
              onChange={(text) => {
                setSaved(false);
                setTexts({ ...texts, [name]: text });
              }}
            >
              <Label>{t(`evaluate.card.${name}`)}</Label>
              <TextArea className="input" rows={name === 'contact' ? 1 : 4} />
              {hint === '' && room === '' ? null : (
                <Text slot="description" className="field-hint">
                  {[hint, room].filter(Boolean).join(' ')}
                </Text>
              )}
            </TextField>
          );
        })}
      </div>
      <div className="card-save">
        <Button className="button primary" isDisabled={!isChanged} onPress={() => void save()}>
          {t('evaluate.card.save')}
        </Button>
        <output className="muted">{isSaved && !isChanged ? t('evaluate.card.saved') : ''}</output>
      </div>
      <FailureNote failure={failure} />
    </section>
  );
}
