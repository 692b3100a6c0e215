import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../base/folders.ts';

/** A file under a temporary name that takes its real name, complete, or leaves nothing. */
export interface AtomicFile {
  /** Descriptor of the temporary file. */
  readonly fd: number;
  /** Writes all bytes at the end. */
  write(bytes: Uint8Array): void;
  /** Flushes to the disk and renames. */
  commit(): void;
  /** Removes the temporary file; harmless after commit. */
  discard(): void;
}

/** Flushes a folder's entries, where the platform can. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Windows opens no folders; the rename itself is journalled there.
  }
}

/** Writes all of `bytes`; one call of write may write less. */
export function writeFully(fd: number, bytes: Uint8Array, position: number | null = null): void {
  let done = 0;
  while (done < bytes.byteLength) {
    done += writeSync(fd, bytes, done, bytes.byteLength - done, position === null ? null : position + done);
  }
}

/** Starts an atomic write of `file`; its folder is made when missing. */
export function openAtomic(file: string, mode = 0o644): AtomicFile {
  makeFolders(dirname(file));
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const fd = openSync(temporary, 'wx', mode);
  let open = true;
  const close = () => {
    if (open) closeSync(fd);
    open = false;
  };
  let finished = false;
  return {
    fd,
    write: (bytes) => writeFully(fd, bytes),
    commit: () => {
      fsyncSync(fd);
      close();
      renameSync(temporary, file);
      finished = true;
      syncFolder(dirname(file));
    },
    discard: () => {
      close();
      if (!finished) rmSync(temporary, { force: true });
      finished = true;
    },
  };
}

/** Writes a whole file so that a reader sees the old content or the new, never a part. */
export function writeFileAtomic(file: string, content: string | Uint8Array, mode = 0o644): void {
  const target = openAtomic(file, mode);
  try {
    target.write(typeof content === 'string' ? Buffer.from(content) : content);
    target.commit();
  } finally {
    target.discard();
  }
}
