import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { colormap } from '../../../src/display/colormap.ts';
import { histogram, radialPower } from '../../../src/display/histogram.ts';
import { differenceValues, paint, windowLut } from '../../../src/display/lut.ts';
import { angle, distance, ellipseFigures } from '../../../src/display/measure.ts';
import { presetWindow, windowPresets } from '../../../src/display/presets.ts';
import { startView, toImage, toScreen, viewTransform } from '../../../src/display/viewport.ts';

describe('painting 16-bit values', () => {
  it.each([
    { signed: false, slope: 1, intercept: 0, inverted: false },
    { signed: true, slope: 2.5, intercept: -1024, inverted: false },
    { signed: true, slope: 0.1, intercept: 3, inverted: true },
  ])('equals the window written out, within 1 of 255: %o', (scale) => {
    const random = new Random(8, 'values');
    const patterns = Uint16Array.from({ length: 5000 }, () => random.int(65536));
    const window = { low: -800, high: 1450.5 };
    const lut = windowLut({ ...scale, padding: null }, window, colormap('grey'));
    const out = new Uint32Array(patterns.length);
    paint(patterns, lut, out);
    const rgba = new Uint8Array(out.buffer);
    patterns.forEach((pattern, i) => {
      const stored = scale.signed ? (pattern << 16) >> 16 : pattern;
      const share = (stored * scale.slope + scale.intercept - window.low) / (window.high - window.low);
      const grey = 255 * Math.min(1, Math.max(0, scale.inverted ? 1 - share : share));
      for (let channel = 0; channel < 3; channel++) {
        expect(Math.abs(rgba[4 * i + channel]! - grey)).toBeLessThanOrEqual(1);
      }
      expect(rgba[4 * i + 3]).toBe(255);
    });
  });

  it('shows padding black, whatever the polarity', () => {
    const scale = { signed: true, slope: 1, intercept: 0, padding: -2000 };
    for (const inverted of [false, true]) {
      const lut = windowLut({ ...scale, inverted }, { low: -3000, high: 0 }, colormap('grey'));
      expect([...new Uint8Array(lut.buffer, (-2000 & 0xffff) * 4, 4)]).toEqual([0, 0, 0, 255]);
    }
  });

  it('tells differences around the middle', () => {
    const a = Uint16Array.from([100, 65535, 0, 30000]);
    const b = Uint16Array.from([100, 0, 65535, 20000]);
    expect([...differenceValues(a, b)]).toEqual([32768, 65535, 1, 37768]);
  });
});

describe('the view', () => {
  const shape = { rows: 100, columns: 200, spacingMm: [2, 0.5] as const };

  it('fits the image, its pixels in their true shape', () => {
    const t = viewTransform(shape, startView, 400, 400);
    // 200 mm high and 100 mm wide: 2 pixels a millimetre, 200 pixels wide, in the middle.
    const [a, b] = [toScreen(t, { x: 0, y: 0 }), toScreen(t, { x: 200, y: 100 })];
    expect([a.x, a.y, b.x, b.y]).toEqual([100, 0, 300, 400]);
  });

  it('finds its way back under any zoom, pan, turn and mirror', () => {
    const random = new Random(2, 'views');
    for (let i = 0; i < 200; i++) {
      const view = {
        zoom: 0.3 + 8 * random.uniform(),
        panX: random.normal(),
        panY: random.normal(),
        turns: random.int(4),
        flipped: random.int(2) === 1,
      };
      const t = viewTransform(shape, view, 300 + random.int(500), 300);
      const point = { x: 200 * random.uniform(), y: 100 * random.uniform() };
      const back = toImage(t, toScreen(t, point));
      expect(back.x).toBeCloseTo(point.x, 8);
      expect(back.y).toBeCloseTo(point.y, 8);
    }
  });

  it('turns clockwise: the upper left corner goes to the upper right', () => {
    const square = { rows: 100, columns: 100, spacingMm: null };
    const corner = toScreen(viewTransform(square, { ...startView, turns: 1 }, 400, 400), { x: 0, y: 0 });
    expect([corner.x, corner.y]).toEqual([400, 0]);
  });
});

describe('measurements', () => {
  const shape = { rows: 50, columns: 50, spacingMm: [2, 1] as const };

  it('are in millimetres', () => {
    expect(distance(shape, { x: 0, y: 0 }, { x: 3, y: 2 })).toBe(5);
    expect(distance({ ...shape, spacingMm: null }, { x: 0, y: 0 }, { x: 3, y: 4 })).toBe(5);
    expect(angle(shape, { x: 10, y: 0 }, { x: 0, y: 0 }, { x: 0, y: 10 })).toBeCloseTo(90, 10);
    // 10 mm to the right, 10 mm down.
    expect(angle(shape, { x: 10, y: 0 }, { x: 0, y: 0 }, { x: 10, y: 5 })).toBeCloseTo(45, 10);
  });

  it('count an ellipse as its formula does', () => {
    const figures = ellipseFigures(shape, { x: 5, y: 5 }, { x: 45, y: 45 }, (i) => i % 50)!;
    expect(Math.abs(figures.pixels - Math.PI * 400)).toBeLessThan(12);
    expect(figures.area).toBe(figures.pixels * 2);
    expect(figures.mean).toBeCloseTo(24.5, 10);
    // The deviation of a coordinate over a disc of radius R is R / 2.
    expect(Math.abs(figures.deviation - 10)).toBeLessThan(0.1);
    expect(ellipseFigures(shape, { x: 5, y: 5 }, { x: 5.1, y: 5.1 }, () => 0)).toBeNull();
  });
});

describe('presets', () => {
  it('are absolute for CT and relative for MRI', () => {
    const brain = windowPresets('CT', 'HU').find(({ name }) => name === 'brain')!;
    expect(presetWindow(brain, { low: -1000, high: 3000 })).toEqual({ low: 0, high: 80 });
    const bright = windowPresets('MR', null).find(({ name }) => name === 'bright')!;
    expect(presetWindow(bright, { low: 100, high: 300 })).toEqual({ low: 100, high: 220 });
  });
});

describe('histogram and spectrum', () => {
  it('counts every value once', () => {
    const counts = histogram(Uint16Array.from([0, 1, 2, 3, 4, 90]), (v) => v, 0, 4, 4);
    expect([...counts]).toEqual([1, 1, 1, 3]);
  });

  it('puts a wave’s power at its frequency', () => {
    const edge = 64;
    const wave = Float32Array.from({ length: edge * edge }, (_, i) =>
      Math.sin((2 * Math.PI * 16 * (i % edge)) / edge),
    );
    const power = radialPower(wave, edge, edge, 32);
    // 16 cycles in 64 pixels are half of Nyquist: bin 16 of 32.
    expect(power.indexOf(Math.max(...power))).toBe(16);
    expect(power[16]! - power[25]!).toBeGreaterThan(6);
  });
});
