import { useMemo, useState } from 'react';
import type { RunMetrics } from '../../../src/contract/index.ts';
import { CurveChart } from '../../components/CurveChart.tsx';
import { FailureNotice, LoadingNotice } from '../../components/Notice.tsx';
import { Segments } from '../../components/Segments.tsx';
import { smooth } from '../../lib/curves.ts';
import { useText } from '../../lib/i18n/index.ts';
import { useMetrics } from '../../stores/metrics.ts';

const weights = { off: 0, light: 0.8, strong: 0.97 } as const;
type Smoothing = keyof typeof weights;

/** Losses, and the scores that the discriminator gives real and synthetic slices: the competition made visible. */
export function Curves({ runId }: { runId: string }) {
  const { t } = useText();
  const metrics = useMetrics((store) => store.byRun[runId]);
  const load = useMetrics((store) => store.load);
  const [smoothing, setSmoothing] = useState<Smoothing>('light');
  return (
    <section className="section curves">
      <div className="section-head">
        <h2>{t('runs.curves')}</h2>
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
        <FailureNotice failure={metrics.failure} retry={() => void load(runId)} />
      ) : metrics.value.steps.length === 0 ? (
        <p className="muted">{t('runs.curves.none')}</p>
      ) : (
        <Charts metrics={metrics.value} weight={weights[smoothing]} />
      )}
    </section>
  );
}

function Charts({ metrics, weight }: { metrics: RunMetrics; weight: number }) {
  const { t } = useText();
  const smoothed = useMemo(
    () => ({
      lossD: smooth(metrics.lossD, weight),
      lossG: smooth(metrics.lossG, weight),
      scoreReal: smooth(metrics.scoreReal, weight),
      scoreFake: smooth(metrics.scoreFake, weight),
    }),
    [metrics, weight],
  );
  const shared = { axis: t('runs.axis'), x: metrics.images, group: 'run' };
  return (
    <>
      <CurveChart
        {...shared}
        title={t('runs.losses')}
        curves={[
          { label: t('runs.loss.discriminator'), values: smoothed.lossD, colour: '--curve-1' },
          { label: t('runs.loss.generator'), values: smoothed.lossG, colour: '--curve-2', dash: [6, 3] },
        ]}
      />
      <CurveChart
        {...shared}
        title={t('runs.scores')}
        curves={[
          { label: t('runs.score.real'), values: smoothed.scoreReal, colour: '--curve-3' },
          { label: t('runs.score.fake'), values: smoothed.scoreFake, colour: '--curve-4', dash: [6, 3] },
        ]}
      />
      <p className="muted">{t('runs.curves.zoom')}</p>
    </>
  );
}
