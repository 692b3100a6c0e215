import { useMemo } from 'react';
import type { RunMetrics } from '../../../src/contract/index.ts';
import { type Curve, CurveChart } from '../../components/CurveChart.tsx';
import { overlay } from '../../lib/curves.ts';
import { useText } from '../../lib/i18n/index.ts';

export interface ChartCurve {
  readonly label: string;
  readonly of: (metrics: RunMetrics) => readonly (number | null)[] | undefined;
  readonly colour: Curve['colour'];
  readonly dash?: readonly number[];
}

export interface StepChartProps {
  readonly title: string;
  readonly metrics: RunMetrics;
  readonly other: { readonly id: string; readonly metrics: RunMetrics } | undefined;
  readonly curves: readonly ChartCurve[];
}

/** The dots of another run's curves; its colours are those of the curve that it lies over. */
const dotted = [2, 3];

/** Curves of a run over the images shown, with those of another run dotted over them. */
export function StepChart({ title, metrics, other, curves }: StepChartProps) {
  const { t } = useText();
  const { x, list } = useMemo(() => {
    const none: readonly (number | null)[] = [];
    const own = curves.map((curve) => curve.of(metrics) ?? none);
    if (other === undefined) {
      return { x: metrics.images, list: curves.map((curve, i) => toCurve(curve, own[i]!)) };
    }
    const theirs = curves.map((curve) => curve.of(other.metrics) ?? none);
    const joined = overlay(metrics.images, own, other.metrics.images, theirs);
    return {
      x: joined.x,
      list: [
        ...curves.map((curve, i) => toCurve(curve, joined.columns[i]!)),
        ...curves.map((curve, i) => ({
          ...toCurve(curve, joined.otherColumns[i]!),
          label: t('runs.other', { curve: curve.label, run: other.id }),
          dash: dotted,
        })),
      ],
    };
  }, [metrics, other, curves, t]);
  return <CurveChart title={title} axis={t('runs.axis')} x={x} curves={list} group="run" />;
}

function toCurve({ label, colour, dash }: ChartCurve, values: Curve['values']): Curve {
  return { label, colour, values, ...(dash === undefined ? {} : { dash }) };
}
