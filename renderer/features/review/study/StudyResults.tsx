import { Button } from 'react-aria-components';
import type { StudyEstimate, StudyFigures, StudyResultsView } from '../../../../src/contract/study.ts';
import { studyFileUrl } from '../../../../src/contract/studyMedia.ts';
import { FailureNotice, LoadingNotice } from '../../../components/Notice.tsx';
import { ScrollRegion } from '../../../components/ScrollRegion.tsx';
import { client } from '../../../lib/client.ts';
import { formatP } from '../../../lib/format.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { useCall } from '../useCall.ts';
import { fileName, saveFile } from './files.ts';
import { StudyThumb } from './StudyThumb.tsx';

const percent = (value: number | null, digits = 1) =>
  value === null ? '–' : `${(value * 100).toFixed(digits)} %`;
const plain = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits));

/** The figures of a study, for its coordinator. */
export function StudyResults({ studyId }: { studyId: string }) {
  const { t } = useText();
  const [answer, reload] = useCall(() => client.studies.results({ studyId }), studyId);
  if (answer.status === 'loading') return <LoadingNotice />;
  if (answer.status === 'failed') return <FailureNotice failure={answer.failure} retry={reload} />;
  const results = answer.value;
  const { pooled, readers, unfinished, subgroups, agreement, equivalence } = results;
  const save = (file: 'report.html' | 'answers.csv' | 'figures.csv' | 'results.json') => (
    <Button
      className="button"
      onPress={() => void saveFile(studyFileUrl(studyId, file), fileName(results.name, ` ${file}`))}
    >
      {t(`study.save.${file}`)}
    </Button>
  );
  const low = percent(0.5 - equivalence.margin, 0);
  const high = percent(0.5 + equivalence.margin, 0);
  return (
    <article className="review-body" aria-label={results.name}>
      <div className="form-row">
        <h2>{results.name}</h2>
        <Button className="button" onPress={reload}>
          {t('study.reload')}
        </Button>
        {save('report.html')}
        {save('answers.csv')}
        {save('figures.csv')}
        {save('results.json')}
      </div>
      {unfinished.length === 0 ? null : (
        <p className="note">
          {t('study.unfinished', {
            list: unfinished.map((one) => t('study.unfinished.one', one)).join(', '),
          })}
        </p>
      )}
      {pooled.answers === 0 ? (
        <p className="note">{t(unfinished.length === 0 ? 'study.noAnswers' : 'study.noneFinished')}</p>
      ) : (
        <>
          <p className="note conclusion">
            {t(`study.conclusion.${equivalence.conclusion}`, {
              low,
              high,
              p: formatP(equivalence.p),
              difference: formatP(equivalence.differenceP),
            })}
          </p>
          <FigureTable
            title={t('study.table.readers')}
            yesNo={results.kind === 'yes-no'}
            rows={[...readers, { ...pooled, name: t('study.all') }]}
          />
          <div className="results-row">
            {results.kind === 'yes-no' ? <Roc results={results} /> : null}
            <div className="section">
              {agreement === null ? null : (
                <p>
                  {t('study.kappa', {
                    kappa: plain(agreement.value, 2),
                    low: plain(agreement.low, 2),
                    high: plain(agreement.high, 2),
                    cases: agreement.cases,
                  })}
                </p>
              )}
              {readers.length > 1 ? (
                <p className="muted">
                  {t('study.effective', { answers: plain(results.effectiveAnswers, 0) })}
                </p>
              ) : null}
              {/* As the study keeps them, in English. */}
              <ul className="notes muted" lang="en">
                {results.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </div>
          </div>
          {subgroups.length === 0 ? null : (
            <FigureTable
              title={t('study.table.subgroups', { label: results.label ?? '' })}
              yesNo={results.kind === 'yes-no'}
              rows={subgroups}
            />
          )}
          <Cases title={t('study.most')} studyId={studyId} cases={results.cases.slice(0, 6)} />
          <Cases
            title={t('study.least')}
            studyId={studyId}
            cases={[...results.cases].reverse().slice(0, 6)}
          />
        </>
      )}
    </article>
  );
}

function FigureTable({
  title,
  rows,
  yesNo,
}: {
  title: string;
  rows: readonly StudyFigures[];
  yesNo: boolean;
}) {
  const { t } = useText();
  const share = (one: StudyEstimate | null) => (
    <td>
      {one === null || one.value === null ? (
        '–'
      ) : (
        <>
          {percent(one.value)}{' '}
          <span className="muted">
            ({percent(one.low)} – {percent(one.high)})
          </span>
        </>
      )}
    </td>
  );
  return (
    <section className="section">
      <h2>{title}</h2>
      <ScrollRegion className="table-box tall" label={title}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{title}</th>
              <th scope="col">{t('study.answers')}</th>
              <th scope="col">{t('study.accuracy')}</th>
              {yesNo ? (
                <>
                  <th scope="col">{t('study.sensitivity')}</th>
                  <th scope="col">{t('study.specificity')}</th>
                  <th scope="col">{t('study.area')}</th>
                </>
              ) : null}
              <th scope="col">{t('study.time')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <td>{row.name}</td>
                <td>{row.answers}</td>
                {share(row.accuracy)}
                {yesNo ? (
                  <>
                    {share(row.sensitivity)}
                    {share(row.specificity)}
                    <td>
                      {row.area === null || row.area.value === null
                        ? '–'
                        : `${plain(row.area.value, 3)} (${plain(row.area.low, 3)} – ${plain(row.area.high, 3)})`}
                    </td>
                  </>
                ) : null}
                <td>{row.medianMs === null ? '–' : `${(row.medianMs / 1000).toFixed(1)} s`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}

function Roc({ results }: { results: StudyResultsView }) {
  const { t } = useText();
  const points = results.curve
    .map(
      ({ falsePositive, truePositive }) =>
        `${(falsePositive * 100).toFixed(1)},${(100 - truePositive * 100).toFixed(1)}`,
    )
    .join(' ');
  return (
    <figure className="roc">
      <figcaption>{t('study.roc')}</figcaption>
      <svg viewBox="-1 -1 102 102" role="img" aria-label={t('study.roc')}>
        <rect x="0" y="0" width="100" height="100" />
        <line x1="0" y1="100" x2="100" y2="0" />
        <polyline points={points} />
      </svg>
      <span className="roc-up muted small">{t('study.sensitivity')}</span>
      <span className="muted small">1 − {t('study.specificity').toLowerCase()}</span>
    </figure>
  );
}

function Cases({
  title,
  studyId,
  cases,
}: {
  title: string;
  studyId: string;
  cases: StudyResultsView['cases'];
}) {
  const { t } = useText();
  if (cases.length === 0) return null;
  return (
    <section className="section">
      <h2>{title}</h2>
      <ul className="case-list">
        {cases.map((one) => (
          <li key={one.image}>
            <StudyThumb studyId={studyId} place={one.image} label={one.source} />
            <span>{t('study.recognised', { right: one.right, answers: one.answers })}</span>
            <span className="muted small">{one.source}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
