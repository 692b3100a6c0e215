import { encode } from 'fast-png';
import { drawImage, greyCanvas } from '../../display/canvas.ts';
import { enlarge } from '../../display/enlarge.ts';
import { montage } from '../../display/montage.ts';
import { windowToGrey } from '../../display/window.ts';

/** Slices of -1 .. +1 side by side as a PNG in a data URI, `columns` a row, in one window. */
export function sheetUri(slices: readonly Float32Array[], size: number, columns: number): string {
  const factor = Math.max(1, Math.round(112 / size));
  const cell = size * factor;
  const grid = montage({ count: slices.length, columns, cellWidth: cell, cellHeight: cell, gap: 3 });
  const canvas = greyCanvas(grid.width, grid.height, 255);
  slices.forEach((slice, i) => {
    const { x, y } = grid.cell(i);
    const data = windowToGrey(enlarge(slice, size, factor), { low: -1, high: 1 });
    drawImage(canvas, { width: cell, height: cell, data }, x, y);
  });
  const png = encode({
    width: canvas.width,
    height: canvas.height,
    data: canvas.data,
    depth: 8,
    channels: 1,
  });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
