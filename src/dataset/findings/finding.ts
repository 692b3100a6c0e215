import type { DatasetRecord, SeriesRecord } from '../../workspace/index.ts';
import type { Thumbnail } from '../duplicates.ts';

export const severities = ['problem', 'warning', 'note'] as const;
export type Severity = (typeof severities)[number];

/** Rules by which slices can be excluded; each is what a finding is about. */
export const sliceRules = [
  'duplicates',
  'near-duplicates',
  'leaks',
  'outliers',
  'outlier-series',
  'empty',
  'other-modalities',
  'other-planes',
  'other-contrasts',
  'other-matrices',
  'other-spacings',
] as const;
export type SliceRule = (typeof sliceRules)[number];

/** Something that a user should know of a dataset, with what to do about it. */
export interface Finding {
  /** Stable: "duplicates-across-subjects", "mixed-planes", … */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
  /** All slices that the finding is about. */
  readonly slices: readonly number[];
  /** The rule that sets aside what the finding is about, if a rule can. */
  readonly rule: SliceRule | null;
  /** The slices that the rule sets aside: of repeats all but one, of a mixture all but the commonest kind. */
  readonly excludes: readonly number[];
}

/** What the findings are made from: the used slices as small images, and their series. */
export interface Inventory {
  readonly dataset: DatasetRecord;
  readonly series: readonly SeriesRecord[];
  /** In the dataset's order. */
  readonly thumbnails: readonly Thumbnail[];
}

export function finding(
  code: string,
  severity: Severity,
  message: string,
  advice: string,
  about: { readonly slices?: readonly number[]; rule?: SliceRule; excludes?: readonly number[] } = {},
): Finding {
  const slices = [...new Set(about.slices ?? about.excludes ?? [])];
  return {
    code,
    severity,
    message,
    advice,
    slices,
    rule: about.rule ?? null,
    excludes: [...new Set(about.excludes ?? [])],
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
