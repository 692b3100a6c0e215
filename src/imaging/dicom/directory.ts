import { GantryError } from '../../base/errors.ts';
import { isDicom, parseDicom } from './part10.ts';
import { tags } from './tags.ts';

/**
 * The files that a DICOMDIR names (PS3.3 F.3.2.2, Referenced File ID): each as the parts of a path below the folder
 * of the DICOMDIR. Parts that would lead elsewhere are refused.
 * @throws NOT_AN_IMAGE for another file, CORRUPT
 */
export function referencedFiles(bytes: Uint8Array): string[][] {
  if (!isDicom(bytes)) throw new GantryError('NOT_AN_IMAGE', 'The DICOMDIR is not a DICOM file.');
  const { dataSet } = parseDicom(bytes);
  if (!dataSet.has(tags.directoryRecordSequence)) {
    throw new GantryError('NOT_AN_IMAGE', 'The DICOMDIR has no directory records.');
  }
  const files: string[][] = [];
  for (const record of dataSet.items(tags.directoryRecordSequence)) {
    const parts = record.strings(tags.referencedFileId).filter((part) => part !== '');
    if (parts.length === 0) continue;
    if (parts.some((part) => part === '.' || part === '..' || /[/\\\0:]/.test(part))) {
      throw new GantryError('CORRUPT', 'The DICOMDIR names a file outside of its folder.');
    }
    files.push(parts);
  }
  return files;
}
