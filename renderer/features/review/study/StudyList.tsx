import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { StudySummary } from '../../../../src/contract/study.ts';
import { studyFileUrl } from '../../../../src/contract/studyMedia.ts';
import { FileButton } from '../../../components/FileButton.tsx';
import { EmptyNotice, FailureNote, FailureNotice, LoadingNotice } from '../../../components/Notice.tsx';
import { client } from '../../../lib/client.ts';
import { formatWhen } from '../../../lib/format.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { routeHash } from '../../../lib/route.ts';
import { type Failure, failureOf } from '../../../stores/resource.ts';
import { useCall } from '../useCall.ts';
import { fileName, saveFile, takeFile } from './files.ts';
import { StudySetup } from './StudySetup.tsx';

/** The studies of the workspace: to be read here, sent out, taken back and looked at. */
export function StudyList() {
  const { t } = useText();
  const [studies, reload] = useCall(() => client.studies.list(), 'studies');
  const [said, setSaid] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  if (studies.status === 'loading') return <LoadingNotice />;
  if (studies.status === 'failed') return <FailureNotice failure={studies.failure} retry={reload} />;
  const take = async (file: File) => {
    setSaid(undefined);
    setFailure(undefined);
    try {
      const taken = await takeFile(file);
      const { reader, added, code } = taken;
      setSaid(
        taken.what === 'study'
          ? t('study.taken.study')
          : t('study.taken.answers', { reader: reader ?? '', added, code: code ?? '' }),
      );
      reload();
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <div className="review-body">
      <div className="form-row">
        <StudySetup onCreated={reload} />
        <FileButton label={t('study.take')} onFile={(file) => void take(file)} />
      </div>
      {said === undefined ? null : (
        <p className="note" role="status">
          {said}
        </p>
      )}
      <FailureNote failure={failure} />
      {studies.value.length === 0 ? (
        <EmptyNotice title={t('study.empty')}>
          <p>{t('study.empty.text')}</p>
        </EmptyNotice>
      ) : (
        <ul className="card-list wide" aria-label={t('study.title')}>
          {studies.value.map((study) => (
            <StudyCard key={study.id} study={study} />
          ))}
        </ul>
      )}
    </div>
  );
}

function StudyCard({ study }: { study: StudySummary }) {
  const { t, language } = useText();
  const progress = study.readers.map(({ reader, done, total }) => `${reader} ${done}/${total}`).join(' · ');
  return (
    <li className="card">
      <strong>{study.name}</strong>
      <span>
        {t(`study.kind.${study.kind}`)} · {t('study.cases', { cases: study.cases, training: study.training })}
      </span>
      <span className="muted">
        {progress === '' ? t('study.noReaders') : progress} · {formatWhen(study.createdAt, language)}
      </span>
      <div className="form-row">
        <a className="button primary" href={routeHash('review', `study-${study.id}`)}>
          {t('study.read')}
        </a>
        {study.isOwn ? (
          <a className="button" href={routeHash('review', `results-${study.id}`)}>
            {t('study.results')}
          </a>
        ) : null}
        <Button
          className="button"
          onPress={() =>
            void saveFile(studyFileUrl(study.id, 'study'), fileName(study.name, '.gantry-study'))
          }
        >
          {t('study.send')}
        </Button>
      </div>
    </li>
  );
}
