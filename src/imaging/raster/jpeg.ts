import { GantryError } from '../../base/errors.ts';
import { decodeJpeg } from '../codecs/jpeg/dct.ts';
import { decodeJpegLossless } from '../codecs/jpeg/lossless.ts';
import { jpegFrameHeader } from '../codecs/markers.ts';
import type { StoredPixels } from '../types.ts';
import { exifOrientation } from './exif.ts';
import { checkPictureSize, type Picture } from './picture.ts';
import { turned } from './turn.ts';

/** Decoding holds coefficients and samples of 16 bits beside the result. */
const mostSamples = 96 * 1024 * 1024;
/** A block of 64 equal samples takes four bits at least; a progressive one may be left out of scans. */
const mostExpansion = 2000;

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** The transform that Adobe's APP14 segment names: 0 none, 1 YCbCr, 2 YCCK; undefined without the segment. */
function adobeTransform(bytes: Uint8Array): number | undefined {
  for (let at = 2; at + 4 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (marker === 0xda) return undefined;
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 9));
    if (marker === 0xee && length >= 14 && name === 'Adobe') return bytes[at + 15];
    at += 2 + length;
  }
  return undefined;
}

/** JFIF: full-range YCbCr of BT.601, rounded and clamped, in place. */
function toRgb(samples: Uint8Array | Uint16Array, top: number): void {
  const middle = (top + 1) / 2;
  const clamp = (value: number) => Math.min(top, Math.max(0, Math.round(value)));
  for (let at = 0; at < samples.length; at += 3) {
    const y = samples[at]!;
    const cb = samples[at + 1]! - middle;
    const cr = samples[at + 2]! - middle;
    samples[at] = clamp(y + 1.402 * cr);
    samples[at + 1] = clamp(y - 0.344136 * cb - 0.714136 * cr);
    samples[at + 2] = clamp(y + 1.772 * cb);
  }
}

/**
 * Decodes a JPEG picture of grey values or colours: baseline, extended, progressive and lossless. CMYK is refused.
 * It is turned as its EXIF orientation says.
 * @throws CORRUPT, TRUNCATED, TOO_LARGE, UNSUPPORTED_SYNTAX, UNSUPPORTED_PIXELS
 */
export function readJpeg(bytes: Uint8Array): Picture {
  const { marker, precision, width, height, components } = jpegFrameHeader(bytes);
  if (components !== 1 && components !== 3) {
    throw new GantryError('UNSUPPORTED_PIXELS', `JPEG of ${components} components (CMYK?) cannot be used.`);
  }
  if (width * height * components > mostSamples) {
    throw new GantryError('TOO_LARGE', `A JPEG of ${width} × ${height} is larger than Gantry decodes.`);
  }
  checkPictureSize(width, height, components * 8, bytes.length, mostExpansion);
  if (marker === 0xf7)
    throw new GantryError('UNSUPPORTED_SYNTAX', 'JPEG-LS pictures outside DICOM are not read.');
  const decode = marker === 0xc3 ? decodeJpegLossless : decodeJpeg;
  const pixels: StoredPixels = decode(bytes, {
    rows: height,
    columns: width,
    samples: components,
    bitsAllocated: precision > 8 ? 16 : 8,
    bitsStored: precision,
    photometric: components === 1 ? 'MONOCHROME2' : 'YBR_FULL',
  });
  if (pixels instanceof Uint32Array) throw new GantryError('CORRUPT', 'The JPEG has too many bits.');
  if (components === 3 && adobeTransform(bytes) !== 0 && marker !== 0xc3) toRgb(pixels, 2 ** precision - 1);
  const picture: Picture = {
    ...{ rows: height, columns: width, samples: components, bits: precision, signed: false, inverted: false },
    pixels,
  };
  return turned(picture, exifOrientation(bytes));
}
