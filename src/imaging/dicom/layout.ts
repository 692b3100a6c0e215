import { GantryError } from '../../base/errors.ts';
import type { DataSet } from './dataset.ts';
import type { DicomFile } from './part10.ts';
import { tagName, tags } from './tags.ts';

/** How stored values are laid out: the Image Pixel module (PS3.3 C.7.6.3), checked. */
export interface PixelLayout {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: number;
  /** Colour by plane (1) or by pixel (0). */
  readonly planar: boolean;
  /** As PS3.3 C.7.6.3.1.2 defines it, or "unknown": what else a file may say may stand in no message. */
  readonly photometric: string;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly kind: 'integer' | 'float32' | 'float64';
}

/** No frame may take more than this, decoded; a header that claims more is refused before anything is allocated. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/** Reads and checks the layout. Throws NO_PIXELS, TRUNCATED, CORRUPT or TOO_LARGE. */
export function layoutOf(file: DicomFile): PixelLayout {
  const { dataSet } = file;
  const kind = pixelKind(dataSet);
  if (kind === undefined) {
    if (file.truncated) throw new GantryError('TRUNCATED', 'The file ends before its pixel data.');
    throw new GantryError('NO_PIXELS', 'The DICOM file has no pixel data.');
  }
  const rows = required(dataSet, tags.rows);
  const columns = required(dataSet, tags.columns);
  const bitsAllocated = required(dataSet, tags.bitsAllocated);
  const samples = dataSet.number(tags.samplesPerPixel) ?? 1;
  const bitsStored = kind === 'integer' ? (dataSet.number(tags.bitsStored) ?? bitsAllocated) : bitsAllocated;
  const highBit = kind === 'integer' ? highBitOf(dataSet, bitsAllocated, bitsStored) : bitsAllocated - 1;
  const frames = frameCount(dataSet);
  if (rows === 0 || columns === 0) throw new GantryError('CORRUPT', 'The image has no rows or no columns.');
  if (samples !== 1 && samples !== 3 && samples !== 4) {
    throw new GantryError('CORRUPT', `The image has ${samples} samples per pixel.`);
  }
  const widest = kind === 'float64' ? 64 : 32;
  if (bitsAllocated < 1 || bitsAllocated > widest || bitsStored < 1 || bitsStored > bitsAllocated) {
    throw new GantryError('UNSUPPORTED_PIXELS', `${bitsStored} of ${bitsAllocated} bits cannot be read.`);
  }
  if (rows * columns * samples * Math.max(1, bitsAllocated / 8) > MAX_FRAME_BYTES) {
    throw new GantryError('TOO_LARGE', `A frame of ${columns} × ${rows} is larger than 256 MiB.`);
  }
  checkFrames(file, frames, rows * columns * bitsAllocated * (samples === 3 ? 2 : samples));
  return {
    rows,
    columns,
    frames,
    samples,
    planar: dataSet.number(tags.planarConfiguration) === 1,
    photometric: photometricOf(dataSet),
    bitsAllocated,
    bitsStored,
    highBit,
    signed: kind === 'integer' && dataSet.number(tags.pixelRepresentation) === 1,
    kind,
  };
}

function pixelKind(dataSet: DataSet): PixelLayout['kind'] | undefined {
  if (dataSet.has(tags.pixelData)) return 'integer';
  if (dataSet.has(tags.floatPixelData)) return 'float32';
  return dataSet.has(tags.doubleFloatPixelData) ? 'float64' : undefined;
}

/** A high bit that the stored bits do not fit below says nothing; the standard's only value is then believed. */
function highBitOf(dataSet: DataSet, bitsAllocated: number, bitsStored: number): number {
  const told = dataSet.number(tags.highBit) ?? -1;
  return told >= bitsStored - 1 && told < bitsAllocated ? told : bitsStored - 1;
}

const photometrics =
  /^(MONOCHROME[12]|PALETTE COLOR|RGB|ARGB|CMYK|HSV|XYB|YBR_(FULL|FULL_422|PARTIAL_420|PARTIAL_422|ICT|RCT))$/;

function photometricOf(dataSet: DataSet): string {
  const text = (dataSet.string(tags.photometricInterpretation) ?? 'MONOCHROME2').toUpperCase();
  return photometrics.test(text) ? text : 'unknown';
}

function required(dataSet: DataSet, tag: number): number {
  const value = dataSet.number(tag);
  if (value === undefined || !Number.isInteger(value) || value < 0) {
    throw new GantryError('CORRUPT', `The image lacks a usable ${tagName(tag)}.`);
  }
  return value;
}

function frameCount(dataSet: DataSet): number {
  const text = dataSet.string(tags.numberOfFrames);
  if (text === undefined) return 1;
  const frames = Number(text);
  if (!Number.isInteger(frames) || frames < 0) {
    throw new GantryError('CORRUPT', 'Number of Frames (0028,0008) is not a number.');
  }
  // Zero is written by some for "not a multi-frame image".
  return Math.max(1, frames);
}

/** A number of frames that the pixel data cannot hold is refused before anything is made for each frame. */
function checkFrames(file: DicomFile, frames: number, frameBits: number): void {
  const { dataSet } = file;
  const element =
    dataSet.get(tags.pixelData) ?? dataSet.get(tags.floatPixelData) ?? dataSet.get(tags.doubleFloatPixelData);
  if (element === undefined) return;
  // An encapsulated frame takes an item header at least.
  const least = element.undefinedLength ? frames * 8 : Math.ceil((frames * frameBits) / 8);
  if (element.length < least) {
    throw new GantryError('TRUNCATED', `${element.length} bytes of pixel data cannot hold ${frames} frames.`);
  }
}
