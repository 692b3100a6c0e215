import { closeSync, fdatasync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GantryError, toGantryError } from '../base/errors.ts';
import { writeFully } from './atomic.ts';
import { diskFull } from './db.ts';

/** A new shard is begun when the last one has grown to this size, bytes. */
const shardBytes = 256 * 1024 * 1024;
const openReaders = 16;

export interface ShardPlace {
  readonly shard: number;
  /** Bytes from the start of the shard. */
  readonly offset: number;
}

function shardFile(folder: string, shard: number): string {
  return join(folder, `${String(shard).padStart(6, '0')}.shard`);
}

/** Reads slices' bytes from `content/slices/*.shard`, a few files open at a time. */
export class ShardReader {
  private readonly folder: string;
  private readonly open = new Map<number, number>();

  constructor(folder: string) {
    this.folder = folder;
  }

  private descriptor(shard: number): number {
    const known = this.open.get(shard);
    if (known !== undefined) return known;
    for (const [oldest, fd] of this.open) {
      if (this.open.size < openReaders) break;
      closeSync(fd);
      this.open.delete(oldest);
    }
    let fd: number;
    try {
      fd = openSync(shardFile(this.folder, shard), 'r');
    } catch (error) {
      throw new GantryError(
        'WORKSPACE_INVALID',
        `Shard ${shard} of the workspace's slices cannot be opened.`,
        {
          action: "Restore the workspace's content folder from a backup.",
          cause: error,
        },
      );
    }
    this.open.set(shard, fd);
    return fd;
  }

  /** Fills `target` from a place. */
  read(place: ShardPlace, target: Uint8Array): void {
    let done = 0;
    while (done < target.byteLength) {
      const fd = this.descriptor(place.shard);
      const got = readSync(fd, target, done, target.byteLength - done, place.offset + done);
      if (got === 0) {
        throw new GantryError('WORKSPACE_INVALID', `Shard ${place.shard} of the workspace ends too early.`, {
          action: "Restore the workspace's content folder from a backup.",
        });
      }
      done += got;
    }
  }

  close(): void {
    for (const fd of this.open.values()) closeSync(fd);
    this.open.clear();
  }
}

const sync = promisify(fdatasync);

/**
 * Appends slices. It starts where the database says that the content ends, so bytes that a killed import left
 * behind are overwritten, and a slice counts only when its row is committed.
 */
export class ShardAppender {
  private readonly folder: string;
  private fd: number | undefined;
  private shard: number;
  private end: number;

  constructor(folder: string, end: ShardPlace) {
    this.folder = folder;
    this.shard = end.shard;
    this.end = end.offset;
  }

  /** Where the next slice goes. */
  place(): ShardPlace {
    return { shard: this.shard, offset: this.end };
  }

  append(bytes: Uint8Array): ShardPlace {
    try {
      if (this.end >= shardBytes) {
        if (this.fd !== undefined) fdatasyncSync(this.fd);
        this.closeFile();
        this.shard++;
        this.end = 0;
      }
      if (this.fd === undefined) {
        mkdirSync(this.folder, { recursive: true });
        this.fd = openSync(shardFile(this.folder, this.shard), this.end === 0 ? 'w+' : 'r+');
      }
      writeFully(this.fd, bytes, this.end);
    } catch (error) {
      const coded = toGantryError(error);
      throw coded.code === 'DISK_FULL' ? diskFull(error) : coded;
    }
    const place = this.place();
    this.end += bytes.byteLength;
    return place;
  }

  /** Forgets what was appended after `place` and gives its space back: on a full disk SQLite needs some. */
  rollback(place: ShardPlace): void {
    if (place.shard !== this.shard) {
      this.closeFile();
      this.shard = place.shard;
    }
    this.end = place.offset;
    if (this.fd !== undefined) ftruncateSync(this.fd, place.offset);
  }

  /** Flushes to the disk what has been appended to the shard at hand. */
  async flush(): Promise<void> {
    if (this.fd !== undefined) await sync(this.fd);
  }

  private closeFile(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  close(): void {
    this.closeFile();
  }
}
