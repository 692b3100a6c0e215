import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatFigure } from '../lib/format.ts';
import { useText } from '../lib/i18n/index.ts';
import { usePreferences } from '../stores/preferences.ts';
import './CurveChart.css';

export interface Curve {
  readonly label: string;
  /** null is a gap; undefined is drawn across. */
  readonly values: readonly (number | null | undefined)[];
  /** Name of a colour of the theme. */
  readonly colour: `--curve-${1 | 2 | 3 | 4}`;
  /** Curves differ by their dashes too, never by colour alone. */
  readonly dash?: readonly number[];
}

export interface CurveChartProps {
  readonly title: string;
  readonly axis: string;
  readonly x: readonly number[];
  readonly curves: readonly Curve[];
  /** Charts of one group share their cursor. */
  readonly group: string;
  /** Few points, each worth a mark. */
  readonly hasPoints?: boolean;
}

const height = 220;

function themeColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function latest(values: readonly (number | null | undefined)[]): number | null {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] != null) return values[i] ?? null;
  return null;
}

function chartOptions(props: CurveChartProps, width: number, language: string): uPlot.Options {
  const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
  const line = { stroke: themeColour('--muted'), font: '11px system-ui, sans-serif' };
  const grid = { stroke: themeColour('--line'), width: 1 };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { sync: { key: props.group }, drag: { x: true, y: false, setScale: true }, points: { size: 6 } },
    scales: { x: { time: false } },
    axes: [
      {
        ...line,
        grid,
        ticks: grid,
        size: 30,
        values: (_plot, ticks) => ticks.map((tick) => compact.format(tick)),
      },
      { ...line, grid, ticks: grid, size: 52 },
    ],
    series: [
      { label: props.axis },
      ...props.curves.map((curve) => ({
        label: curve.label,
        stroke: themeColour(curve.colour),
        width: 1.5,
        points: { show: props.hasPoints === true, size: 6 },
        ...(curve.dash === undefined ? {} : { dash: [...curve.dash] }),
      })),
    ],
  };
}

/** Curves over the images shown. Drag zooms, a double click shows all; the figures stand above as text. */
export function CurveChart(props: CurveChartProps) {
  const { t, language } = useText();
  const theme = usePreferences((state) => state.theme);
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = useRef(props);
  shown.current = props;
  const names = props.curves.map(({ label }) => label).join(', ');

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart is made anew for another theme, language or set of curves; its data is set below
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const options = chartOptions(shown.current, element.clientWidth || 600, language);
    const made = new uPlot(options, chartData(shown.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current = null;
      made.destroy();
    };
  }, [theme, language, names]);

  useEffect(() => {
    const made = plot.current;
    if (made === null) return;
    // New points must not undo a zoom.
    const { min, max } = made.scales.x ?? {};
    const old = made.data[0];
    const zoomed = min != null && max != null && (min > (old[0] ?? min) || max < (old.at(-1) ?? max));
    made.setData(chartData(props), !zoomed);
    if (zoomed) made.redraw();
  }, [props]);

  const figures = props.curves.map(
    (curve) => `${curve.label} ${formatFigure(latest(curve.values), language)}`,
  );
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{props.title}</span>
        {props.curves.map((curve) => (
          <span key={curve.label} className="chart-key">
            <svg width="22" height="8" aria-hidden="true">
              <line
                x1="0"
                x2="22"
                y1="4"
                y2="4"
                strokeWidth="2"
                stroke={`var(${curve.colour})`}
                strokeDasharray={curve.dash?.join(' ')}
              />
            </svg>
            {curve.label} <b>{formatFigure(latest(curve.values), language)}</b>
          </span>
        ))}
      </figcaption>
      <div
        ref={box}
        className="chart-plot"
        role="img"
        aria-label={t('runs.chart.label', { title: props.title, series: names, latest: figures.join(', ') })}
      />
    </figure>
  );
}

function chartData({ x, curves }: CurveChartProps): uPlot.AlignedData {
  // The chart reads and never writes; copies of 100,000 points would cost more than drawing them.
  return [x as number[], ...curves.map(({ values }) => values as (number | null | undefined)[])];
}
