import { createWriteStream } from 'node:fs';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { stagingFolder } from './staging.ts';

/** Kept free on the workspace's disk. */
const reserveBytes = 512 * 1024 * 1024;
const mostFileBytes = 8 * 1024 ** 3;
const mostFiles = 500_000;
const mostOpen = 8;

interface Upload {
  readonly folder: string;
  files: number;
}

/**
 * Files that a page sends, kept in the workspace's folder under their own names (they may tell subjects apart)
 * until they are imported or given up, readable for this user alone.
 */
export class Uploads {
  private readonly dir: string;
  private readonly open = new Map<string, Upload>();

  constructor(workspaceDir: string) {
    this.dir = workspaceDir;
  }

  /** @throws USAGE when too many are open */
  async begin(): Promise<string> {
    if (this.open.size >= mostOpen) {
      throw new GantryError('USAGE', 'Too many uploads are open.', {
        action: 'Wait until one was imported.',
      });
    }
    const { id, folder } = stagingFolder(this.dir, 'upload');
    this.open.set(id, { folder, files: 0 });
    try {
      await mkdir(folder, { mode: 0o700 });
    } catch (error) {
      this.open.delete(id);
      throw toGantryError(error);
    }
    return id;
  }

  /**
   * Takes one file.
   * @param path names from the top, as the page's folder has them
   * @throws NOT_FOUND, USAGE (names, too many), TOO_LARGE, DISK_FULL, IO
   */
  async receive(uploadId: string, path: readonly string[], bytes: Readable): Promise<void> {
    const upload = this.upload(uploadId);
    if (path.length === 0 || path.length > 64 || path.some((name) => !isPlainName(name))) {
      throw new GantryError('USAGE', 'A file of this name cannot be sent.');
    }
    if (++upload.files > mostFiles)
      throw new GantryError('USAGE', 'These are too many files for one upload.');
    const { bavail, bsize } = await statfs(upload.folder);
    const most = Math.min(mostFileBytes, bavail * bsize - reserveBytes);
    const file = join(upload.folder, ...path);
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await pipeline(bytes, atMost(most), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      await rm(file, { force: true }).catch(() => {});
      throw toGantryError(error);
    } finally {
      // Given up while this file was on its way, which made the folder anew.
      if (!this.open.has(uploadId)) await rm(upload.folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** The folder with the files that were sent. @throws NOT_FOUND */
  folder(uploadId: string): string {
    return this.upload(uploadId).folder;
  }

  /** Removes what was sent; harmless for one that is gone. */
  async discard(uploadId: string): Promise<void> {
    const upload = this.open.get(uploadId);
    this.open.delete(uploadId);
    if (upload !== undefined) await rm(upload.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async close(): Promise<void> {
    await Promise.all([...this.open.keys()].map((id) => this.discard(id)));
  }

  private upload(uploadId: string): Upload {
    const upload = this.open.get(uploadId);
    if (upload === undefined) throw new GantryError('NOT_FOUND', 'This upload is no longer open.');
    return upload;
  }
}

/** A name that every file system takes as a name and as nothing else. */
function isPlainName(name: string): boolean {
  return (
    name.length > 0 &&
    Buffer.byteLength(name) <= 255 &&
    name !== '.' &&
    name !== '..' &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
    !/[/\\:*?"<>|\u0000-\u001f]/.test(name)
  );
}

function atMost(most: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.byteLength;
      if (seen <= most) done(null, chunk);
      else
        done(
          most < mostFileBytes
            ? new GantryError('DISK_FULL', 'The disk of the workspace has no room for these files.')
            : new GantryError('TOO_LARGE', 'The file is too large to be sent from a page.', {
                action: 'Import it from a folder: gantry serve --allow FOLDER, or gantry import.',
              }),
        );
    },
  });
}
