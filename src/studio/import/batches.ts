import type { IncomingFile, Ingest } from '../../workspace/index.ts';
import type { FileReport } from './types.ts';

/** Slices are stored together when they have come to this size, or after this time. */
const batchBytes = 4 * 1024 * 1024;
const batchMs = 50;
/** How often what is stored is flushed to the disk. */
const flushMs = 5000;

/** Gathers slices and stores them in few transactions; acknowledges them to their workers. */
export class Batches {
  added = 0;
  already = 0;
  private readonly ingest: Ingest;
  private onConflict: (id: number) => void = () => {};
  private onFailure: (error: unknown) => void = () => {};
  /** The first failure of a flush, which may come after the last file. */
  private failure: unknown;
  private waiting: { file: IncomingFile; id: number; stored: () => void }[] = [];
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private flushedAt = performance.now();
  private flushing: Promise<void> = Promise.resolve();

  constructor(ingest: Ingest) {
    this.ingest = ingest;
  }

  /**
   * @param onConflict told of a file with slices that the dataset has with other pixels
   * @param onFailure told when storing or flushing fails outside of `push` and `store`
   */
  listen(onConflict: (id: number) => void, onFailure: (error: unknown) => void): void {
    this.onConflict = onConflict;
    this.onFailure = (error) => {
      this.failure ??= error;
      onFailure(error);
    };
  }

  push(report: Extract<FileReport, { type: 'slices' }>, stored: () => void): void {
    const file: IncomingFile = {
      sourceKey: report.sourceKey,
      slices: report.slices,
      ...(report.total === null ? {} : { total: report.total }),
    };
    this.waiting.push({ file, id: report.id, stored });
    this.bytes += report.bytes;
    if (this.bytes >= batchBytes) this.store();
    else {
      this.timer ??= setTimeout(() => {
        try {
          this.store();
        } catch (error) {
          this.onFailure(error);
        }
      }, batchMs);
    }
  }

  /** @throws DISK_FULL, with the batch left out as a whole; also what failed earlier, when nobody was asking */
  store(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.waiting;
    this.waiting = [];
    this.bytes = 0;
    this.throwEarlier();
    if (batch.length === 0) return;
    const counts = this.ingest.add(batch.map(({ file }) => file));
    this.added += counts.added;
    this.already += counts.already;
    for (const index of counts.conflicting) this.onConflict(batch[index]!.id);
    for (const { stored } of batch) stored();
    if (performance.now() - this.flushedAt > flushMs) {
      this.flushedAt = performance.now();
      this.flushing = this.flushing.then(() => this.ingest.flush()).catch(this.onFailure);
    }
  }

  /** Drops what is not stored, flushes what is, and lets the files go. @throws as `store` */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.waiting = [];
    try {
      await this.flushing;
      await this.ingest.flush();
      this.throwEarlier();
    } finally {
      this.ingest.close();
    }
  }

  private throwEarlier(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}
