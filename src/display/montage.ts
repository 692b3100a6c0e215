/** Where equal pictures lie in a grid. Pixels; y down. */
export interface MontageOptions {
  readonly count: number;
  readonly columns: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Between cells; default 0. */
  readonly gap?: number;
}

export interface Montage {
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
  /** Top left corner of cell i, row by row. */
  readonly cell: (i: number) => { readonly x: number; readonly y: number };
}

export function montage({ count, columns, cellWidth, cellHeight, gap = 0 }: MontageOptions): Montage {
  const used = Math.max(1, Math.min(columns, count));
  const rows = Math.max(1, Math.ceil(count / used));
  return {
    columns: used,
    rows,
    width: used * cellWidth + (used - 1) * gap,
    height: rows * cellHeight + (rows - 1) * gap,
    cell: (i) => ({ x: (i % used) * (cellWidth + gap), y: Math.floor(i / used) * (cellHeight + gap) }),
  };
}
