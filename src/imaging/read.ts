import { GantryError } from '../base/errors.ts';
import { inspectDicom, isDicom, readDicom, readDicomHeaders } from './dicom/index.ts';
import { inspectNifti, isNifti, readNifti, readNiftiHeaders } from './nifti/index.ts';
import type { Inspection, ReadOptions, Slice, SliceHeader } from './types.ts';

export type ImageKind = 'dicom' | 'nifti';

/** What kind of file these bytes are, by content; the name only decides what the error says. */
export function detectKind(bytes: Uint8Array, name: string): ImageKind {
  if (isDicom(bytes)) return 'dicom';
  if (isNifti(bytes)) return 'nifti';
  if (bytes.length === 0) throw new GantryError('NOT_AN_IMAGE', 'The file is empty.');
  const claim = /\.nii(\.gz)?$/i.test(name)
    ? ' though its name says NIfTI'
    : /\.(dcm|ima)$/i.test(name)
      ? ' though its name says DICOM'
      : '';
  throw new GantryError('NOT_AN_IMAGE', `The file is neither DICOM nor NIfTI${claim}.`);
}

/**
 * Reads the slices of a file that is in memory, one at a time, so that memory stays bounded by one frame
 * (NIfTI: by one file). Each slice's pixels are the caller's own.
 *
 * @param name only used for what an error says
 * @throws GantryError NOT_AN_IMAGE, NO_PIXELS, TRUNCATED, CORRUPT, TOO_LARGE, UNSUPPORTED_SYNTAX,
 *   UNSUPPORTED_PIXELS, at the first or a later step of the iteration
 */
export async function* readImage(
  bytes: Uint8Array,
  name: string,
  options: ReadOptions = {},
): AsyncGenerator<Slice> {
  yield* detectKind(bytes, name) === 'dicom' ? readDicom(bytes, options) : readNifti(bytes, options);
}

/** The headers of the slices that `readImage` would give, in its order, without decoding pixels. */
export function readHeaders(bytes: Uint8Array, name: string, options: ReadOptions = {}): SliceHeader[] {
  return detectKind(bytes, name) === 'dicom'
    ? readDicomHeaders(bytes, options)
    : readNiftiHeaders(bytes, options);
}

/** Decodes all of a file and describes its values. Throws as `readImage` does. */
export async function inspectImage(bytes: Uint8Array, name: string): Promise<Inspection> {
  return detectKind(bytes, name) === 'dicom' ? inspectDicom(bytes) : inspectNifti(bytes);
}
