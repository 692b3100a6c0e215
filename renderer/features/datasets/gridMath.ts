/** The rows to draw for a scroll position, both ends inclusive; none: last is first - 1. */
export function visibleRows(
  top: number,
  height: number,
  step: number,
  rows: number,
  overscan: number,
): { first: number; last: number } {
  const first = Math.max(0, Math.min(rows, Math.floor(top / step) - overscan));
  const last = Math.min(rows - 1, Math.floor((top + height) / step) + overscan);
  return { first, last };
}

/** Where a key moves to in a grid that is filled row by row; undefined for keys that do not move. */
export function gridMove(
  key: string,
  from: number,
  columns: number,
  total: number,
  pageRows: number,
): number | undefined {
  const last = total - 1;
  if (last < 0) return undefined;
  const within = (index: number) => (index >= 0 && index <= last ? index : from);
  switch (key) {
    case 'ArrowRight':
      return within(from + 1);
    case 'ArrowLeft':
      return within(from - 1);
    case 'ArrowDown':
      return within(from + columns);
    case 'ArrowUp':
      return within(from - columns);
    case 'PageDown':
      return Math.min(last, from + columns * pageRows);
    case 'PageUp':
      return Math.max(from % columns, from - columns * pageRows);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
