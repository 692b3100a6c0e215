import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { ReviewSetDetail } from '../../../../src/contract/study.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { inside } from './queue.ts';

const edge = 240;
const margin = 10;

export interface FeatureMapProps {
  readonly set: ReviewSetDetail;
  readonly current: number | undefined;
  readonly chosen: ReadonlySet<number>;
  onChoose(slices: ReadonlySet<number>): void;
}

/** Real and generated slices in the plane where features differ most; a lasso takes slices to the queue. */
export function FeatureMap({ set, current, chosen, onChoose }: FeatureMapProps) {
  const { t } = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [line, setLine] = useState<readonly (readonly [number, number])[]>([]);
  const place = useMemo(() => {
    const all = [...set.items, ...set.real];
    const [xs, ys] = [all.map(({ x }) => x), all.map(({ y }) => y)];
    const scale = (list: readonly number[]) => {
      const low = list.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
      const high = list.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      return (v: number) => margin + ((v - low) / (high - low || 1)) * (edge - 2 * margin);
    };
    const [sx, sy] = [scale(xs), scale(ys)];
    return (point: { x: number; y: number }): readonly [number, number] => [sx(point.x), sy(point.y)];
  }, [set]);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    const theme = getComputedStyle(document.documentElement);
    const colour = (name: string) => theme.getPropertyValue(name).trim();
    context.clearRect(0, 0, edge, edge);
    context.strokeStyle = colour('--line-strong');
    for (const point of set.real) {
      const [x, y] = place(point);
      context.strokeRect(x - 1.5, y - 1.5, 3, 3);
    }
    for (const item of set.items) {
      const [x, y] = place(item);
      context.fillStyle = colour(chosen.has(item.slice) ? '--curve-2' : '--curve-1');
      context.beginPath();
      context.arc(x, y, item.slice === current ? 5 : 2.5, 0, 2 * Math.PI);
      context.fill();
    }
    if (line.length > 1) {
      context.strokeStyle = colour('--curve-2');
      context.beginPath();
      for (const [x, y] of line) context.lineTo(x, y);
      context.closePath();
      context.stroke();
    }
  }, [set, place, chosen, current, line]);

  const at = (event: PointerEvent<HTMLCanvasElement>): readonly [number, number] => {
    const rect = event.currentTarget.getBoundingClientRect();
    return [
      ((event.clientX - rect.left) / rect.width) * edge,
      ((event.clientY - rect.top) / rect.height) * edge,
    ];
  };
  return (
    <figure className="map">
      <figcaption>{t('review.map')}</figcaption>
      <canvas
        ref={canvas}
        width={edge}
        height={edge}
        role="img"
        aria-label={t('review.map')}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setLine([at(event)]);
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1 && line.length > 0) setLine([...line, at(event)]);
        }}
        onPointerUp={() => {
          if (line.length > 2) {
            const within = set.items.filter((item) => inside(line, ...place(item)));
            onChoose(new Set(within.map(({ slice }) => slice)));
          }
          setLine([]);
        }}
      />
      <div className="map-foot muted small">
        ● {t('review.map.synthetic')} □ {t('review.map.real')}
        {chosen.size === 0 ? null : (
          <Button className="button" onPress={() => onChoose(new Set())}>
            {t('review.map.clear')}
          </Button>
        )}
      </div>
    </figure>
  );
}
