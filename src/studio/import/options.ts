import type { ReadOptions } from '../../imaging/index.ts';
import type { Privacy } from '../../workspace/index.ts';
import type { Rejection } from './types.ts';

export interface ImportOptions {
  /** Files and folders. */
  readonly paths: readonly string[];
  readonly dataset: string;
  /**
   * "identity" (default): a DICOM patient (without a usable Patient ID: a study), a BIDS `sub-` label, otherwise
   * one NIfTI file. "folder": the first folder below the given one. Otherwise a regular expression on the path
   * below the given folder, whose first group is the subject. Fixed by a dataset's first import; a pattern is not
   * kept as text and must be given again.
   */
  readonly subjectFrom?: string | undefined;
  /** Plane to cut volumes into; default as acquired. */
  readonly plane?: ReadOptions['plane'] | undefined;
  /** Volume of a 4-D file, 0-based; "all": each is a series. */
  readonly volume?: ReadOptions['volume'] | undefined;
  /** Colour and palette images are refused, or become luminance when the user agrees. */
  readonly colour?: ReadOptions['colour'] | undefined;
  /** Table of labels (CSV) to be joined by subject, series or file; columns to take of it, default all. */
  readonly labels?: string | undefined;
  readonly labelColumns?: readonly string[] | undefined;
  /** Labels out of paths: "folder", "parent", or a regular expression (see `LabelRules`). */
  readonly labelFrom?: string | undefined;
  /** Part of the subjects to hold out, 0 .. 1; default: none below five subjects, a fifth from there on. */
  readonly heldOut?: number | undefined;
  /** Seed of the split. This and the held-out part are fixed by a dataset's first import. */
  readonly splitSeed?: number | undefined;
  /** What is kept of persons and scanners; fixed by a dataset's first import, default as `defaultPrivacy`. */
  readonly privacy?: Partial<Privacy> | undefined;
  /** Worker threads; default one a core. */
  readonly workers?: number | undefined;
}

export interface ImportProgress {
  readonly filesDone: number;
  readonly filesTotal: number;
  /** Slices added so far. */
  readonly slices: number;
  readonly elapsedMs: number;
  /** Estimate; null in the beginning. */
  readonly remainingMs: number | null;
}

export interface ImportHooks {
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Told of every file that cannot be used, as it is found. */
  readonly onReject?: ((rejection: Rejection) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
