import { useEffect, useRef } from 'react';
import { montage } from '../../src/display/montage.ts';
import { type GreyWindow, windowToGrey } from '../../src/display/window.ts';

export interface WindowedSheetProps {
  /** Slices of `size` x `size` values. */
  readonly slices: readonly ArrayLike<number>[];
  readonly size: number;
  readonly columns: number;
  readonly window: GreyWindow;
  readonly label: string;
}

/** Slices in a grid, drawn through a window that may change at every frame. */
export function WindowedSheet({ slices, size, columns, window, label }: WindowedSheetProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { low, high } = window;
  const gap = Math.max(1, Math.round(size / 32));
  const grid = montage({ count: slices.length, columns, cellWidth: size, cellHeight: size, gap });
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context == null) return;
    const grey = new Uint8Array(size * size);
    const image = context.createImageData(size, size);
    slices.forEach((values, i) => {
      windowToGrey(values, { low, high }, grey);
      for (let p = 0; p < grey.length; p++) {
        image.data.fill(grey[p]!, p * 4, p * 4 + 3);
        image.data[p * 4 + 3] = 255;
      }
      const { x, y } = grid.cell(i);
      context.putImageData(image, x, y);
    });
  }, [slices, size, low, high, grid.cell]);
  return (
    <canvas
      ref={canvas}
      className="windowed"
      width={grid.width}
      height={grid.height}
      role="img"
      aria-label={label}
    />
  );
}
