import type { Prediction } from '../../../src/contract/index.ts';
import { formatAbout, formatBytes, formatCount, formatFigure } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import type { Predicted } from './usePrediction.ts';

/** Time, memory and disk that the chosen training would take, each with what it rests on. */
export function PredictionView({ prediction, isWaiting }: Omit<Predicted, 'failure'>) {
  const { t } = useText();
  return (
    <section className="prediction" aria-label={t('predict.title')}>
      <h3>
        {t('predict.title')}
        {isWaiting ? <span className="muted">{t('predict.waiting')}</span> : null}
      </h3>
      {/* There from the start, so that changes within are announced; old figures are not while new ones are awaited. */}
      <div role="status" aria-busy={isWaiting}>
        {prediction === undefined ? null : <Figures prediction={prediction} />}
      </div>
    </section>
  );
}

function Figures({ prediction: { time, memory, disk, device, warnings } }: { prediction: Prediction }) {
  const { t, language } = useText();
  const bytes = (value: number) => formatBytes(value, language);
  const lasts = (seconds: number) => formatAbout(seconds, language);
  const { seconds, images, factor, given } = time;
  const range = (share: number) =>
    given === 'minutes'
      ? t('predict.images', { count: formatCount(Math.round((images ?? 0) * share), language) })
      : lasts((seconds ?? 0) * share);
  return (
    <>
      <dl>
        <dt>{t('predict.time')}</dt>
        <dd>
          {seconds === null || images === null || factor === null
            ? t('predict.time.unknown', { device })
            : t(`predict.time.${given}`, {
                time: lasts(seconds),
                images: formatCount(images, language),
                rate: formatFigure(time.imagesPerSecond, language),
              })}
          {time.basis === 'none' || seconds === null || factor === null ? null : (
            <span className="muted">
              {t(`predict.basis.${time.basis}`, {
                low: range(1 / factor),
                high: range(factor),
                device,
              })}
            </span>
          )}
        </dd>
        <dt>{t('predict.memory')}</dt>
        <dd>
          {memory.totalBytes === null
            ? t('predict.memory.device', { bytes: bytes(memory.bytes), device })
            : t('predict.memory.main', { bytes: bytes(memory.bytes), total: bytes(memory.totalBytes) })}
          <span className="muted">
            {t(`predict.memory.${memory.basis}`, {
              low: bytes(memory.bytes / memory.factor),
              high: bytes(memory.bytes * memory.factor),
            })}
          </span>
        </dd>
        <dt>{t('predict.disk')}</dt>
        <dd>
          {t('predict.disk.most', { bytes: bytes(disk.bytes), free: bytes(disk.freeBytes) })}
          <span className="muted">
            {t('predict.disk.of', {
              count: formatCount(disk.checkpoints, language),
              bytes: bytes(disk.checkpointBytes),
            })}
          </span>
        </dd>
      </dl>
      {warnings.map(({ code }) => (
        <p key={code} className="note bad">
          {t(`predict.${code}`)}
        </p>
      ))}
    </>
  );
}
