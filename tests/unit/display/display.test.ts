import { describe, expect, it } from 'vitest';
import { drawImage, fillRect, greyCanvas } from '../../../src/display/canvas.ts';
import { colormap, colormapNames, greyToRgba } from '../../../src/display/colormap.ts';
import { enlarge } from '../../../src/display/enlarge.ts';
import { glyphHeight, glyphRows } from '../../../src/display/font.ts';
import { montage } from '../../../src/display/montage.ts';
import { drawText, textHeight, textWidth, wrapText } from '../../../src/display/text.ts';
import { centerWidthFromWindow, windowFromCenterWidth, windowToGrey } from '../../../src/display/window.ts';

describe('window', () => {
  it('follows the example of PS3.3 C.11.2.1.2.1: centre 2048, width 4096 shows 0 .. 4095', () => {
    expect(windowFromCenterWidth(2048, 4096)).toEqual({ low: 0, high: 4095 });
    // centre 0, width 100: black at -50, white above 49
    expect(windowFromCenterWidth(0, 100)).toEqual({ low: -50, high: 49 });
    expect(centerWidthFromWindow({ low: -50, high: 49 })).toEqual({ center: 0, width: 100 });
  });

  it('is linear, clamped and rounded half up', () => {
    const grey = windowToGrey([-2, -1, 0, 0.5, 1, 2, Number.NaN], { low: -1, high: 1 });
    expect([...grey]).toEqual([0, 0, 128, 191, 255, 255, 0]);
    expect([...windowToGrey([4, 5, 6], { low: 5, high: 5 })]).toEqual([0, 0, 255]);
  });
});

describe('colormap', () => {
  it('has 256 colours, and grey is grey', () => {
    for (const name of colormapNames) expect(colormap(name).length).toBe(768);
    expect([...colormap('grey').slice(3 * 77, 3 * 78)]).toEqual([77, 77, 77]);
    expect([...colormap('inverted').slice(0, 3)]).toEqual([255, 255, 255]);
    expect([...greyToRgba(Uint8Array.of(9, 255), colormap('grey'))]).toEqual([
      9, 9, 9, 255, 255, 255, 255, 255,
    ]);
  });
});

describe('montage', () => {
  it('places cells without overlap inside its bounds', () => {
    const grid = montage({ count: 7, columns: 3, cellWidth: 10, cellHeight: 20, gap: 2 });
    expect([grid.columns, grid.rows, grid.width, grid.height]).toEqual([3, 3, 34, 64]);
    expect(grid.cell(0)).toEqual({ x: 0, y: 0 });
    expect(grid.cell(5)).toEqual({ x: 24, y: 22 });
    expect(grid.cell(6)).toEqual({ x: 0, y: 44 });
    expect(montage({ count: 2, columns: 8, cellWidth: 10, cellHeight: 10 }).width).toBe(20);
  });
});

describe('enlarge', () => {
  it('keeps constants and, away from the edge, straight lines (Keys 1981: exact to second order)', () => {
    expect(enlarge(new Float32Array(25).fill(0.3), 5, 3).every((v) => Math.abs(v - 0.3) < 1e-6)).toBe(true);
    const size = 8;
    const ramp = Float32Array.from({ length: 64 }, (_, i) => (i % size) + 10 * Math.floor(i / size));
    const big = enlarge(ramp, size, 2);
    for (let y = 4; y < 12; y++) {
      for (let x = 4; x < 12; x++) {
        expect(big[y * 16 + x]).toBeCloseTo((x + 0.5) / 2 - 0.5 + 10 * ((y + 0.5) / 2 - 0.5), 4);
      }
    }
    expect(enlarge(ramp, size, 1)).toEqual(ramp);
  });
});

describe('canvas and text', () => {
  it('clips', () => {
    const canvas = greyCanvas(4, 3);
    fillRect(canvas, -1, -1, 2, 2, 7);
    drawImage(canvas, { width: 2, height: 2, data: Uint8Array.of(1, 2, 3, 4) }, 3, 2);
    expect([...canvas.data]).toEqual([7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('has a glyph of its own for every printable ASCII character', () => {
    const missing = glyphRows('\u0001').join();
    const drawn = Array.from({ length: 95 }, (_, i) => glyphRows(String.fromCharCode(32 + i)));
    for (const rows of drawn) {
      expect(rows.length).toBe(glyphHeight);
      expect(rows.every((bits) => bits >= 0 && bits < 32)).toBe(true);
    }
    const different = new Set(drawn.map((rows) => rows.join()));
    expect(different.size).toBe(95);
    expect(different.has(missing)).toBe(false);
  });

  it('draws inside the box that it claims', () => {
    const canvas = greyCanvas(80, 40);
    drawText(canvas, 'Wg|', 10, 5, { scale: 2, grey: 200 });
    let lit = 0;
    canvas.data.forEach((value, i) => {
      if (value === 0) return;
      lit++;
      const x = i % 80;
      const y = Math.floor(i / 80);
      expect(x >= 10 && x < 10 + textWidth('Wg|', 2) && y >= 5 && y < 5 + textHeight(2)).toBe(true);
    });
    expect(lit).toBeGreaterThan(100);
  });

  it('wraps at spaces and cuts what is too long', () => {
    const width = textWidth('12345678');
    expect(wrapText('one two three', width)).toEqual(['one two', 'three']);
    expect(wrapText('123456789abc x', width)).toEqual(['12345678', '9abc x']);
    for (const line of wrapText('some words to be wrapped', width)) {
      expect(textWidth(line)).toBeLessThanOrEqual(width);
    }
  });
});
