import { type KeyboardEvent, memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { SliceItem } from '../../../src/contract/index.ts';
import { sliceUrl } from '../../../src/contract/media.ts';
import { FailureNotice } from '../../components/Notice.tsx';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { gridMove, visibleRows } from './gridMath.ts';
import { SliceDialog } from './SliceDialog.tsx';
import type { SlicePages } from './slicePages.ts';
import { useSelection } from './sliceSelection.ts';

export interface SliceGridProps {
  readonly pages: SlicePages;
  /** Edge of a tile in pixels. */
  readonly tile: number;
  seriesLabel(seriesId: string): string;
}

const gap = 4;
/** Rows kept ready above and below what is in view. */
const overscan = 3;

/**
 * All slices of a selection. Only the rows in view are in the document, so 100,000 slices cost no more than
 * 100. One tab stop; arrows, Home, End and Page keys move, Enter opens.
 */
export function SliceGrid({ pages, tile, seriesLabel }: SliceGridProps) {
  const { t, language } = useText();
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400, width: 600 });
  const [active, setActive] = useState(0);
  const [open, setOpen] = useState<number>();
  const moved = useRef(false);
  const anchor = useRef(0);
  const { selected, toggle, add } = useSelection();

  /** Marks a slice, or with a range all from the last marked one to it. */
  const mark = (index: number, isRange: boolean) => {
    setActive(index);
    if (isRange) {
      const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
      const known = Array.from({ length: to - from + 1 }, (_, i) => pages.at(from + i));
      add(known.flatMap((slice) => (slice === undefined ? [] : [slice.id])));
    } else {
      const slice = pages.at(index);
      if (slice !== undefined) toggle(slice.id);
    }
    anchor.current = index;
  };
  // Tiles are drawn anew only when they change, so what they are given must stay the same.
  const latestMark = useRef(mark);
  useLayoutEffect(() => {
    latestMark.current = mark;
  });
  const onMark = useCallback((index: number, isRange: boolean) => latestMark.current(index, isRange), []);
  const show = useCallback((index: number) => {
    setActive(index);
    setOpen(index);
  }, []);
  const total = pages.total ?? 0;
  const step = tile + gap;
  const columns = Math.max(1, Math.floor((view.width + gap) / step));
  const rows = Math.ceil(total / columns);
  const { first, last } = visibleRows(view.top, view.height, step, rows, overscan);
  const { want } = pages;

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () =>
      setView((before) => ({ ...before, height: element.clientHeight, width: element.clientWidth }));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => want(first * columns, (last + 1) * columns), [want, first, last, columns]);

  // A tile that the keyboard reached may have just come into the document.
  useEffect(() => {
    if (!moved.current) return;
    const element = box.current;
    const row = Math.floor(active / columns);
    if (
      element !== null &&
      (row * step < element.scrollTop || (row + 1) * step > element.scrollTop + view.height)
    ) {
      element.scrollTop = Math.max(0, row * step - (view.height - step) / 2);
    }
    const cell = element?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    if (cell !== null && cell !== undefined) {
      cell.focus({ preventScroll: true });
      moved.current = false;
    }
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const next = gridMove(event.key, active, columns, total, Math.max(1, Math.floor(view.height / step)));
    if (next === undefined) return;
    event.preventDefault();
    moved.current = true;
    setActive(next);
  };

  if (pages.failure !== undefined) return <FailureNotice failure={pages.failure} />;
  return (
    <>
      <p className="muted grid-total" role="status">
        {pages.total === undefined
          ? t('app.loading')
          : total === 0
            ? t('datasets.grid.none')
            : t('datasets.grid.total', { total: formatCount(total, language) })}
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot show only the rows in view */}
      <div
        ref={box}
        className="grid-box"
        role="grid"
        aria-label={t('datasets.grid')}
        aria-rowcount={rows}
        aria-colcount={columns}
        aria-multiselectable
        tabIndex={-1}
        onScroll={(event) => {
          // To the row: within one nothing comes into the document, and drawing 100 tiles anew costs a frame.
          const top = event.currentTarget.scrollTop - (event.currentTarget.scrollTop % step);
          setView((before) => (before.top === top ? before : { ...before, top }));
        }}
        onKeyDown={onKeyDown}
      >
        <div className="grid-space" role="presentation" style={{ height: rows * step }}>
          {Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).map((row) => (
            // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: the cells take the focus
            <div
              key={row}
              className="grid-row"
              role="row"
              aria-rowindex={row + 1}
              style={{ transform: `translateY(${row * step}px)` }}
            >
              {Array.from({ length: Math.min(columns, total - row * columns) }, (_, column) => {
                const index = row * columns + column;
                return (
                  <SliceTile
                    key={index}
                    index={index}
                    column={column + 1}
                    size={tile}
                    slice={pages.at(index)}
                    series={seriesLabel(pages.at(index)?.seriesId ?? '')}
                    isActive={index === Math.min(active, total - 1)}
                    isSelected={selected.has(pages.at(index)?.id ?? '')}
                    onMark={onMark}
                    onOpen={show}
                  />
                );
              })}
            </div>
          ))}
        </div>
      </div>
      <SliceDialog
        pages={pages}
        index={open}
        total={total}
        seriesLabel={seriesLabel}
        onMove={show}
        onClose={() => {
          setOpen(undefined);
          moved.current = true;
        }}
      />
    </>
  );
}

interface SliceTileProps {
  readonly index: number;
  readonly column: number;
  readonly size: number;
  readonly slice: SliceItem | undefined;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  /** Label of the slice's series. */
  readonly series: string;
  onMark(index: number, isRange: boolean): void;
  onOpen(index: number): void;
}

const SliceTile = memo(function SliceTile(props: SliceTileProps) {
  const { index, column, size, slice, isActive, isSelected, series, onMark, onOpen } = props;
  const { t } = useText();
  const name =
    slice === undefined ? t('app.loading') : t('datasets.grid.slice', { index: slice.index + 1, series });
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    <div
      className="tile"
      role="gridcell"
      aria-colindex={column}
      aria-label={
        slice === undefined || slice.state === 'used'
          ? name
          : `${name}, ${t(`datasets.state.${slice.state}`)}`
      }
      data-index={index}
      tabIndex={isActive ? 0 : -1}
      style={{ width: size, height: size }}
      aria-selected={isSelected}
      onClick={(event) => {
        if (event.shiftKey) onMark(index, true);
        else if (event.ctrlKey || event.metaKey) onMark(index, false);
        else onOpen(index);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onOpen(index);
        else if (event.key === ' ') onMark(index, event.shiftKey);
        else return;
        event.preventDefault();
      }}
    >
      {slice === undefined ? null : (
        <img src={sliceUrl(slice.id, size > 128 ? 256 : 128)} alt="" decoding="async" draggable={false} />
      )}
      {slice === undefined || slice.state === 'used' ? null : (
        <span className="tile-state">{t(`datasets.state.${slice.state}`)}</span>
      )}
    </div>
  );
});
