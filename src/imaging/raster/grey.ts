import { GantryError } from '../../base/errors.ts';
import type { ReadOptions, StoredPixels } from '../types.ts';
import type { Picture } from './picture.ts';

/** Grey values of a picture. */
interface Grey {
  readonly pixels: StoredPixels;
  readonly bits: number;
}

const rgbWeights = [0.299, 0.587, 0.114] as const;

/**
 * Grey values as they are stored. Colours whose channels are equal everywhere are grey values written three times
 * and are taken as such; a palette of greys likewise. Real colour, and transparency that hides something, are
 * refused, or become luminance (ITU-R BT.601) over black if the options say so.
 * @throws UNSUPPORTED_PIXELS
 */
export function greyOf(picture: Picture, options: ReadOptions): Grey {
  const { palette, paletteBits = 8 } = picture;
  if (palette !== undefined) return fromPalette(picture, palette, paletteBits, options);
  const { samples, pixels, bits } = picture;
  if (samples === 1) return { pixels, bits };
  const colours = samples > 2 ? 3 : 1;
  const alpha = samples === 2 || samples === 4;
  const opaque = picture.signed || bits > 16 ? undefined : 2 ** bits - 1;
  const isColour = colours === 3 && !hasEqualChannels(pixels, samples);
  const isClear = alpha && hasTransparency(pixels, samples, opaque);
  if (isColour) refuse(options, 'The picture is in colour (RGB), not in grey values.');
  if (isClear) refuse(options, 'The picture has transparent parts (an alpha channel).');
  const out = pixels.slice(0, pixels.length / samples);
  for (let i = 0, at = 0; i < out.length; i++, at += samples) {
    const value = isColour ? weighted(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!) : pixels[at]!;
    const shown = isClear && opaque !== undefined ? (value * pixels[at + samples - 1]!) / opaque : value;
    out[i] = isInteger(out) ? Math.round(shown) : shown;
  }
  return { pixels: out, bits };
}

function weighted(r: number, g: number, b: number): number {
  return rgbWeights[0] * r + rgbWeights[1] * g + rgbWeights[2] * b;
}

function isInteger(pixels: StoredPixels): boolean {
  return !(pixels instanceof Float32Array || pixels instanceof Float64Array);
}

function refuse({ colour }: ReadOptions, message: string): void {
  if (colour === 'luminance') return;
  throw new GantryError('UNSUPPORTED_PIXELS', message, {
    action: 'Import with --colour-to-luminance if brightness is what you want.',
  });
}

function hasEqualChannels(pixels: StoredPixels, samples: number): boolean {
  for (let at = 0; at < pixels.length; at += samples) {
    const value = pixels[at];
    if (pixels[at + 1] !== value || pixels[at + 2] !== value) return false;
  }
  return true;
}

function hasTransparency(pixels: StoredPixels, samples: number, opaque: number | undefined): boolean {
  if (opaque === undefined) return false;
  for (let at = samples - 1; at < pixels.length; at += samples) if (pixels[at] !== opaque) return true;
  return false;
}

function fromPalette(
  { pixels }: Picture,
  palette: NonNullable<Picture['palette']>,
  bits: 8 | 16,
  options: ReadOptions,
): Grey {
  if (palette.some(([r, g, b]) => r !== g || g !== b)) {
    refuse(options, 'The picture is in colours of a palette, not in grey values.');
  }
  const table = palette.map(([r, g, b]) => (r === g && g === b ? r : Math.round(weighted(r, g, b))));
  const out = bits === 8 ? new Uint8Array(pixels.length) : new Uint16Array(pixels.length);
  for (let i = 0; i < out.length; i++) {
    const value = table[pixels[i]!];
    if (value === undefined)
      throw new GantryError('CORRUPT', 'The picture uses a colour that its palette lacks.');
    out[i] = value;
  }
  return { pixels: out, bits };
}
