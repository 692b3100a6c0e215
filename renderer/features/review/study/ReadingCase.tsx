import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { ReadingState } from '../../../../src/contract/study.ts';
import { studyImageUrl } from '../../../../src/contract/studyMedia.ts';
import { FailureNote } from '../../../components/Notice.tsx';
import { client } from '../../../lib/client.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { useKeyDown } from '../../../lib/useKeyDown.ts';
import { type Failure, failureOf } from '../../../stores/resource.ts';
import { unitImage, type ViewImage } from '../viewer/image.ts';
import { Viewport, zoomBy } from '../viewer/Viewport.tsx';
import { useView } from '../viewer/viewState.ts';

type Option = 'real' | 'synthetic' | 'left' | 'right';
const confidences = [1, 2, 3, 4, 5] as const;

export interface ReadingCaseProps {
  readonly studyId: string;
  readonly reader: string;
  readonly reading: ReadingState;
  onNext(reading: ReadingState): void;
}

/** One case: the picture, two answers, five steps of confidence. Every case looks and loads alike. */
export function ReadingCase({ studyId, reader, reading, onNext }: ReadingCaseProps) {
  const { t } = useText();
  const { open, size } = reading;
  const [images, setImages] = useState<readonly ViewImage[]>();
  const [choice, setChoice] = useState<Option>();
  const [failure, setFailure] = useState<Failure>();
  const [shown, setShown] = useState<{ truth: Option; isRight: boolean; next: ReadingState }>();
  const began = useRef(0);
  const busy = useRef(false);
  const options: readonly [Option, Option] =
    reading.kind === 'yes-no' ? ['real', 'synthetic'] : ['left', 'right'];

  // biome-ignore lint/correctness/useExhaustiveDependencies: a case is a component of its own
  useEffect(() => {
    let live = true;
    useView.getState().reset();
    const load = async (place: number): Promise<ViewImage> => {
      const answer = await fetch(studyImageUrl(studyId, place));
      if (!answer.ok) throw new Error(t('reading.broken'));
      return unitImage(size, new Uint16Array(await answer.arrayBuffer()));
    };
    Promise.all((open?.images ?? []).map(load)).then(
      (loaded) => {
        if (!live) return;
        setImages(loaded);
        // Time counts from the frame that shows the picture.
        requestAnimationFrame(() => {
          began.current = performance.now();
        });
      },
      (error) => live && setFailure(failureOf(error)),
    );
    return () => {
      live = false;
    };
  }, []);

  const answer = async (confidence: number) => {
    if (choice === undefined || open === null || images === undefined || busy.current) return;
    busy.current = true;
    try {
      const { reading: next, truth } = await client.studies.answer({
        studyId,
        reader,
        caseId: open.caseId,
        choice,
        confidence,
        elapsedMs: Math.max(0, Math.round(performance.now() - began.current)),
      });
      if (truth === null) onNext(next);
      else setShown({ truth, isRight: truth === choice, next });
    } catch (error) {
      setFailure(failureOf(error));
      busy.current = false;
    }
  };

  useKeyDown((event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (shown !== undefined) {
      if (event.key === 'Enter' && !(event.target as HTMLElement).closest('button')) onNext(shown.next);
      return;
    }
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      // As its buttons: not before the picture is there, and not after the answer was sent.
      if (images === undefined || busy.current) return;
      setChoice(options[event.key === 'ArrowLeft' ? 0 : 1]);
      event.preventDefault();
    } else if (/^[1-5]$/.test(event.key)) void answer(Number(event.key));
    else if (event.key === '+') zoomBy(1.2);
    else if (event.key === '-') zoomBy(1 / 1.2);
    else if (event.key === '0') useView.getState().reset();
  });

  const isTraining = open?.training === true;
  const place = isTraining ? reading.done + 1 : reading.done - reading.training + 1;
  const total = isTraining ? reading.training : reading.total - reading.training;
  return (
    <div className="reading">
      <header className="reading-head">
        <h1>{reading.name}</h1>
        <p role="status">
          {isTraining ? t('reading.training', { place, total }) : t('reading.place', { place, total })}
        </p>
      </header>
      <div className="viewer-grid" data-layout={reading.kind === 'yes-no' ? '1x1' : '1x2'}>
        {(reading.kind === 'yes-no' ? [''] : [t('reading.left'), t('reading.right')]).map((side, i) => (
          <Viewport
            key={side || 'only'}
            id="reading"
            plain
            label={side || t('reading.picture')}
            mark={side || null}
            image={images?.[i]}
          />
        ))}
      </div>
      <div className="reading-answer">
        <p id="reading-question">
          {reading.kind === 'yes-no' ? t('reading.question') : t('reading.question.pair')}
        </p>
        <fieldset className="reading-options" aria-labelledby="reading-question">
          {options.map((option, i) => (
            <Button
              key={option}
              className={`button big ${choice === option ? 'chosen' : ''}`}
              aria-pressed={choice === option}
              isDisabled={images === undefined || shown !== undefined}
              onPress={() => setChoice(option)}
            >
              <kbd className="mono muted">{i === 0 ? '←' : '→'}</kbd> {t(`reading.${option}`)}
            </Button>
          ))}
        </fieldset>
        <p id="reading-confidence">{t('reading.confidence')}</p>
        <fieldset className="reading-options" aria-labelledby="reading-confidence">
          {confidences.map((step) => (
            <Button
              key={step}
              className="button big"
              isDisabled={choice === undefined || shown !== undefined}
              onPress={() => void answer(step)}
            >
              <kbd className="mono muted">{step}</kbd> {t(`reading.confidence.${step}`)}
            </Button>
          ))}
        </fieldset>
        {shown === undefined ? null : (
          <p className={`note ${shown.isRight ? '' : 'bad'}`} role="status">
            {t(shown.isRight ? 'reading.right.text' : 'reading.wrong.text', {
              truth: t(`reading.${shown.truth}`),
            })}{' '}
            <Button className="button primary" autoFocus onPress={() => onNext(shown.next)}>
              {t('reading.next')}
            </Button>
          </p>
        )}
        <FailureNote failure={failure} />
      </div>
    </div>
  );
}
