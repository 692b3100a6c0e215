import { useMemo } from 'react';
import type { RunMetrics } from '../../../src/contract/index.ts';
import { competition, places } from '../../lib/competition.ts';
import { formatCount, formatFigure } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';

const width = 600;
const height = 120;

function outline(density: readonly number[], most: number): string {
  const points = density.map((value, i) => {
    const x = (i / (places - 1)) * width;
    const y = height - (value / most) * (height - 6);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return `M0,${height} L${points.join(' L')} L${width},${height} Z`;
}

/** The discriminator's scores of real and of synthetic slices as two humps that move while the run trains. */
export function Competition({ metrics }: { metrics: RunMetrics }) {
  const { t, language } = useText();
  const shown = useMemo(() => competition(metrics), [metrics]);
  if (shown.count < 2) return null;
  const most = Math.max(...shown.real.density, ...shown.fake.density);
  const overlap = formatCount(shown.overlap * 100, language);
  const figure = ({ mean, deviation }: { mean: number; deviation: number }) =>
    `${formatFigure(mean, language)} ± ${formatFigure(deviation, language)}`;
  const meaning = shown.overlap < 0.05 ? 'apart' : shown.overlap < 0.6 ? 'near' : 'same';
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">
          {t('runs.competition', { count: formatCount(shown.count, language) })}
        </span>
        <span className="chart-key">
          <i className="hump real" aria-hidden="true" />
          {t('runs.score.real')} <b>{figure(shown.real)}</b>
        </span>
        <span className="chart-key">
          <i className="hump fake" aria-hidden="true" />
          {t('runs.score.fake')} <b>{figure(shown.fake)}</b>
        </span>
      </figcaption>
      <svg
        className="humps"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('runs.competition.label', {
          real: figure(shown.real),
          fake: figure(shown.fake),
          overlap,
        })}
      >
        <path className="hump-real" d={outline(shown.real.density, most)} vectorEffect="non-scaling-stroke" />
        <path className="hump-fake" d={outline(shown.fake.density, most)} vectorEffect="non-scaling-stroke" />
      </svg>
      <div className="humps-axis mono muted" aria-hidden="true">
        <span>{formatFigure(shown.x[0], language)}</span>
        <span>{formatFigure(shown.x.at(-1), language)}</span>
      </div>
      <p className="muted">
        {t('runs.competition.text', { overlap, meaning: t(`runs.competition.${meaning}`) })}
      </p>
    </figure>
  );
}
