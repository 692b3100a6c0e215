import type { SplitSide, Workspace } from '../../workspace/index.ts';
import { eachLabelledSlice, type LabelledSlice, type LabelName, labelValueOf, namesOf } from './values.ts';

export interface LabelCount {
  readonly slices: number;
  readonly subjects: number;
}

/** Counts of used slices, and of the subjects that they are of, in all and by side of the split. */
export interface SideCounts extends LabelCount {
  readonly train: LabelCount;
  readonly heldOut: LabelCount;
}

export interface DatasetLabel extends LabelName {
  /** Of a class label: its classes, the most frequent first. Empty for a continuous one. */
  readonly values: readonly (SideCounts & { readonly value: string })[];
  /** Of a continuous label: range and mean over the slices that have it. null for a class label. */
  readonly range: { readonly low: number; readonly high: number; readonly mean: number } | null;
  /** Slices with the label. */
  readonly labelled: SideCounts;
  /** Slices without it; a conditional network must be told of them, or leave them out. */
  readonly missing: SideCounts;
}

function countsOf(slices: readonly LabelledSlice[]): SideCounts {
  const count = (some: readonly LabelledSlice[]): LabelCount => ({
    slices: some.length,
    subjects: new Set(some.map(({ subject }) => subject)).size,
  });
  const of = (wanted: SplitSide) => count(slices.filter(({ side }) => side === wanted));
  return { ...count(slices), train: of('train'), heldOut: of('heldOut') };
}

function describe(label: LabelName, slices: readonly LabelledSlice[]): DatasetLabel {
  const groups = Map.groupBy(slices, (slice) => labelValueOf(slice, label));
  const missing = countsOf(groups.get(null) ?? []);
  groups.delete(null);
  const labelled = countsOf([...groups.values()].flat());
  if (label.kind === 'class') {
    const values = [...groups].map(([value, some]) => ({ value: String(value), ...countsOf(some) }));
    values.sort((a, b) => b.slices - a.slices || (a.value < b.value ? -1 : 1));
    return { ...label, values, range: null, labelled, missing };
  }
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const [value, some] of groups) {
    low = Math.min(low, Number(value));
    high = Math.max(high, Number(value));
    sum += Number(value) * some.length;
  }
  return { ...label, values: [], range: { low, high, mean: sum / labelled.slices }, labelled, missing };
}

/**
 * The labels that the used slices of a dataset have, for conditional training and for tables of counts:
 * from the files' headers (modality, sequence, bodyPart, laterality, sex, ageBand, manufacturer, model,
 * fieldStrength), from geometry (plane; position 0 .. 1 in the volume and its third), and from a table or folder
 * names given to the import. Labels that no slice has are left out; values of the slices: `labelValues`.
 * @throws NOT_FOUND
 */
export function datasetLabels(ws: Workspace, dataset: string): DatasetLabel[] {
  const slices = [...eachLabelledSlice(ws, dataset)];
  return namesOf(slices).map((label) => describe(label, slices));
}
