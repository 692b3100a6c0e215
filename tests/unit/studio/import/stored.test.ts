import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/base/random.ts';
import type { SliceHeader } from '../../../../src/imaging/index.ts';
import { toStored16 } from '../../../../src/studio/import/stored.ts';

const header: SliceHeader = {
  kind: 'dicom',
  identity: {},
  frame: 0,
  rows: 1,
  columns: 4,
  bitsStored: 16,
  signed: false,
  inverted: false,
  rescaleSlope: 2,
  rescaleIntercept: -10,
  geometry: {},
  attributes: {},
  notices: [],
};

describe('toStored16', () => {
  it('keeps values of 8 and 16 bits and their rescale', () => {
    const kept = toStored16(Int16Array.from([-3, 0, 7, 32767]), { ...header, paddingValue: -3 });
    expect(kept).toEqual({
      values: Int16Array.from([-3, 0, 7, 32767]),
      slope: 2,
      intercept: -10,
      padding: -3,
    });
    expect(toStored16(Uint8Array.from([0, 255]), header).values).toEqual(Uint16Array.from([0, 255]));
    expect(toStored16(Int8Array.from([-128, 127]), header).values).toEqual(Int16Array.from([-128, 127]));
  });

  it('shifts integers of 32 bits without loss where their range fits', () => {
    const pixels = Int32Array.from([1_000_000, 1_000_001, 1_060_000, 1_000_500]);
    const { values, slope, intercept } = toStored16(pixels, header);
    pixels.forEach((value, i) => {
      expect(values[i]! * slope + intercept).toBe(value * 2 - 10);
    });
  });

  it('spreads other values over 16 bits, within half a level, and keeps padding apart', () => {
    const random = new Random(1, 'stored');
    const pixels = Float32Array.from({ length: 1000 }, () => 1e-3 * random.normal());
    pixels[5] = -9999;
    pixels[6] = Number.NaN;
    pixels[7] = Number.POSITIVE_INFINITY;
    const { values, slope, intercept, padding } = toStored16(pixels, { ...header, paddingValue: -9999 });
    const finite = [...pixels].filter((v) => Number.isFinite(v) && v !== -9999);
    const range = Math.max(...finite) - Math.min(...finite);
    pixels.forEach((value, i) => {
      if (value === -9999) expect(values[i]).toBe(padding);
      else if (!Number.isFinite(value)) expect(values[i]).toBe(0);
      else {
        expect(values[i]).not.toBe(padding);
        expect(Math.abs(values[i]! * slope + intercept - (value * 2 - 10))).toBeLessThanOrEqual(
          (range / 65534) * 1.01,
        );
      }
    });
    expect(toStored16(new Float64Array(4).fill(Number.NaN), header).values).toEqual(new Uint16Array(4));
  });
});
