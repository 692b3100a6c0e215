import { useEffect, useMemo, useState } from 'react';
import type { RunMetrics, RunSummary } from '../../../src/contract/index.ts';
import { Choice } from '../../components/Field.tsx';
import { FailureNotice, LoadingNotice } from '../../components/Notice.tsx';
import { Segments } from '../../components/Segments.tsx';
import { smoothMetrics } from '../../lib/curves.ts';
import { useText } from '../../lib/i18n/index.ts';
import { useMetrics } from '../../stores/metrics.ts';
import { useRuns } from '../../stores/runs.ts';
import { Competition } from './Competition.tsx';
import { MeasureCharts } from './MeasureCharts.tsx';
import { type ChartCurve, StepChart } from './StepChart.tsx';

const weights = { off: 0, light: 0.8, strong: 0.97 } as const;
type Smoothing = keyof typeof weights;

/** The competition, the curves of every step, and the measures taken on the way; another run may lie over them. */
export function Curves({ run }: { run: RunSummary }) {
  const { t } = useText();
  const metrics = useMetrics((store) => store.byRun[run.id]);
  const load = useMetrics((store) => store.load);
  const list = useRuns((store) => store.list);
  const [smoothing, setSmoothing] = useState<Smoothing>('light');
  const [other, setOther] = useState('');
  const others = list.status === 'ready' ? list.value.filter(({ id }) => id !== run.id) : [];
  return (
    <section className="section curves">
      <div className="section-head">
        <h2>{t('runs.curves')}</h2>
        {others.length === 0 ? null : (
          <Choice
            label={t('runs.overlay')}
            value={other}
            options={['', ...others.map(({ id }) => id)]}
            textOf={(id) => (id === '' ? t('runs.overlay.none') : id)}
            onChange={setOther}
          />
        )}
        <Segments
          label={t('runs.smoothing')}
          value={smoothing}
          onChange={setSmoothing}
          options={(['off', 'light', 'strong'] as const).map((id) => ({
            id,
            text: t(`runs.smoothing.${id}`),
          }))}
        />
      </div>
      {metrics === undefined || metrics.status === 'loading' ? (
        <LoadingNotice />
      ) : metrics.status === 'failed' ? (
        <FailureNotice failure={metrics.failure} retry={() => void load(run.id)} />
      ) : metrics.value.steps.length === 0 ? (
        <p className="muted">{t('runs.curves.none')}</p>
      ) : (
        <>
          <Competition metrics={metrics.value} />
          <Charts metrics={metrics.value} weight={weights[smoothing]} otherId={other} />
          <MeasureCharts runId={run.id} />
          <p className="muted">{t('runs.curves.zoom')}</p>
        </>
      )}
    </section>
  );
}

/** The curves of another run, loaded once it is chosen; undefined until they are there. */
function useOther(runId: string, weight: number): RunMetrics | undefined {
  const metrics = useMetrics((store) => store.byRun[runId]);
  const load = useMetrics((store) => store.load);
  useEffect(() => {
    if (runId !== '') void load(runId);
  }, [runId, load]);
  return useMemo(
    () => (metrics?.status === 'ready' ? smoothMetrics(metrics.value, weight) : undefined),
    [metrics, weight],
  );
}

function Charts({ metrics, weight, otherId }: { metrics: RunMetrics; weight: number; otherId: string }) {
  const { t } = useText();
  const smoothed = useMemo(() => smoothMetrics(metrics, weight), [metrics, weight]);
  const otherMetrics = useOther(otherId, weight);
  const other = otherMetrics === undefined ? undefined : { id: otherId, metrics: otherMetrics };
  const shared = { metrics: smoothed, other };
  const extra =
    (name: string): ChartCurve['of'] =>
    (from) =>
      from.extra[name];
  const has = (name: string) => smoothed.extra[name] !== undefined;
  return (
    <>
      <StepChart
        {...shared}
        title={t('runs.losses')}
        curves={[
          { label: t('runs.loss.discriminator'), of: ({ lossD }) => lossD, colour: '--curve-1' },
          { label: t('runs.loss.generator'), of: ({ lossG }) => lossG, colour: '--curve-2', dash: [6, 3] },
        ]}
      />
      <StepChart
        {...shared}
        title={t('runs.scores')}
        curves={[
          { label: t('runs.score.real'), of: ({ scoreReal }) => scoreReal, colour: '--curve-3' },
          {
            label: t('runs.score.fake'),
            of: ({ scoreFake }) => scoreFake,
            colour: '--curve-4',
            dash: [6, 3],
          },
        ]}
      />
      {has('gradientD') ? (
        <StepChart
          {...shared}
          title={t('runs.gradients')}
          curves={[
            { label: t('runs.loss.discriminator'), of: extra('gradientD'), colour: '--curve-1' },
            { label: t('runs.loss.generator'), of: extra('gradientG'), colour: '--curve-2', dash: [6, 3] },
          ]}
        />
      ) : null}
      {has('augmentation') ? (
        <StepChart
          {...shared}
          title={t('runs.augmentation')}
          curves={[{ label: t('runs.augmentation.curve'), of: extra('augmentation'), colour: '--curve-3' }]}
        />
      ) : null}
      {has('accuracy') ? (
        <StepChart
          {...shared}
          title={t('runs.accuracy')}
          curves={[{ label: t('runs.accuracy.curve'), of: extra('accuracy'), colour: '--curve-4' }]}
        />
      ) : null}
    </>
  );
}
