import { GantryError } from '../../base/errors.ts';
import type { ReadOptions, SliceHeader, StoredPixels } from '../types.ts';
import type { DataSet } from './dataset.ts';
import type { PixelLayout } from './layout.ts';
import { applyLut, type Lut, modalityLut, readLut } from './luts.ts';
import { type Padding, paddingOf } from './padding.ts';
import { tags } from './tags.ts';

/** What makes grey values of stored ones, and what it changes in the header. */
export interface Interpretation {
  readonly header: Partial<SliceHeader>;
  apply(values: StoredPixels): StoredPixels;
}

/**
 * Grey values stay as they are, with their rescale in the header; a Modality LUT is applied. Colour and palettes
 * are refused, or become luminance if the options say so: what a picture's brightness is, is the user's choice.
 */
export function interpretationOf(
  dataSet: DataSet,
  layout: PixelLayout,
  options: ReadOptions,
): Interpretation {
  const { photometric, samples } = layout;
  if (photometric === 'PALETTE COLOR' || samples > 1) {
    if (options.colour !== 'luminance') {
      throw new GantryError(
        'UNSUPPORTED_PIXELS',
        `Photometric Interpretation ${photometric} is colour, not grey values.`,
        {
          action: 'Import with --colour-to-luminance if brightness is what you want.',
        },
      );
    }
    return samples === 1 ? paletteLuminance(dataSet) : colourLuminance(layout);
  }
  if (photometric !== 'MONOCHROME1' && photometric !== 'MONOCHROME2') {
    throw new GantryError('UNSUPPORTED_PIXELS', 'The Photometric Interpretation (0028,0004) is not known.', {
      action: 'Export the series again: nobody can say whether low values are dark or bright.',
    });
  }
  const padding = paddingOf(dataSet, layout);
  const lut = layout.kind === 'integer' ? modalityLut(dataSet, layout.signed) : undefined;
  if (lut !== undefined) return throughLut(lut, padding);
  if (padding === undefined || padding.low === padding.high) return { header: {}, apply: (values) => values };
  return {
    header: {},
    apply: (values) => {
      // Frames are the caller's own: changed in place.
      for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        if (value >= padding.low && value <= padding.high) values[i] = padding.value;
      }
      return values;
    },
  };
}

/** Padding is a stored value: it gets an output value of its own, that the table does not give. */
function throughLut(lut: Lut, padding: Padding | undefined): Interpretation {
  const header = { bitsStored: lut.bits, signed: false, ...plainRescale };
  if (padding === undefined) return { header, apply: (values) => applyLut(lut, values) };
  const given = new Set(lut.entries);
  let free = 0;
  while (given.has(free)) free++;
  // A table that gives all 65,536 values leaves none; padding is then what the table makes of it.
  const mark = free > 65_535 ? undefined : free;
  return {
    header: { ...header, paddingValue: mark ?? applyLut(lut, Int32Array.of(padding.value))[0]! },
    apply: (values) => {
      const out = applyLut(lut, values);
      if (mark === undefined) return out;
      for (let i = 0; i < out.length; i++) {
        const value = values[i]!;
        if (value >= padding.low && value <= padding.high) out[i] = mark;
      }
      return out;
    },
  };
}

const plainRescale = { rescaleSlope: 1, rescaleIntercept: 0 } as const;

/** ITU-R BT.601 weights, as PS3.3 C.7.6.3.1.2 uses them for YBR. */
function luminance(r: number, g: number, b: number): number {
  return Math.round(0.299 * r + 0.587 * g + 0.114 * b);
}

function colourLuminance({ photometric, samples, signed }: PixelLayout): Interpretation {
  const header = { ...plainRescale, inverted: false };
  if (samples !== 3 || signed) {
    throw new GantryError(
      'UNSUPPORTED_PIXELS',
      `Photometric Interpretation ${photometric} with ${samples} samples cannot be used.`,
    );
  }
  // JPEG 2000 decoders undo YBR_RCT and YBR_ICT; the first sample of the other YBR kinds is luminance.
  const isYbr = photometric.startsWith('YBR') && photometric !== 'YBR_RCT' && photometric !== 'YBR_ICT';
  return {
    header,
    apply: (values) => {
      const out = values.slice(0, values.length / 3);
      for (let i = 0; i < out.length; i++) {
        const at = i * 3;
        out[i] = isYbr ? values[at]! : luminance(values[at]!, values[at + 1]!, values[at + 2]!);
      }
      return out;
    },
  };
}

function paletteLuminance(dataSet: DataSet): Interpretation {
  const red = readLut(dataSet, tags.redPaletteDescriptor, tags.redPaletteData, false);
  const green = readLut(dataSet, tags.greenPaletteDescriptor, tags.greenPaletteData, false);
  const blue = readLut(dataSet, tags.bluePaletteDescriptor, tags.bluePaletteData, false);
  return {
    header: { ...plainRescale, bitsStored: red.bits, signed: false, inverted: false },
    apply: (values) => {
      const [r, g, b] = [applyLut(red, values), applyLut(green, values), applyLut(blue, values)];
      return r.map((value, i) => luminance(value, g[i]!, b[i]!));
    },
  };
}
