import { useText } from '../../lib/i18n/index.ts';
import { routeHash } from '../../lib/route.ts';
import { useRoute } from '../../stores/route.ts';
import { SetList } from './curation/SetList.tsx';
import { SetView } from './curation/SetView.tsx';
import { SlicesView } from './curation/SlicesView.tsx';
import { Reading } from './study/Reading.tsx';
import { StudyList } from './study/StudyList.tsx';
import { StudyResults } from './study/StudyResults.tsx';
import './review.css';

/** The clinician's side: review sets, reading of studies and their results. */
export default function ReviewPage() {
  const { t } = useText();
  const what = useRoute((route) => route.runId) ?? '';
  const [, kind = '', id = ''] = /^(set|slices|study|results)-([A-Za-z0-9._-]+)$/.exec(what) ?? [];
  if (kind === 'study') return <Reading key={id} studyId={id} />;
  const isStudies = what === 'studies' || kind === 'results';
  const tab = (name: string, text: string, current: boolean) => (
    <a className="tab" href={routeHash('review', name)} aria-current={current ? 'page' : undefined}>
      {text}
    </a>
  );
  return (
    <div className="review">
      <header className="review-head">
        <h1>{t('review.title')}</h1>
        <nav className="tabs" aria-label={t('review.title')}>
          {tab('sets', t('review.sets'), !isStudies)}
          {tab('studies', t('study.title'), isStudies)}
        </nav>
      </header>
      {kind === 'set' ? (
        <SetView key={id} setId={id} />
      ) : kind === 'slices' ? (
        <SlicesView key={id} datasetId={id} />
      ) : kind === 'results' ? (
        <StudyResults key={id} studyId={id} />
      ) : isStudies ? (
        <StudyList />
      ) : (
        <SetList />
      )}
    </div>
  );
}
