import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { inspectImage } from '../../imaging/index.ts';
import type { Inspection } from '../../imaging/types.ts';

/** Larger files are not read into memory whole. */
export const maxFileBytes = 2 ** 31;

export type InspectItem =
  | ({ readonly path: string } & Inspection)
  | { readonly path: string; readonly code: string; readonly reason: string };

async function readAll(path: string): Promise<Uint8Array> {
  const info = await stat(path);
  if (info.isDirectory()) throw new GantryError('NOT_AN_IMAGE', 'This is a folder; inspect takes files.');
  if (!info.isFile()) throw new GantryError('NOT_AN_IMAGE', 'This is not a regular file.');
  if (info.size > maxFileBytes) {
    throw new GantryError('TOO_LARGE', `The file has ${info.size} bytes; at most ${maxFileBytes} are read.`);
  }
  const bytes = new Uint8Array(info.size);
  let at = 0;
  for await (const chunk of createReadStream(path)) {
    const part = chunk as Uint8Array;
    bytes.set(part.subarray(0, bytes.length - at), at);
    at += part.length;
  }
  return bytes.subarray(0, Math.min(at, bytes.length));
}

/** What one file holds; a file that cannot be decoded gives its code and reason, never an exception. */
export async function inspectFile(path: string): Promise<InspectItem> {
  try {
    return { path, ...(await inspectImage(await readAll(path), path)) };
  } catch (thrown) {
    const { code, message } = toGantryError(thrown);
    return { path, code, reason: message };
  }
}
