import type { ErrorCode } from '../../base/errors.ts';
import type { Bound } from './execute.ts';

/** What one shard of a run reads and writes; all of it in shared memory. */
export interface ShardJob {
  readonly feeds: readonly Bound[];
  readonly fetches: readonly Bound[];
}

/** Run model `id` on the jobs, one after the other; the model comes with the first order that names it. */
export interface LaneOrder {
  readonly id: number;
  readonly model?: Uint8Array;
  readonly jobs: readonly ShardJob[];
}

export type LaneReply = { ok: true } | { ok: false; code: ErrorCode; message: string };
