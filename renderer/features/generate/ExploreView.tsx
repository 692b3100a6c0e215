import { useEffect, useState } from 'react';
import { Button, Label, Slider, SliderThumb, SliderTrack } from 'react-aria-components';
import { Figures } from '../../components/Figures.tsx';
import { WindowControls } from '../../components/WindowControls.tsx';
import { WindowedSheet } from '../../components/WindowedSheet.tsx';
import { type PercentWindow, toGreyWindow, wholeWindow } from '../../lib/comparison.ts';
import { type Exploration, loadExploration } from '../../lib/exploration.ts';
import { useText } from '../../lib/i18n/index.ts';
import { ExploreExport } from './ExploreExport.tsx';

/** Time of a frame when the sequence plays. */
const frameMs = 160;

/** The frames of an exploration: one large, all in a strip, in one window. */
export function ExploreView({ jobId, runId, canPick }: { jobId: string; runId: string; canPick: boolean }) {
  const { t } = useText();
  const [shown, setShown] = useState<Exploration | 'gone'>();
  useEffect(() => {
    const leaving = new AbortController();
    loadExploration(jobId, leaving.signal).then(
      (found) => setShown(found ?? 'gone'),
      () => {
        if (!leaving.signal.aborted) setShown('gone');
      },
    );
    return () => leaving.abort();
  }, [jobId]);
  if (shown === undefined) return <p className="muted">{t('compare.loading')}</p>;
  if (shown === 'gone') return <p className="note">{t('explore.gone')}</p>;
  return (
    <>
      <Frames shown={shown} />
      <ExploreExport jobId={jobId} runId={runId} canPick={canPick} />
    </>
  );
}

function Frames({ shown }: { shown: Exploration }) {
  const { t } = useText();
  const [at, setAt] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const [window, setWindow] = useState<PercentWindow>(wholeWindow);
  const { size, frames, pictures, realPictures, projection } = shown;
  const count = frames.length;
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => setAt((now) => (now + 1) % count), frameMs);
    return () => clearInterval(timer);
  }, [isPlaying, count]);
  const grey = toGreyWindow(window);
  const labels = Object.entries(frames[at]!.labels ?? {}).map(([name, value]) => `${name}: ${value}`);
  const where = t('explore.frame', { number: String(at + 1), count: String(count) });
  const names =
    projection === null
      ? []
      : [
          t('explore.real', { slice: String(projection.slice) }),
          ...(projection.nearestTraining === null
            ? []
            : [t('explore.nearest', { slice: String(projection.nearestTraining.slice) })]),
        ];
  return (
    <>
      <div className="explore-stage">
        <figure>
          <WindowedSheet
            slices={[pictures[at]!]}
            size={size}
            columns={1}
            window={grey}
            label={t('explore.frame.alt', { number: String(at + 1), count: String(count) })}
          />
          <figcaption>
            {t('explore.synthetic')} · {[where, ...labels].join(' · ')}
          </figcaption>
        </figure>
        {realPictures.map((picture, i) => (
          <figure key={names[i]}>
            <WindowedSheet slices={[picture]} size={size} columns={1} window={grey} label={names[i]!} />
            <figcaption>{names[i]}</figcaption>
          </figure>
        ))}
      </div>
      {count < 2 ? null : (
        <div className="explore-player">
          <Button className="button" onPress={() => setPlaying(!isPlaying)}>
            {t(isPlaying ? 'explore.pause' : 'explore.play')}
          </Button>
          <Slider className="slider" minValue={0} maxValue={count - 1} value={at} onChange={setAt}>
            <Label className="visually-hidden">{t('explore.frames')}</Label>
            <SliderTrack className="slider-track">
              <SliderThumb className="slider-thumb" />
            </SliderTrack>
          </Slider>
        </div>
      )}
      {count < 2 ? null : (
        <ul className="explore-strip" aria-label={t('explore.strip')}>
          {pictures.map((picture, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a frame is its place
            <li key={i}>
              <Button
                className="explore-frame"
                aria-label={t('explore.frame', { number: String(i + 1), count: String(count) })}
                {...(i === at ? { 'aria-current': true } : {})}
                onPress={() => setAt(i)}
              >
                <WindowedSheet
                  slices={[picture]}
                  size={size}
                  columns={1}
                  window={grey}
                  label={t('explore.frame.alt', { number: String(i + 1), count: String(count) })}
                />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="explore-window">
        <WindowControls window={window} onChange={setWindow} />
      </div>
      {projection === null ? null : <ProjectionNote projection={projection} />}
    </>
  );
}

function ProjectionNote({ projection }: { projection: NonNullable<Exploration['projection']> }) {
  const { t } = useText();
  const { rmse, nearestTraining, side } = projection;
  return (
    <>
      <Figures
        items={[
          { label: t('explore.rmse'), value: rmse.toFixed(3) },
          ...(nearestTraining === null
            ? []
            : [{ label: t('explore.rmse.nearest'), value: nearestTraining.rmse.toFixed(3) }]),
        ]}
      />
      <p className="muted">{t('explore.rmse.hint')}</p>
      <p className={side === 'train' ? 'note bad' : 'note'}>
        {t(side === 'train' ? 'explore.train' : 'explore.heldOut')} {t('explore.resembles')}
      </p>
    </>
  );
}
