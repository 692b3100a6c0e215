import { datasetLabels, type LabelValue, labelValues } from '../../dataset/index.ts';
import { quantileOf, sorted } from '../../metrics/index.ts';
import type { Workspace } from '../../workspace/index.ts';

/** Names of the groups of some slices; undefined where a slice is in none. */
export type GroupOf = (string | undefined)[];

/** A property by which slices are told apart, and the group that a value of it belongs to. */
export interface Grouping {
  /** As the reader knows it: "slice position". */
  readonly by: string;
  /** As the dataset's labels name it: "third"; undefined for what is no label. */
  readonly label: string | undefined;
  groupOf(sliceIds: readonly number[]): GroupOf;
  /** Group of a value of the label. */
  named(value: LabelValue): string | undefined;
}

const words: Readonly<Record<string, string>> = {
  third: 'slice position',
  bodyPart: 'body part',
  ageBand: 'age',
  model: 'scanner model',
  fieldStrength: 'field strength',
};

/** Numbers are told apart by these many groups of about equal size. */
const bins = 3;
/** Of a label with more values than this, only the most frequent are groups. */
const mostGroups = 12;

function rounded(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

/** "1 to 4", by quantiles of the values that the dataset has. */
function binned(values: readonly number[]): (value: number) => string {
  const ascending = sorted(values);
  const edges = Array.from({ length: bins + 1 }, (_, i) => quantileOf(ascending, i / bins));
  return (value) => {
    let at = 0;
    while (at < bins - 1 && value >= edges[at + 1]!) at++;
    return `${rounded(edges[at]!)} to ${rounded(edges[at + 1]!)}`;
  };
}

/** The properties of a dataset's slices that have two groups or more; labels of all kinds, and few series one by one. */
export function groupings(ws: Workspace, dataset: string): Grouping[] {
  // The place itself is told by its third.
  const labels = datasetLabels(ws, dataset).filter(({ name }) => name !== 'position');
  const { bySlice } = labelValues(
    ws,
    dataset,
    labels.map(({ name }) => name),
  );
  const found = labels.flatMap((label, place): Grouping[] => {
    const numbers = [...bySlice.values()].map((row) => row[place]).filter((v) => typeof v === 'number');
    const bin = label.kind === 'continuous' ? binned(numbers) : undefined;
    const known = new Set(label.values.slice(0, mostGroups).map(({ value }) => value));
    if (bin === undefined && label.values.length < 2) return [];
    const named = (value: LabelValue) => {
      if (value === null) return undefined;
      if (bin !== undefined) return typeof value === 'number' ? bin(value) : undefined;
      const text = String(value);
      if (!known.has(text)) return undefined;
      return label.name === 'third' ? `${text} third` : text;
    };
    return [
      {
        by: words[label.name] ?? label.name,
        label: label.name,
        named,
        groupOf: (sliceIds) => sliceIds.map((id) => named(bySlice.get(id)?.[place] ?? null)),
      },
    ];
  });
  const series = ws.series(dataset);
  // Few series are worth a look one by one; hundreds are not.
  if (series.length < 2 || series.length > mostGroups) return found;
  const labelOf = new Map(series.map(({ id, label }) => [id, label.slice(0, 8)]));
  const seriesOf = new Map(ws.slices(dataset).map((slice) => [slice.id, slice.series]));
  return [
    ...found,
    {
      by: 'series',
      label: undefined,
      named: () => undefined,
      groupOf: (sliceIds) => sliceIds.map((id) => labelOf.get(seriesOf.get(id) ?? -1)),
    },
  ];
}
