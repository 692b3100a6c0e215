import { angle, distance, ellipseFigures } from '../../../../src/display/measure.ts';
import { type Affine, type Point, toScreen } from '../../../../src/display/viewport.ts';
import { formatFigure } from '../../../lib/format.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { realAt, type ViewImage } from './image.ts';
import { type Measurement, type Tool, useView } from './viewState.ts';

const none: readonly Measurement[] = [];

export interface OverlayProps {
  readonly id: string;
  readonly image: ViewImage;
  readonly transform: Affine;
  readonly draft: readonly Point[];
  readonly tool: Tool;
}

/** Measurements over an image, in millimetres where its spacing is known. */
export function Overlay({ id, image, transform, draft, tool }: OverlayProps) {
  const measurements = useView((state) => state.measurements[id]) ?? none;
  const drawn =
    draft.length > 1 && (tool === 'length' || tool === 'angle' || tool === 'region')
      ? [...measurements, { tool, points: draft }]
      : measurements;
  if (drawn.length === 0) return null;
  return (
    <svg className="overlay" aria-hidden="true">
      {drawn.map((one, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: measurements are only ever added at the end
        <Shape key={i} measurement={one} image={image} transform={transform} />
      ))}
    </svg>
  );
}

function Shape({
  measurement: { tool, points },
  image,
  transform,
}: {
  measurement: Measurement;
  image: ViewImage;
  transform: Affine;
}) {
  const { language } = useText();
  const text = measurementText({ tool, points }, image, (value) => formatFigure(value, language));
  const on = points.map((point) => toScreen(transform, point));
  const [a, b] = [on[0]!, on[1]!];
  const last = on.at(-1)!;
  return (
    <g>
      {tool === 'region' ? (
        <ellipse
          cx={(a.x + b.x) / 2}
          cy={(a.y + b.y) / 2}
          rx={Math.abs(b.x - a.x) / 2}
          ry={Math.abs(b.y - a.y) / 2}
        />
      ) : (
        <polyline points={on.map(({ x, y }) => `${x},${y}`).join(' ')} />
      )}
      <text x={last.x + 8} y={last.y - 8}>
        {text}
      </text>
    </g>
  );
}

/** What a measurement says. */
export function measurementText(
  { tool, points }: Measurement,
  image: ViewImage,
  format: (value: number) => string,
): string {
  const [a, b, c] = points;
  if (a === undefined || b === undefined) return '';
  const unit = image.spacingMm === null ? 'px' : 'mm';
  if (tool === 'length') return `${distance(image, a, b).toFixed(1)} ${unit}`;
  if (tool === 'angle') return c === undefined ? '' : `${angle(image, a, b, c).toFixed(1)}°`;
  const figures = ellipseFigures(image, a, b, (index) => realAt(image, index));
  if (figures === null) return '';
  const { mean, deviation, area, low, high } = figures;
  return `${format(mean)} ± ${format(deviation)} · ${format(low)}–${format(high)} · ${format(area)} ${unit}²`;
}
