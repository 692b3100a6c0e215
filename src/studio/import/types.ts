import type { ReadOptions } from '../../imaging/index.ts';
import type { IncomingSlice, Privacy } from '../../workspace/index.ts';
import type { ArchiveEntry } from './archive.ts';
import type { LabelRules } from './labels/join.ts';

export interface Rejection {
  /** Relative to the folder that was given. For the caller only: never logged, never stored. */
  readonly path: string;
  readonly code: string;
  readonly reason: string;
}

/** How subjects are told apart: see `subjectRule`. */
export interface ReadRules {
  readonly subjectFrom: string;
  readonly plane?: ReadOptions['plane'];
  readonly volume?: ReadOptions['volume'];
  readonly colour?: ReadOptions['colour'];
  readonly privacy: Privacy;
}

/** What a worker is started with. */
export interface WorkerStart {
  readonly secret: Uint8Array;
  readonly rules: ReadRules;
  /** Undefined where slices get no labels. Known files are then read again, so that their slices get them. */
  readonly labels: LabelRules | undefined;
  /** Source keys (hex) of files that the dataset has. */
  readonly known: readonly string[];
}

export interface FileOrder {
  readonly type: 'file';
  readonly id: number;
  readonly path: string;
  readonly relative: string;
  readonly given: string;
  readonly entry?: ArchiveEntry;
  readonly place?: number;
}

export type WorkerOrder =
  | FileOrder
  /** A part has been stored, and `taken` bytes of shared memory are free again. */
  | { readonly type: 'stored'; readonly taken: number };

export type WorkerReport =
  /** The worker has started. */
  | { readonly type: 'ready' }
  /** The dataset has all of this file. */
  | { readonly type: 'known'; readonly id: number; readonly sourceKey: Uint8Array }
  /** Some of a file's slices; `total` on the last part. */
  | {
      readonly type: 'slices';
      readonly id: number;
      readonly sourceKey: Uint8Array;
      readonly slices: readonly IncomingSlice[];
      readonly bytes: number;
      /** Shared memory that the slices lie in, to be given back. */
      readonly taken: number;
      readonly total: number | null;
      /** Lines of the table of labels that slices of the part are from, and slices that no line is about. */
      readonly lines: readonly number[];
      readonly withoutLine: number;
    }
  | { readonly type: 'rejected'; readonly id: number; readonly code: string; readonly reason: string };

/** What a worker says of a file. */
export type FileReport = Exclude<WorkerReport, { type: 'ready' }>;
