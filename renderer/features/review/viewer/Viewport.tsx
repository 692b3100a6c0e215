import { type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { type Affine, type Point, toImage, viewTransform } from '../../../../src/display/viewport.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { drawView, Painted } from './draw.ts';
import type { ViewImage } from './image.ts';
import { Overlay } from './Overlay.tsx';
import { type Measurement, shownWindow, useView } from './viewState.ts';

export interface ViewportProps {
  readonly label: string;
  /** Measurements and the probe are kept under it. */
  readonly id: string;
  readonly image: ViewImage | undefined;
  /** For split and flicker: the image that is laid over. */
  readonly over?: ViewImage | undefined;
  /** Real or synthetic, in words; null where it must not be told. */
  readonly mark?: string | null;
  readonly plain?: boolean;
  /** The image is still that of another address. */
  readonly isBusy?: boolean;
  onProbe?(probe: Probe | null): void;
  onScroll?(by: number): void;
}

export interface Probe {
  readonly id: string;
  readonly column: number;
  readonly row: number;
  readonly image: ViewImage;
}

const needed = { length: 2, angle: 3, region: 2 } as const;

/** One image under the shared view: drawn from 16-bit values, moved and measured with the mouse. */
export function Viewport(props: ViewportProps) {
  const { label, id, image, over, mark, plain, isBusy = false, onProbe, onScroll } = props;
  const { t } = useText();
  const box = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painted = useRef<[Painted, Painted]>(undefined);
  painted.current ??= [new Painted(), new Painted()];
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [draft, setDraft] = useState<readonly Point[]>([]);
  const [shows, setShows] = useState(0);
  const { view, window, absolute, invert, smooth, colours, tool, mode, split } = useView();
  const flickers = mode === 'flicker' && over !== undefined;

  useLayoutEffect(() => {
    const node = box.current;
    if (node === null) return;
    const observer = new ResizeObserver(() => {
      setSize({ width: node.clientWidth, height: node.clientHeight });
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (!flickers) return;
    const timer = setInterval(() => setShows((now) => 1 - now), 400);
    return () => {
      clearInterval(timer);
      setShows(0);
    };
  }, [flickers]);

  useLayoutEffect(() => {
    const target = canvas.current;
    if (target === null || image === undefined || size.width === 0 || painted.current === undefined) return;
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (target.width !== width || target.height !== height) {
      target.width = width;
      target.height = height;
    }
    const lookOf = (one: ViewImage) => ({
      window: shownWindow(one.own, window, one.unit === image.unit ? absolute : null),
      invert,
      colours,
    });
    const [below, above] = painted.current;
    if (over !== undefined && mode === 'flicker' && shows === 1) {
      drawView(target, above.paint(over, lookOf(over)), over, view, smooth);
      return;
    }
    drawView(target, below.paint(image, lookOf(image)), image, view, smooth);
    if (over !== undefined && mode === 'split') {
      drawView(target, above.paint(over, lookOf(over)), over, view, smooth, [split, 1]);
    }
  }, [image, over, view, window, absolute, invert, smooth, colours, mode, split, shows, size]);

  const transform: Affine | undefined =
    image === undefined || size.width === 0 ? undefined : viewTransform(image, view, size.width, size.height);
  const placeOf = (event: { clientX: number; clientY: number }): Point | undefined => {
    const rect = box.current?.getBoundingClientRect();
    if (rect === undefined || transform === undefined) return undefined;
    return toImage(transform, { x: event.clientX - rect.left, y: event.clientY - rect.top });
  };

  const onMove = (event: PointerEvent) => {
    const place = placeOf(event);
    if (image !== undefined && place !== undefined) {
      const [column, row] = [Math.floor(place.x), Math.floor(place.y)];
      const inside = column >= 0 && row >= 0 && column < image.columns && row < image.rows;
      onProbe?.(inside ? { id, column, row, image } : null);
    }
    if (place !== undefined && draft.length > 0) setDraft([...draft.slice(0, -1), place]);
  };

  const onDown = (event: PointerEvent) => {
    if (plain && event.button !== 0) return;
    const place = placeOf(event);
    if (place === undefined || (event.target as HTMLElement).closest('button') !== null) return;
    box.current?.focus();
    const state = useView.getState();
    if (event.button === 0 && (tool === 'length' || tool === 'angle' || tool === 'region')) {
      const points = draft.length === 0 ? [place, place] : [...draft.slice(0, -1), place];
      if (draft.length > 0 && points.length >= needed[tool]) {
        state.measure(id, { tool, points: points.slice(0, needed[tool]) } satisfies Measurement);
        setDraft([]);
      } else setDraft(draft.length === 0 ? points : [...points, place]);
      return;
    }
    const action = event.button === 1 ? 'pan' : event.button === 2 ? 'zoom' : tool;
    drag(event, action, size, onProbe === undefined);
  };

  return (
    <section
      ref={box}
      className="viewport"
      aria-label={label}
      aria-busy={isBusy}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys of the viewer work where the focus is
      tabIndex={0}
      data-tool={tool}
      onPointerMove={onMove}
      onPointerLeave={() => onProbe?.(null)}
      onPointerDown={onDown}
      onContextMenu={(event) => event.preventDefault()}
      onWheel={(event) => {
        if (event.ctrlKey) zoomBy(event.deltaY > 0 ? 1 / 1.1 : 1.1);
        else onScroll?.(event.deltaY > 0 ? 1 : -1);
      }}
    >
      <canvas ref={canvas} role="img" aria-label={image === undefined || isBusy ? t('app.loading') : label} />
      {mark === undefined || mark === null ? null : <span className="viewport-mark">{mark}</span>}
      {image !== undefined && transform !== undefined && !plain ? (
        <Overlay id={id} image={image} transform={transform} draft={draft} tool={tool} />
      ) : null}
    </section>
  );
}

export function zoomBy(factor: number): void {
  const { view, set } = useView.getState();
  set({ view: { ...view, zoom: Math.min(32, Math.max(0.2, view.zoom * factor)) } });
}

/** Follows the pointer until it is let go: all viewports change, because they share the state. */
function drag(
  event: PointerEvent,
  action: 'window' | 'pan' | 'zoom' | 'length' | 'angle' | 'region',
  size: { width: number; height: number },
  windowOnly: boolean,
): void {
  const start = useView.getState();
  const [x, y] = [event.clientX, event.clientY];
  const edge = Math.min(size.width, size.height) || 1;
  let frame = 0;
  const move = (next: globalThis.PointerEvent) => {
    cancelAnimationFrame(frame);
    // Once a frame is enough: pointers report more often than screens show.
    frame = requestAnimationFrame(() => {
      const [dx, dy] = [next.clientX - x, next.clientY - y];
      const { view, window } = start;
      if (action === 'window' || windowOnly) {
        const scale = window.scale * 2 ** (dx / 150);
        useView.getState().set({ window: { scale, shift: window.shift + dy / 300 } });
      } else if (action === 'pan') {
        const moved = { ...view, panX: view.panX + dx / edge, panY: view.panY + dy / edge };
        useView.getState().set({ view: moved });
      } else {
        const zoom = Math.min(32, Math.max(0.2, view.zoom * 2 ** (-dy / 150)));
        useView.getState().set({ view: { ...view, zoom } });
      }
    });
  };
  const up = () => {
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', up);
    removeEventListener('pointercancel', up);
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', up);
  addEventListener('pointercancel', up);
}
