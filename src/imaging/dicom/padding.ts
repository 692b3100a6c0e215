import type { DataSet } from './dataset.ts';
import type { PixelLayout } from './layout.ts';
import { tags } from './tags.ts';

/** Stored values that mark "outside the image" (PS3.3 C.7.5.1.1.2): from `low` to `high`; `value` stands for all. */
export interface Padding {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Pixel Padding Value and Range Limit have VR US or SS, whichever Pixel Representation says; writers mix them up. */
export function paddingOf(dataSet: DataSet, layout: PixelLayout): Padding | undefined {
  const read = (tag: number): number | undefined => {
    const value = dataSet.number(tag);
    if (value === undefined || layout.bitsAllocated > 16) return value;
    const bits = value & 0xffff;
    return layout.signed ? (bits << 16) >> 16 : bits;
  };
  const value = read(tags.pixelPaddingValue);
  if (value === undefined) return undefined;
  const limit = read(tags.pixelPaddingRangeLimit) ?? value;
  return { value, low: Math.min(value, limit), high: Math.max(value, limit) };
}
