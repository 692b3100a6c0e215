import { client } from '../../../lib/client.ts';
import { sendOne } from '../../../lib/upload.ts';

/** Saves what an address gives under a name of the user's. */
export async function saveFile(url: string, name: string): Promise<void> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The file could not be made (${answer.status}).`);
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Sends a study's file or a reader's answers to the studio, which takes it in. */
export async function takeFile(file: File) {
  return client.studies.take({ uploadId: await sendOne(file) });
}

/** A name that every file system takes. */
export function fileName(name: string, ending: string): string {
  const plain = name
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N} ._-]+/gu, '-')
    .trim();
  return `${plain || 'study'}${ending}`;
}
