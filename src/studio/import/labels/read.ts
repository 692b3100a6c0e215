import { readFile, stat } from 'node:fs/promises';
import { GantryError, toGantryError } from '../../../base/errors.ts';
import { type LabelTable, labelTable } from './table.ts';

const mostBytes = 64 * 1024 * 1024;

/** Reads a table of labels from a file. @throws NOT_FOUND, TOO_LARGE, USAGE (see `labelTable`) */
export async function readLabelTable(path: string, columns?: readonly string[]): Promise<LabelTable> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > mostBytes) throw new GantryError('TOO_LARGE', 'The table of labels is larger than 64 MiB.');
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new GantryError('NOT_FOUND', 'The table of labels does not exist.', { cause: error });
    }
    throw toGantryError(error);
  }
  return labelTable(bytes, columns);
}
