import { useMemo, useState } from 'react';
import { Button } from 'react-aria-components';
import { histogram, radialPower } from '../../../../src/display/histogram.ts';
import { useText } from '../../../lib/i18n/index.ts';
import type { ViewImage } from './image.ts';

const bins = 64;
const [width, height] = [300, 90];

function path(values: ArrayLike<number>, low: number, high: number): string {
  return Array.from(values, (value, i) => {
    const x = (i / Math.max(1, values.length - 1)) * width;
    const y = height - ((value - low) / (high - low || 1)) * height;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  }).join(' ');
}

function curvesOf(images: readonly ViewImage[]) {
  const histograms = images.map((image) => {
    const signed = image.signed
      ? new Int16Array(image.values.buffer, image.values.byteOffset, image.values.length)
      : image.values;
    const counts = histogram(
      signed,
      (v) => v * image.slope + image.intercept,
      image.own.low,
      image.own.high,
      bins,
    );
    // The background is most of a slice and would flatten all the rest.
    return counts.subarray(1, bins - 1).map((count) => count / image.values.length);
  });
  const spectra = images.map(({ values, rows, columns, signed, slope, own }) => {
    const scale = slope / (own.high - own.low || 1);
    const plain = Float32Array.from(values, (v) => (signed && v > 32767 ? v - 65536 : v) * scale);
    // The lowest bin may hold the mean alone, which is no frequency.
    return radialPower(plain, rows, columns).subarray(1);
  });
  return { histograms, spectra };
}

export interface ChartsProps {
  readonly images: readonly (ViewImage | undefined)[];
  readonly labels: readonly string[];
}

/** Grey values and spatial frequencies of the first two images, over each other. */
export function Charts({ images, labels }: ChartsProps) {
  const { t } = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="charts" aria-label={t('review.charts')}>
      <Button className="button" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
        {isOpen ? '▾' : '▸'} {t('review.charts')}
      </Button>
      {isOpen ? <Curves images={images} labels={labels} /> : null}
    </section>
  );
}

function Curves({ images, labels }: ChartsProps) {
  const { t } = useText();
  const [first, second] = images;
  const { histograms, spectra } = useMemo(
    () => curvesOf([first, second].filter((one) => one !== undefined)),
    [first, second],
  );
  return (
    <div className="charts-row">
      {(
        [
          ['review.histogram', histograms],
          ['review.spectrum', spectra],
        ] as const
      ).map(([title, curves]) => {
        const all = curves.flatMap((curve) => [...curve]);
        const [low, high] = [Math.min(...all), Math.max(...all)];
        return (
          <figure key={title}>
            <figcaption>{t(title)}</figcaption>
            <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t(title)}>
              {curves.map((curve, i) => (
                <polyline
                  // biome-ignore lint/suspicious/noArrayIndexKey: the first and the second image
                  key={i}
                  className={`chart-line-${i}`}
                  points={path(curve, low, high)}
                />
              ))}
            </svg>
          </figure>
        );
      })}
      <ul className="chart-key">
        {labels.slice(0, histograms.length).map((label, i) => (
          <li key={label} className={`chart-name-${i}`}>
            {label}
          </li>
        ))}
      </ul>
    </div>
  );
}
