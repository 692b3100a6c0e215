import { uploadUrl } from '../../src/contract/media.ts';
import { client } from './client.ts';

/** A file that the page holds, and its names from the top of what the user chose. */
export interface SentFile {
  readonly path: readonly string[];
  readonly file: File;
}

/** Files under way at a time. */
const lanes = 4;

/** Files of an input element; a folder's come with their path. */
export function filesOfInput(list: FileList): SentFile[] {
  return [...list].map((file) => ({
    path: file.webkitRelativePath === '' ? [file.name] : file.webkitRelativePath.split('/'),
    file,
  }));
}

/** Everything below what was dropped, folders walked through. */
export async function filesOfDrop(items: DataTransferItemList): Promise<SentFile[]> {
  // The list is empty as soon as the event is over: the entries are taken before anything is waited for.
  const dropped = [...items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: SentFile[] = [];
  for (const { entry, file } of dropped) {
    if (entry !== null) await walk(entry, [], found);
    else if (file !== null) found.push({ path: [file.name], file });
  }
  return found;
}

async function walk(entry: FileSystemEntry, above: readonly string[], found: SentFile[]): Promise<void> {
  const path = [...above, entry.name];
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A folder is given in pieces; an empty one is the end.
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (piece.length === 0) return;
    for (const child of piece) await walk(child, path, found);
  }
}

export class SendError extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/**
 * Sends files to an upload, a few at a time.
 * @throws SendError when one is refused, AbortError
 */
export async function sendFiles(
  uploadId: string,
  files: readonly SentFile[],
  signal: AbortSignal,
  onSent: (sent: number) => void,
): Promise<void> {
  let next = 0;
  let sent = 0;
  const lane = async () => {
    for (let i = next++; i < files.length; i = next++) {
      const { path, file } = files[i]!;
      const answer = await fetch(uploadUrl(uploadId, path), { method: 'PUT', body: file, signal });
      if (!answer.ok) throw new SendError(answer.status, (await answer.text()).trim());
      onSent(++sent);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** A name that the studio takes for a dataset, made out of a folder's. */
export function datasetNameOf(name: string): string {
  const plain = name
    .replace(/\.(nii(\.gz)?|dcm|zip)$/i, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, 64);
  return plain === '' ? 'scans' : plain;
}

/** Sends one file into an upload of its own and gives that. The studio never learns the file's name. */
export async function sendOne(file: File): Promise<string> {
  const { uploadId } = await client.imports.beginUpload();
  const answer = await fetch(uploadUrl(uploadId, ['file']), { method: 'PUT', body: file });
  if (answer.ok) return uploadId;
  await client.imports.discardUpload({ uploadId });
  throw new SendError(answer.status, (await answer.text()).trim());
}
