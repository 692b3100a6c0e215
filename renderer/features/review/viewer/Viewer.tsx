import { useState } from 'react';
import { differenceValues } from '../../../../src/display/lut.ts';
import { formatFigure } from '../../../lib/format.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { Charts } from './Charts.tsx';
import { realAt, storedAt, unitImage, type ViewImage } from './image.ts';
import { Toolbar } from './Toolbar.tsx';
import { useImages } from './useImages.ts';
import { useViewerKeys } from './useViewerKeys.ts';
import { type Probe, Viewport } from './Viewport.tsx';
import { useView } from './viewState.ts';
import './viewer.css';

export interface Pane {
  /** Measurements are kept under it. */
  readonly id: string;
  readonly label: string;
  readonly mark: string | null;
  readonly url: string | null;
}

export interface ViewerProps {
  readonly panes: readonly Pane[];
  /** Two panes of one grid whose images lie over each other: for difference, flicker and split line. */
  readonly pair?: readonly [Pane, Pane] | undefined;
  onScroll(by: number): void;
}

const differences = new WeakMap<ViewImage, Map<ViewImage, ViewImage>>();

/** The signed difference of two images of one size, kept while they are. */
function differenceOf(a: ViewImage, b: ViewImage): ViewImage | undefined {
  if (a.rows !== b.rows || a.columns !== b.columns) return undefined;
  const known = differences.get(a) ?? new Map<ViewImage, ViewImage>();
  differences.set(a, known);
  let made = known.get(b);
  if (made === undefined) {
    made = unitImage(a.rows, differenceValues(a.values, b.values));
    known.set(b, made);
  }
  return made;
}

/** Images side by side or over each other, all linked, with their tools and the values below the pointer. */
export function Viewer({ panes, pair, onScroll }: ViewerProps) {
  const { t } = useText();
  const [probe, setProbe] = useState<Probe | null>(null);
  const mode = useView((state) => (pair === undefined ? 'side' : state.mode));
  const layout = useView((state) => state.layout);
  const shown = mode === 'side' ? panes : (pair ?? []);
  const { images, isBusy } = useImages(shown.map(({ url }) => url));
  const first = images[0];
  useViewerKeys(onScroll);
  const cells = mode === 'side' ? panes : panes.slice(0, 1);
  const laid = mode !== 'side' && first !== undefined && images[1] !== undefined ? images[1] : undefined;
  return (
    <div className="viewer">
      <Toolbar image={first} hasPair={pair !== undefined} />
      <div className="viewer-grid" data-layout={mode === 'side' ? layout : '1x1'}>
        {mode === 'difference' && first !== undefined && laid !== undefined ? (
          <Viewport
            label={t('review.difference')}
            id="difference"
            image={differenceOf(first, laid)}
            isBusy={isBusy}
            mark={t('review.difference')}
            onScroll={onScroll}
          />
        ) : (
          cells.map((pane, i) => (
            <Viewport
              key={pane.id.replace(/:.*/, `:${i}`)}
              id={pane.id}
              label={pane.label}
              mark={mode === 'side' ? pane.mark : t(`review.mode.${mode}`)}
              image={images[i]}
              isBusy={isBusy}
              over={laid}
              onProbe={setProbe}
              onScroll={onScroll}
            />
          ))
        )}
      </div>
      <ProbeLine probe={probe} />
      <Charts images={images} labels={shown.map(({ label }) => label)} />
    </div>
  );
}

/** The value below the pointer as it was stored, and in real units. */
function ProbeLine({ probe }: { probe: Probe | null }) {
  const { t, language } = useText();
  if (probe === null) return <p className="probe muted mono">{t('review.probe.none')}</p>;
  const { image, row, column } = probe;
  const index = row * image.columns + column;
  return (
    <p className="probe mono" data-stored={storedAt(image, index)} data-row={row} data-column={column}>
      {t('review.probe', {
        column,
        row,
        stored: storedAt(image, index),
        real: formatFigure(realAt(image, index), language),
        unit: image.unit ?? '',
      })}
    </p>
  );
}
