import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { EvaluationDetail } from '../../../src/contract/index.ts';
import { evaluationUrl, modelCardUrl, sliceUrl } from '../../../src/contract/media.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { formatCount, formatFigure } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { saveFile } from '../review/study/files.ts';
import { ReaderStudies } from './ReaderStudies.tsx';

type Measured = { value: number; low?: number | undefined; high?: number | undefined };

/** What an evaluation found, as the report says it; the report itself opens in a frame that can do nothing. */
export function EvaluationResult({
  runId,
  evaluation,
  version,
}: {
  runId: string;
  evaluation: EvaluationDetail;
  /** Changes when the report must be fetched again. */
  version: number;
}) {
  const { t } = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Sentences title={t('evaluate.findings')} sentences={evaluation.findings} />
      <Sentences title={t('evaluate.limits')} sentences={evaluation.limits} />
      <FigureTable figures={evaluation.figures} />
      <Copying evaluation={evaluation} />
      <Subgroups evaluation={evaluation} />
      <ReaderStudies studies={evaluation.readerStudies} />
      <section className="section">
        <div className="section-head">
          <h2>{t('evaluate.report')}</h2>
          <Button className="button" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
            {t('jobs.open')}
          </Button>
          <Button
            className="button"
            onPress={() => void saveFile(modelCardUrl(runId, evaluation.id), `${runId} model-card.md`)}
          >
            {t('evaluate.card.download')}
          </Button>
        </div>
        {isOpen ? (
          <iframe
            key={version}
            className="report"
            sandbox=""
            title={t('evaluate.report.frame')}
            src={evaluationUrl(runId, evaluation.id)}
          />
        ) : null}
      </section>
    </>
  );
}

function Sentences({ title, sentences }: { title: string; sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <section className="section">
      <h2>{title}</h2>
      {/* The report's own sentences, which are English in every language of the app. */}
      <ul className="sentences" lang="en">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}

function useMeasured() {
  const { language } = useText();
  return (measured: Measured | null | undefined) => {
    if (measured == null) return '–';
    const { value, low, high } = measured;
    const figure = formatFigure(value, language);
    if (low === undefined || high === undefined) return figure;
    return `${figure} (${formatFigure(low, language)} – ${formatFigure(high, language)})`;
  };
}

function FigureTable({ figures }: { figures: EvaluationDetail['figures'] }) {
  const { t, maybe, language } = useText();
  const measured = useMeasured();
  // "kid.hand-made" is a kernel distance, whatever it is measured on; how many neighbours it takes stands in its name.
  const nameOf = ({ id, name }: { id: string; name: string }) =>
    `${maybe(`evaluate.figure.${id.replace(/\..*/, '')}`, name)}${/ \(k = \d+\)$/.exec(name)?.[0] ?? ''}`;
  const spaceOf = (space: string) =>
    space
      .replace(/random network (\d+)/, (_, number: string) => t('evaluate.space.random', { number }))
      .replace(/(\d+) channel means/, (_, count: string) => t('evaluate.space.means', { count }))
      .replace('pixels and gradients', t('evaluate.space.pixels'))
      .replace('hand-made', t('evaluate.space.handMade'));
  if (figures.length === 0) return null;
  return (
    <section className="section">
      <h2>{t('evaluate.figures')}</h2>
      <ScrollRegion className="table-box tall" label={t('evaluate.figures')}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('evaluate.figure')}</th>
              <th scope="col">{t('evaluate.space')}</th>
              <th scope="col">{t('evaluate.synthetic')}</th>
              <th scope="col">{t('evaluate.floor')}</th>
              <th scope="col">{t('evaluate.bad')}</th>
              <th scope="col">{t('evaluate.good')}</th>
            </tr>
          </thead>
          <tbody>
            {figures.map(({ id, name, space, good, target, meaning, sets }) => (
              <tr key={id} title={meaning}>
                <th scope="row">{nameOf({ id, name })}</th>
                <td>{spaceOf(space)}</td>
                <td>{measured(sets.synthetic)}</td>
                <td>{measured(sets.floor)}</td>
                <td>{measured(sets.blurred ?? sets.noisy ?? sets.repeated)}</td>
                <td>{t(`evaluate.good.${good}`, { target: formatFigure(target, language) })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}

function Copying({ evaluation: { copying } }: { evaluation: EvaluationDetail }) {
  const { t, language } = useText();
  if (copying === null) return null;
  const count = formatCount(copying.judged, language);
  const copies = formatCount(copying.nearCopies.length, language);
  return (
    <section className="section">
      <h2>{t('evaluate.copying')}</h2>
      <p>
        {copying.nearCopies.length === 0
          ? t('evaluate.copying.none', { count })
          : t('evaluate.copying.some', { count, copies })}
      </p>
      <ul className="twins">
        {copying.nearCopies.slice(0, 24).map(({ slice, twin }) => (
          <li key={slice}>
            <img src={sliceUrl(String(twin), 128)} alt={t('evaluate.copying.twin', { slice })} />
            <span className="muted">{t('evaluate.copying.slice', { slice })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Subgroups({ evaluation: { subgroups } }: { evaluation: EvaluationDetail }) {
  const { t, language } = useText();
  const measured = useMeasured();
  if (subgroups.length === 0) return null;
  const percent = (share: number) => `${formatFigure(share * 100, language)} %`;
  return (
    <section className="section">
      <h2>{t('evaluate.subgroups')}</h2>
      <ScrollRegion className="table-box tall" label={t('evaluate.subgroups')}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('evaluate.group')}</th>
              <th scope="col">{t('evaluate.group.real')}</th>
              <th scope="col">{t('evaluate.group.synthetic')}</th>
              <th scope="col">{t('evaluate.coverage')}</th>
              <th scope="col">{t('evaluate.copies')}</th>
            </tr>
          </thead>
          <tbody>
            {subgroups.map((one) => (
              <tr key={`${one.by} ${one.group}`}>
                <th scope="row">
                  {one.by}: {one.group}
                </th>
                <td>{percent(one.realShare)}</td>
                <td>{percent(one.syntheticShare)}</td>
                <td>{measured(one.coverage)}</td>
                <td>{formatCount(one.nearCopies, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}
