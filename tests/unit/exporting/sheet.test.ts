import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { contactSheet } from '../../../src/exporting/sheet.ts';

const flat = (size: number, value: number) => new Float32Array(size * size).fill(value);
const many = (count: number, size: number, value: number) =>
  Array.from({ length: count }, () => flat(size, value));

describe('contactSheet', () => {
  it('shows 64 real beside 64 synthetic, enlarged by two, under one window', () => {
    const png = decode(
      contactSheet({ real: many(70, 64, -0.5), synthetic: many(64, 64, 0.5), size: 64, caption: 'run r-1' }),
    );
    expect([png.depth, png.channels]).toEqual([8, 1]);
    expect(png.width).toBeGreaterThan(16 * 128);
    const area = (grey: number) => png.data.filter((value: number) => value === grey).length;
    // -0.5 is a quarter of the way up the common window, +0.5 three quarters.
    expect(area(64)).toBe(64 * 128 * 128);
    expect(area(191)).toBe(64 * 128 * 128);
    const left = png.data.indexOf(64) % png.width;
    const right = png.data.indexOf(191) % png.width;
    expect(left).toBeLessThan(png.width / 2);
    expect(right).toBeGreaterThan(png.width / 2 - 16);
    expect(png.text.Comment).toContain('SYNTHETIC');
  });

  it('has words outside the pictures only: a wider caption makes more lines, not other pictures', () => {
    const sheet = { real: many(4, 16, 0), synthetic: many(4, 16, 0), size: 16, columns: 2 };
    const short = decode(contactSheet({ ...sheet, caption: 'run' }));
    const long = decode(contactSheet({ ...sheet, caption: ['run', 'word '.repeat(80)] }));
    expect(long.width).toBe(short.width);
    expect(long.height).toBeGreaterThan(short.height);
  });

  it('refuses empty halves and wrong sizes', () => {
    const bad = expect.objectContaining({ code: 'BAD_CONFIG' });
    expect(() => contactSheet({ real: [], synthetic: many(1, 8, 0), size: 8, caption: '' })).toThrow(bad);
    expect(() =>
      contactSheet({ real: many(1, 8, 0), synthetic: many(1, 9, 0), size: 8, caption: '' }),
    ).toThrow(bad);
  });
});
