import type { EvaluationDetail } from '../../../src/contract/index.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { formatP } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';

type Interval = { value: number; low: number; high: number } | null;

const percent = (value: number, digits = 1) => `${(value * 100).toFixed(digits)} %`;

/** Finished reader studies of the run with what may be said of each. */
export function ReaderStudies({ studies }: { studies: EvaluationDetail['readerStudies'] }) {
  const { t } = useText();
  if (studies.length === 0) return null;
  const share = (one: Interval) =>
    one === null ? '–' : `${percent(one.value)} (${percent(one.low)} – ${percent(one.high)})`;
  const area = (one: Interval) =>
    one === null ? '–' : `${one.value.toFixed(3)} (${one.low.toFixed(3)} – ${one.high.toFixed(3)})`;
  return (
    <section className="section">
      <h2>{t('evaluate.readers')}</h2>
      <ul className="sentences">
        {studies.map((one) => (
          <li key={one.id}>
            {one.name}:{' '}
            {t(`study.conclusion.${one.conclusion}`, {
              low: percent(0.5 - one.margin, 0),
              high: percent(0.5 + one.margin, 0),
              p: formatP(one.equivalenceP),
              difference: formatP(one.differenceP),
            })}
          </li>
        ))}
      </ul>
      <ScrollRegion className="table-box" label={t('evaluate.readers')}>
        <table className="table">
          <thead>
            <tr>
              {(['study', 'count', 'cases', 'accuracy', 'sensitivity', 'specificity', 'area'] as const).map(
                (name) => (
                  <th key={name} scope="col">
                    {t(`evaluate.readers.${name}`)}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {studies.map((one) => (
              <tr key={one.id}>
                <th scope="row">{one.name}</th>
                <td>{one.readers}</td>
                <td>{one.cases}</td>
                <td>{share(one.accuracy)}</td>
                <td>{share(one.sensitivity)}</td>
                <td>{share(one.specificity)}</td>
                <td>{area(one.area)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}
