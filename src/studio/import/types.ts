import type { ReadOptions, StackMember } from '../../imaging/index.ts';
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
  /** "survey": only to say which slices the DICOM files hold, so that volumes can be put together. */
  readonly task: 'import' | 'survey';
  readonly secret: Uint8Array;
  readonly rules: ReadRules;
  /** Undefined where slices get no labels. Known files are then read again, so that their slices get them. */
  readonly labels: LabelRules | undefined;
  /** Source keys (hex) of files that the dataset has. */
  readonly known: readonly string[];
}

/** Where a worker finds a file. */
export interface FileSite {
  readonly path: string;
  readonly relative: string;
  readonly given: string;
  readonly entry?: ArchiveEntry;
  readonly place?: number;
}

export interface FileOrder extends FileSite {
  readonly type: 'file';
  readonly id: number;
  /** The files of a volume that is to be cut, this one the first of them. */
  readonly members?: readonly VolumeMember[];
}

export interface VolumeMember extends FileSite {
  readonly sourceKey: Uint8Array;
  readonly slices: readonly StackMember[];
}

/** A slice of a DICOM file as a survey tells it. */
export interface SurveyedSlice extends StackMember {
  readonly seriesKey: string;
  readonly acquisition: number;
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
  | {
      readonly type: 'surveyed';
      readonly id: number;
      readonly sourceKey: Uint8Array;
      readonly slices: readonly SurveyedSlice[];
    }
  /** A member of a volume that cannot be read; nothing of the volume was sent. */
  | {
      readonly type: 'unfit';
      readonly id: number;
      readonly member: number;
      readonly code: string;
      readonly reason: string;
    }
  | { readonly type: 'rejected'; readonly id: number; readonly code: string; readonly reason: string };

/** What a worker says of a file. */
export type FileReport = Exclude<WorkerReport, { type: 'ready' }>;
