import { encode } from 'fast-png';
import { GantryError } from '../base/errors.ts';
import { drawImage, type GreyCanvas, greyCanvas } from '../display/canvas.ts';
import { enlarge } from '../display/enlarge.ts';
import { type Montage, montage } from '../display/montage.ts';
import { drawText, textHeight, wrapText } from '../display/text.ts';
import { windowToGrey } from '../display/window.ts';
import { marking } from './marking.ts';

export interface ContactSheet {
  /** size x size values each, row-major, -1 .. +1. */
  /** null: there are none here, and the sheet is of synthetic ones alone. */
  readonly real: readonly Float32Array[] | null;
  readonly synthetic: readonly Float32Array[];
  readonly size: number;
  /** Heading of the first half; default "REAL". Data that were not acquired must not be called so. */
  readonly realName?: string;
  /** Pictures side by side in each half; default 8. */
  readonly columns?: number;
  /** What the sheet shows: run, preset, images, seed. One string a line; long lines are broken. */
  readonly caption: string | readonly string[];
  /** Whole-number enlargement; default: what brings a picture to about 128 pixels. */
  readonly enlargement?: number;
  /** Most pictures in each half; default 64. */
  readonly most?: number;
}

const margin = 28;
const gap = 2;
const background = 14;
const ink = 235;
const faint = 165;
const headScale = 4;
const captionScale = 2;

/**
 * Real slices beside synthetic ones as one 8-bit PNG: equal size, the same grey window (-1 .. +1) for all,
 * named REAL and SYNTHETIC, with the caption and the marking sentence below. The words stand outside the
 * pictures. BAD_CONFIG when a picture has not size x size values or a half is empty.
 */
export function contactSheet(sheet: ContactSheet): Uint8Array {
  const { size, columns = 8, most = 64 } = sheet;
  const factor = sheet.enlargement ?? Math.max(1, Math.round(128 / size));
  const realName = sheet.realName ?? 'REAL';
  const halves = [
    ...(sheet.real === null ? [] : [{ name: realName, pictures: sheet.real.slice(0, most) }]),
    { name: 'SYNTHETIC', pictures: sheet.synthetic.slice(0, most) },
  ];
  for (const { pictures } of halves) {
    if (pictures.length === 0 || pictures.some((pixels) => pixels.length !== size * size)) {
      throw new GantryError(
        'BAD_CONFIG',
        `A contact sheet needs real and synthetic slices of ${size} x ${size}.`,
      );
    }
  }
  const cell = size * factor;
  const grids = halves.map(({ pictures }) =>
    montage({ count: pictures.length, columns, cellWidth: cell, cellHeight: cell, gap }),
  );
  let width = margin;
  const left = grids.map((grid) => {
    const at = width;
    width += grid.width + margin;
    return at;
  });
  const top = margin + textHeight(headScale) + 10;
  const lines = [sheet.caption, marking]
    .flat()
    .flatMap((line) => wrapText(line, width - 2 * margin, captionScale));
  const captionTop = top + Math.max(...grids.map(({ height }) => height)) + 18;
  const lineHeight = textHeight(captionScale) + 6;
  const canvas = greyCanvas(width, captionTop + lines.length * lineHeight + margin - 6, background);
  halves.forEach(({ name, pictures }, side) => {
    drawText(canvas, name, left[side]!, margin, { scale: headScale, grey: ink });
    drawHalf(canvas, pictures, grids[side]!, left[side]!, top, size, factor);
  });
  lines.forEach((line, i) => {
    drawText(canvas, line, margin, captionTop + i * lineHeight, { scale: captionScale, grey: faint });
  });
  return encode({
    width: canvas.width,
    height: canvas.height,
    data: canvas.data,
    depth: 8,
    channels: 1,
    text: {
      Comment: sheet.real === null ? marking : `Left: ${realName}. Right: ${marking}`,
      Description: [sheet.caption].flat().join('; '),
    },
  });
}

function drawHalf(
  canvas: GreyCanvas,
  pictures: readonly Float32Array[],
  grid: Montage,
  left: number,
  top: number,
  size: number,
  factor: number,
): void {
  pictures.forEach((pixels, i) => {
    const { x, y } = grid.cell(i);
    const data = windowToGrey(enlarge(pixels, size, factor), { low: -1, high: 1 });
    drawImage(canvas, { width: size * factor, height: size * factor, data }, left + x, top + y);
  });
}
