import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { GantryError } from '../../base/errors.ts';
import { type Workspace, writeFileAtomic } from '../../workspace/index.ts';
import { type ReviewSetRecord, ReviewStore, type VerdictRecord } from '../../workspace/reviews.ts';
import type { BuiltReview, ReviewRequest } from './build.ts';
import { type RealPoint, type ReviewSlice, reviewFileSchema } from './types.ts';

const infoSchema = z.object({
  /** Folder of the set's files. */
  folder: z.string().regex(/^[0-9a-f]{16}$/),
  copyThreshold: z.number().nullable(),
});

export interface ReviewSet extends ReviewSetRecord {
  readonly copyThreshold: number | null;
  readonly reviewSlices: readonly ReviewSlice[];
  readonly real: readonly RealPoint[];
  readonly verdicts: ReadonlyMap<number, VerdictRecord>;
}

/** Generated slices that lie ready for review, and what readers said of them. */
export class ReviewSets {
  readonly store: ReviewStore;
  private readonly ws: Workspace;

  constructor(ws: Workspace) {
    this.ws = ws;
    this.store = new ReviewStore(ws);
  }

  close(): void {
    this.store.close();
  }

  list(): { readonly set: ReviewSetRecord; readonly judged: number; readonly rejected: number }[] {
    return this.store.sets().map((set) => {
      const said = this.counted(set);
      return {
        set,
        judged: said.length,
        rejected: said.filter(({ verdict }) => verdict === 'reject').length,
      };
    });
  }

  private counted({ run, checkpoint, seed, slices }: ReviewSetRecord): VerdictRecord[] {
    const all = this.store.verdicts(run, checkpoint, seed);
    return [...all.values()].filter(({ slice, verdict }) => verdict !== 'none' && slice < slices);
  }

  /** @throws NOT_FOUND, CORRUPT */
  get(id: number): ReviewSet {
    const set = this.store.set(id);
    const { folder, copyThreshold } = infoSchema.parse(set.info);
    const file = join(this.store.setDir(folder), 'slices.json');
    const { slices, real } = reviewFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return {
      ...set,
      copyThreshold,
      reviewSlices: slices,
      real,
      verdicts: this.store.verdicts(set.run, set.checkpoint, set.seed),
    };
  }

  /** Keeps a set that was built. @returns its number */
  keep({ run, count, seed }: ReviewRequest, built: BuiltReview): number {
    const folder = randomBytes(8).toString('hex');
    const dir = this.store.setDir(folder);
    const hold = this.ws.acquireWriter();
    try {
      writeFileAtomic(join(dir, 'pixels.u16'), built.pixels);
      writeFileAtomic(join(dir, 'slices.json'), JSON.stringify({ slices: built.slices, real: built.real }));
      return this.store.addSet({
        run,
        checkpoint: built.checkpoint,
        seed,
        slices: count,
        size: built.size,
        info: { folder, copyThreshold: built.copyThreshold },
      });
    } finally {
      hold.release();
    }
  }

  /** Forgets a set; what was said of its slices is kept and counts for exports. */
  remove(id: number): void {
    const { folder } = infoSchema.parse(this.store.set(id).info);
    this.store.removeSet(id);
    rmSync(this.store.setDir(folder), { recursive: true, force: true });
  }

  /** @throws NOT_FOUND for a set or slice that is not there */
  judge(id: number, verdict: Pick<VerdictRecord, 'slice' | 'verdict' | 'reason' | 'note' | 'reader'>): void {
    const { run, checkpoint, seed, slices } = this.store.set(id);
    if (verdict.slice >= slices) throw new GantryError('NOT_FOUND', 'The review set has no such slice.');
    this.store.addVerdict({ run, checkpoint, seed, ...verdict });
  }

  /** Raw 16-bit values of a slice. @throws NOT_FOUND, CORRUPT */
  pixels(id: number, slice: number): { readonly set: ReviewSetRecord; readonly values: Uint16Array } {
    const set = this.store.set(id);
    if (slice >= set.slices) throw new GantryError('NOT_FOUND', 'The review set has no such slice.');
    const { folder } = infoSchema.parse(set.info);
    const bytes = new Uint8Array(set.size * set.size * 2);
    const fd = openSync(join(this.store.setDir(folder), 'pixels.u16'), 'r');
    try {
      const got = readSync(fd, bytes, 0, bytes.byteLength, slice * bytes.byteLength);
      if (got < bytes.byteLength)
        throw new GantryError('CORRUPT', 'The pixels of the review set are cut off.');
    } finally {
      closeSync(fd);
    }
    return { set, values: new Uint16Array(bytes.buffer) };
  }
}

/** Slices of a seed, the first `count` of them, that a reader rejected: exports and studies leave them out. */
export function rejectedSlices(
  ws: Workspace,
  run: string,
  checkpoint: number,
  seed: number,
  count = Number.POSITIVE_INFINITY,
): Set<number> {
  using store = new ReviewStore(ws);
  const verdicts = store.verdicts(run, checkpoint, seed);
  return new Set(
    [...verdicts.values()].flatMap((v) => (v.verdict === 'reject' && v.slice < count ? [v.slice] : [])),
  );
}
