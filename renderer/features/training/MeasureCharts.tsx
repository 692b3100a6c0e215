import { type Curve, CurveChart } from '../../components/CurveChart.tsx';
import { useText } from '../../lib/i18n/index.ts';
import { useRuns } from '../../stores/runs.ts';

/** Measures of the checkpoints, as many as could be taken in their share of the training time. */
export function MeasureCharts({ runId }: { runId: string }) {
  const { t } = useText();
  const detail = useRuns((store) => store.details[runId]);
  if (detail?.status !== 'ready' || detail.value.figures.length === 0) return null;
  const { figures } = detail.value;
  const x = figures.map(({ images }) => images);
  const column = (name: string) => figures.map(({ values }) => values[name] ?? null);
  const has = (name: string) => figures.some(({ values }) => values[name] !== undefined);
  const chart = (title: string, curves: readonly (Omit<Curve, 'values'> & { readonly name: string })[]) => (
    <CurveChart
      title={title}
      axis={t('runs.axis')}
      x={x}
      group="run"
      hasPoints
      curves={curves
        .filter(({ name }) => has(name))
        .map((curve) => ({ ...curve, values: column(curve.name) }))}
    />
  );
  return (
    <>
      {has('kidRand') || has('kidPix')
        ? chart(t('runs.measures'), [
            { name: 'kidRand', label: t('runs.measures.random'), colour: '--curve-1' },
            { name: 'kidPix', label: t('runs.measures.pixels'), colour: '--curve-2', dash: [6, 3] },
          ])
        : null}
      {has('coverage')
        ? chart(t('runs.coverage'), [
            { name: 'coverage', label: t('runs.coverage.curve'), colour: '--curve-3' },
            { name: 'nearCopies', label: t('runs.copies.curve'), colour: '--curve-4', dash: [6, 3] },
          ])
        : null}
    </>
  );
}
