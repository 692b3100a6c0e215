import { fillRect, type GreyCanvas } from './canvas.ts';
import { glyphAdvance, glyphHeight, glyphRows, glyphWidth } from './font.ts';

export interface TextStyle {
  /** Size of a font pixel, a whole number; default 1. */
  readonly scale?: number;
  /** Default white. */
  readonly grey?: number;
}

/** Width in pixels of one line. */
export function textWidth(text: string, scale = 1): number {
  const letters = [...text].length;
  return letters === 0 ? 0 : ((letters - 1) * glyphAdvance + glyphWidth) * scale;
}

export function textHeight(scale = 1): number {
  return glyphHeight * scale;
}

/** One line of text with its top left corner at (x, y), clipped to the canvas. */
export function drawText(
  canvas: GreyCanvas,
  text: string,
  x: number,
  y: number,
  { scale = 1, grey = 255 }: TextStyle = {},
): void {
  [...text].forEach((character, position) => {
    const left = x + position * glyphAdvance * scale;
    glyphRows(character).forEach((bits, row) => {
      for (let column = 0; column < glyphWidth; column++) {
        if ((bits >> (glyphWidth - 1 - column)) & 1) {
          fillRect(canvas, left + column * scale, y + row * scale, scale, scale, grey);
        }
      }
    });
  });
}

/** Breaks a text at spaces into lines of at most `width` pixels; a longer word is cut. */
export function wrapText(text: string, width: number, scale = 1): string[] {
  const most = Math.max(1, Math.floor((width / scale + glyphAdvance - glyphWidth) / glyphAdvance));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (joined.length <= most) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (line.length > most) {
      lines.push(line.slice(0, most));
      line = line.slice(most);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}
