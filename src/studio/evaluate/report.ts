/** What an evaluation finds, as it is written to report.json and drawn in report.html. */

import type { CardTexts } from '../../base/cardTexts.ts';
import type { ReaderStudy } from '../study/summary.ts';

/** The sets that every figure is given for, in the order of the report. */
export const setNames = ['synthetic', 'floor', 'blurred', 'noisy', 'repeated'] as const;
export type SetName = (typeof setNames)[number];

export interface Measured {
  readonly value: number;
  /** 95 % interval, where there is one. */
  readonly low?: number;
  readonly high?: number;
}

export interface Figure {
  readonly id: string;
  /** "Kernel distance (KID)" */
  readonly name: string;
  /** Feature space, as it is named to the reader; empty for figures of pixels. */
  readonly space: string;
  /** How a good set shows: a low value, a high one, or one near `target`. */
  readonly good: 'low' | 'high' | 'near';
  readonly target?: number;
  /** One sentence: what the figure sees. */
  readonly meaning: string;
  readonly note?: string;
  readonly sets: Partial<Record<SetName, Measured>>;
}

export interface NearCopy {
  /** Place in the synthetic set. */
  readonly slice: number;
  readonly name: string;
  /** Slice of the dataset (its number in the workspace). */
  readonly twin: number;
  readonly distance: number;
  readonly flip: string;
  readonly dx: number;
  readonly dy: number;
}

export interface Copying {
  readonly threshold: number;
  /** Slices of other subjects that set the threshold. */
  readonly calibratedOn: number;
  readonly trainSearched: number;
  readonly judged: number;
  readonly nearCopies: readonly NearCopy[];
  readonly share: Measured;
  /** What the same test says of held-out slices, which cannot be copies; null without held-out subjects. */
  readonly falseAlarms: (Measured & { readonly of: number }) | null;
  /** C_T; null where it cannot be told. */
  readonly dataCopying: number | null;
  readonly authenticity: { readonly synthetic: number; readonly floor: number | null };
  /** Membership inference by distance, in each space it was tried in; empty where it cannot be told. */
  readonly membership: readonly {
    readonly space: string;
    /** Area under the curve, 0.5 when the set tells nothing of who was trained on. */
    readonly attack: Measured;
    /** The same between training subjects alone, with the range that chance gives it. */
    readonly control: Measured;
  }[];
}

export interface Plausible {
  readonly limit: number;
  readonly implausible: number;
  /** Synthetic slices, the most plausible first, with their scores. */
  readonly order: readonly { readonly slice: number; readonly name: string; readonly score: number }[];
}

export interface Subgroup {
  readonly by: string;
  readonly group: string;
  readonly real: number;
  readonly subjects: number;
  readonly coverage: Measured;
  /** Coverage of the same slices by the floor set. */
  readonly floorCoverage: number | null;
  readonly realShare: number;
  readonly syntheticShare: number;
  /** Synthetic slices of the group: by their own label, or by the nearest training slice. */
  readonly synthetic: number;
  /** Kernel distance of the group's slices on pixels and gradients; null where one side has too few. */
  readonly kid: Measured | null;
  readonly floorKid: number | null;
  readonly msSsimGap: number | null;
  /** C_T of the group. */
  readonly dataCopying: number | null;
  /** Near-copies whose twin is of the group. */
  readonly nearCopies: number;
  readonly warnings?: readonly string[];
}

/** What a classifier learns from synthetic slices. Balanced accuracy on held-out real slices throughout. */
export interface Utility {
  readonly label: string;
  readonly classes: readonly string[];
  readonly seeds: number;
  readonly trained: { readonly real: number; readonly synthetic: number };
  readonly tested: { readonly slices: number; readonly subjects: number };
  /** How the synthetic slices came to their labels. */
  readonly labelsFrom: 'the run' | 'a classifier of the real slices';
  readonly chance: number;
  readonly real: Measured;
  readonly synthetic: Measured;
  readonly both: Measured;
  /** Real and synthetic together less real alone. */
  readonly gain: Measured;
}

export interface Report {
  readonly kind: 'gantry-evaluation';
  readonly version: 1;
  readonly createdAt: string;
  readonly application: string;
  /** What was judged, in words, and its figures. */
  readonly judged: Readonly<Record<string, string | number>>;
  readonly dataset: {
    readonly name: string;
    readonly hash: string;
    readonly trainSlices: number;
    readonly trainSubjects: number;
    readonly heldOutSlices: number;
    readonly heldOutSubjects: number;
  };
  readonly settings: { readonly size: number; readonly seed: number; readonly compared: number };
  /** Plain sentences, the most important first. */
  readonly findings: readonly string[];
  /** What could not be told, and why. */
  readonly limits: readonly string[];
  readonly figures: readonly Figure[];
  readonly spectra: Partial<Record<SetName | 'reference', readonly number[]>>;
  readonly copying: Copying | null;
  readonly plausibility: Plausible | null;
  readonly subgroups: readonly Subgroup[];
  readonly utility: Utility | null;
  /** Finished reader studies of the run; empty for slices of a folder. */
  readonly readerStudies: readonly ReaderStudy[];
  /** What the makers of the run say of it in its model card; null for slices of a folder. */
  readonly stated: CardTexts | null;
}
