import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { ReadingState } from '../../../../src/contract/study.ts';
import { studyAnswersUrl } from '../../../../src/contract/studyMedia.ts';
import { TextInput } from '../../../components/Field.tsx';
import { FailureNote } from '../../../components/Notice.tsx';
import { client } from '../../../lib/client.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { routeHash } from '../../../lib/route.ts';
import { type Failure, failureOf } from '../../../stores/resource.ts';
import { readerPattern, useReader } from '../useReader.ts';
import { useView } from '../viewer/viewState.ts';
import { fileName, saveFile } from './files.ts';
import { ReadingCase } from './ReadingCase.tsx';

/** A reader's way through a study: a code, then one case at a time, with no way back. */
export function Reading({ studyId }: { studyId: string }) {
  const { t } = useText();
  const { code, set } = useReader();
  const [reading, setReading] = useState<ReadingState>();
  const [failure, setFailure] = useState<Failure>();
  const [started, setStarted] = useState('');
  const begin = async () => {
    setFailure(undefined);
    try {
      setReading(await client.studies.reading({ studyId, reader: code }));
      setStarted(code);
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  const { reset } = useView.getState();
  useEffect(() => {
    // What was set while other slices were looked at must not meet a reader here.
    useView.setState({ colours: 'grey', smooth: true, mode: 'side', tool: 'window' });
    reset();
  }, [reset]);

  if (reading === undefined) {
    const isReader = readerPattern.test(code);
    return (
      <div className="alone">
        <form
          className="reading-start"
          onSubmit={(event) => {
            event.preventDefault();
            if (isReader) void begin();
          }}
        >
          <h1>{t('reading.title')}</h1>
          <p>{t('reading.how')}</p>
          <p className="muted">{t('reading.keys')}</p>
          <TextInput
            label={t('review.reader')}
            value={code}
            maxLength={12}
            isInvalid={code !== '' && !isReader}
            onChange={set}
            autoFocus
          />
          <p className="muted small">{t('review.reader.how')}</p>
          <FailureNote failure={failure} />
          <div className="form-row">
            <Button className="button primary" type="submit" isDisabled={!isReader}>
              {t('reading.begin')}
            </Button>
            <a className="button" href={routeHash('review', 'studies')}>
              {t('reading.leave')}
            </a>
          </div>
        </form>
      </div>
    );
  }
  if (reading.open === null) return <Finished studyId={studyId} reader={started} reading={reading} />;
  return (
    <ReadingCase
      key={reading.open.caseId}
      studyId={studyId}
      reader={started}
      reading={reading}
      onNext={setReading}
    />
  );
}

function Finished({ studyId, reader, reading }: { studyId: string; reader: string; reading: ReadingState }) {
  const { t } = useText();
  return (
    <div className="alone">
      <section className="reading-start">
        <h1>{t('reading.done')}</h1>
        <p>{t('reading.done.text', { count: reading.done })}</p>
        <p>
          {t('reading.code')} <strong className="mono reading-code">{reading.code}</strong>
        </p>
        <p className="muted">{t('reading.code.how')}</p>
        <div className="form-row">
          <Button
            className="button primary"
            onPress={() =>
              void saveFile(
                studyAnswersUrl(studyId, reader),
                fileName(`${reading.name} ${reader}`, '.answers.json'),
              )
            }
          >
            {t('reading.save')}
          </Button>
          <a className="button" href={routeHash('review', 'studies')}>
            {t('reading.leave')}
          </a>
        </div>
      </section>
    </div>
  );
}
