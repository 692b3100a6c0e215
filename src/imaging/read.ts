import { GantryError } from '../base/errors.ts';
import { inspectDicom, isDicom, readDicom, readDicomHeaders } from './dicom/index.ts';
import { inspectNifti, isNifti, readNifti, readNiftiHeaders } from './nifti/index.ts';
import { inspectRaster, type RasterKind, rasterKind, readRaster } from './raster/index.ts';
import type { Inspection, ReadOptions, Slice, SliceHeader } from './types.ts';

export type ImageKind = 'dicom' | 'nifti' | RasterKind;

/** What names claim, for an error that says so. */
const claims = [
  [/\.nii(\.gz)?$/i, 'NIfTI'],
  [/\.(dcm|ima)$/i, 'DICOM'],
  [/\.png$/i, 'PNG'],
  [/\.tiff?$/i, 'TIFF'],
  [/\.jpe?g$/i, 'JPEG'],
] as const;

/** Containers that hold images but are none, by their first bytes. */
const containers = [
  [[0x50, 0x4b, 0x03, 0x04], 'ZIP'],
  [[0x50, 0x4b, 0x05, 0x06], 'ZIP'],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], '7-Zip'],
  [[0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], 'RAR'],
  [[0x1f, 0x8b], 'gzip'],
  [[0x42, 0x5a, 0x68], 'bzip2'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz'],
] as const;

/** What kind of file these bytes are, by content; the name only decides what the error says. */
export function detectKind(bytes: Uint8Array, name: string): ImageKind {
  const raster = rasterKind(bytes);
  // A DICOM file may have a TIFF header in its preamble.
  if (isDicom(bytes)) return 'dicom';
  if (raster !== undefined) return raster;
  if (isNifti(bytes)) return 'nifti';
  if (bytes.length === 0) throw new GantryError('NOT_AN_IMAGE', 'The file is empty.');
  const container = containers.find(([magic]) => magic.every((byte, i) => bytes[i] === byte))?.[1];
  if (container !== undefined) {
    throw new GantryError('UNSUPPORTED_ARCHIVE', `The file is a ${container} archive, not an image.`, {
      action: 'Unpack it first, and import the folder. ZIP archives are read where their names end in .zip.',
    });
  }
  const claimed = claims.find(([pattern]) => pattern.test(name))?.[1];
  const claim = claimed === undefined ? '' : ` though its name says ${claimed}`;
  throw new GantryError('NOT_AN_IMAGE', `The file is none of DICOM, NIfTI, PNG, TIFF and JPEG${claim}.`);
}

/**
 * Reads the slices of a file that is in memory, one at a time, so that memory stays bounded by one frame
 * (NIfTI: by one file). Each slice's pixels are the caller's own.
 *
 * @param name only used for what an error says
 * @throws GantryError NOT_AN_IMAGE, UNSUPPORTED_ARCHIVE, NO_PIXELS, TRUNCATED, CORRUPT, TOO_LARGE,
 *   UNSUPPORTED_SYNTAX, UNSUPPORTED_PIXELS, at the first or a later step of the iteration
 */
export async function* readImage(
  bytes: Uint8Array,
  name: string,
  options: ReadOptions = {},
): AsyncGenerator<Slice> {
  const kind = detectKind(bytes, name);
  if (kind === 'dicom') yield* readDicom(bytes, options);
  else if (kind === 'nifti') yield* readNifti(bytes, options);
  else yield* readRaster(bytes, kind, options);
}

/**
 * The headers of the slices that `readImage` would give, in its order, without decoding the pixels of DICOM and
 * NIfTI files.
 */
export function readHeaders(bytes: Uint8Array, name: string, options: ReadOptions = {}): SliceHeader[] {
  const kind = detectKind(bytes, name);
  if (kind === 'dicom') return readDicomHeaders(bytes, options);
  if (kind === 'nifti') return readNiftiHeaders(bytes, options);
  return [...readRaster(bytes, kind, options)].map(({ header }) => header);
}

/** Decodes all of a file and describes its values. Throws as `readImage` does. */
export async function inspectImage(bytes: Uint8Array, name: string): Promise<Inspection> {
  const kind = detectKind(bytes, name);
  if (kind === 'dicom') return inspectDicom(bytes);
  return kind === 'nifti' ? inspectNifti(bytes) : inspectRaster(bytes, kind);
}
