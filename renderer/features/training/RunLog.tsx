import type { RunDetail } from '../../../src/contract/index.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { formatCount, formatWhen } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';

/** What happened on the way, the checkpoints, and every setting. */
export function RunLog({ run }: { run: RunDetail }) {
  const { t, maybe, language } = useText();
  const newest = [...run.checkpoints].reverse().slice(0, 12);
  return (
    <>
      <div className="log-columns">
        <section className="section">
          <h2>{t('runs.events')}</h2>
          {run.events.length === 0 ? (
            <p className="muted">{t('runs.events.none')}</p>
          ) : (
            <ScrollRegion className="log-box" label={t('runs.events')}>
              <ol className="log">
                {[...run.events].reverse().map((event) => (
                  <li key={`${event.at} ${event.kind}`}>
                    <span className="muted">{formatWhen(event.at, language)}</span>
                    <span>
                      <b>{maybe(`event.${event.kind}`, event.kind)}</b> {event.text}
                    </span>
                  </li>
                ))}
              </ol>
            </ScrollRegion>
          )}
        </section>
        <section className="section">
          <h2>{t('runs.checkpoints')}</h2>
          {newest.length === 0 ? (
            <p className="muted">{t('runs.checkpoints.none')}</p>
          ) : (
            <ScrollRegion className="log-box" label={t('runs.checkpoints')}>
              <ol className="log">
                {newest.map((checkpoint) => (
                  <li key={checkpoint.name}>
                    <span className="muted">{formatWhen(checkpoint.createdAt, language)}</span>
                    <span>{t('runs.samples.at', { images: formatCount(checkpoint.images, language) })}</span>
                  </li>
                ))}
              </ol>
            </ScrollRegion>
          )}
        </section>
      </div>
      <section className="section">
        <h2>{t('runs.settings')}</h2>
        <dl className="pairs">
          <div>
            <dt>{t('runs.seed')}</dt>
            <dd className="mono">{run.seed}</dd>
          </div>
          {run.settings.map(({ name, value }) => (
            <div key={name}>
              <dt className="mono">{name}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}
