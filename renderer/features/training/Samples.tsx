import { useState } from 'react';
import { Label, Slider, SliderThumb, SliderTrack } from 'react-aria-components';
import type { RunDetail } from '../../../src/contract/index.ts';
import { samplesUrl } from '../../../src/contract/media.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';

/** Samples of the run at fixed latents, with a slider over time. It stays on the newest until it is moved. */
export function Samples({ run }: { run: RunDetail }) {
  const { t, language } = useText();
  const [chosen, setChosen] = useState<number>();
  const last = run.samples.length - 1;
  const index = Math.min(chosen ?? last, last);
  const sheet = run.samples[index];
  const [failed, setFailed] = useState<string>();
  const images = formatCount(sheet?.images ?? 0, language);
  return (
    <section className="section samples">
      <div className="section-head">
        <h2>{t('runs.samples')}</h2>
        {sheet === undefined ? null : <span className="muted">{t('runs.samples.at', { images })}</span>}
      </div>
      {sheet === undefined ? (
        <p className="muted samples-none">{t('runs.samples.none')}</p>
      ) : (
        <>
          {failed === sheet.name ? (
            <p className="note bad">{t('runs.samples.failed')}</p>
          ) : (
            <img
              key={sheet.name}
              className="sheet"
              src={samplesUrl(run.id, sheet.name)}
              alt={t('runs.samples.alt', { run: run.id, images })}
              onError={() => setFailed(sheet.name)}
            />
          )}
          {last < 1 ? null : (
            <Slider
              className="slider"
              minValue={0}
              maxValue={last}
              value={index}
              onChange={(value) => setChosen(value === last ? undefined : value)}
            >
              <Label className="visually-hidden">{t('runs.samples.slider')}</Label>
              <SliderTrack className="slider-track">
                <SliderThumb className="slider-thumb" />
              </SliderTrack>
            </Slider>
          )}
        </>
      )}
    </section>
  );
}
