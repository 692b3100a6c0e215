import { toGantryError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../workspace/index.ts';

/** Writes a file of the user's, whole or not at all. @throws DISK_FULL, UNREADABLE, IO */
export function writeOut(file: string, bytes: Uint8Array): void {
  try {
    writeFileAtomic(file, bytes);
  } catch (error) {
    throw toGantryError(error);
  }
}
