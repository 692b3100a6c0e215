import { GantryError } from '../../base/errors.ts';
import { type LabelValues, labelValues } from '../../dataset/index.ts';
import { type Conditions, type ConditionValues, encodeLabels, labelColumns } from '../../gan/index.ts';
import type { Workspace } from '../../workspace/index.ts';

/** Slices that a class needs, for networks to learn what it looks like. */
const leastSlicesOfClass = 8;
const mostClasses = 64;
/** Steps that a continuous label is rounded to in the table of what occurs together. */
const steps = 32;

type Label = Conditions['labels'][number];

function bad(message: string, action: string): GantryError {
  return new GantryError('BAD_LABEL', message, { action });
}

function labelOf(name: string, kind: 'class' | 'continuous', values: readonly (string | number)[]): Label {
  if (kind === 'continuous') {
    const numbers = values.map(Number);
    const low = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const high = numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    if (!(high > low)) {
      throw bad(
        `The training slices have one value of "${name}" only.`,
        'A condition needs slices that differ in it; choose another label.',
      );
    }
    return { kind, name, low, high };
  }
  const counts = new Map<string, number>();
  for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  if (counts.size < 2) {
    throw bad(
      `The training slices have ${counts.size === 0 ? 'no value' : 'one value'} of "${name}"${counts.size === 0 ? '' : ' only'}.`,
      'A condition needs slices that differ in it; choose another label.',
    );
  }
  const rare = [...counts].filter(([, n]) => n < leastSlicesOfClass).map(([value, n]) => `${value} (${n})`);
  if (counts.size > mostClasses || rare.length > 0) {
    const few = rare.slice(0, 5).join(', ');
    throw bad(
      counts.size > mostClasses
        ? `"${name}" has ${counts.size} classes; at most ${mostClasses} can be told apart.`
        : `"${name}" has classes with fewer than ${leastSlicesOfClass} training slices: ${few}.`,
      'Import more slices of them, set those slices aside, or choose a label with fewer classes.',
    );
  }
  return { kind, name, values: [...counts.keys()].sort() };
}

/** A slice's labels as a run knows them; null for what it has not, or the run has not seen. */
export function conditionValuesOf(
  labels: readonly Label[],
  raw: readonly (string | number | null)[],
): ConditionValues {
  return labels.map((label, i) => {
    const value = raw[i] ?? null;
    if (value === null) return null;
    if (label.kind === 'continuous') return Number(value);
    const place = label.values.indexOf(String(value));
    return place < 0 ? null : place;
  });
}

/** A value as it stands in the table of combinations. */
function rounded(label: Label, value: number | null): number | null {
  if (value === null || label.kind === 'class') return value;
  const { low, high } = label;
  const step = Math.min(steps - 1, Math.floor(((value - low) / (high - low)) * steps));
  return low + ((step + 0.5) / steps) * (high - low);
}

/**
 * What a run on these training slices can be told, from the dataset's labels.
 * @param sliceIds training slices, in any order
 * @throws BAD_LABEL for a label with one value, with too many classes or with classes of too few slices; BAD_CONFIG
 *   for a label that the dataset has not
 */
export function conditionsFor(
  ws: Workspace,
  dataset: string,
  names: readonly string[],
  balanced: boolean,
  sliceIds: readonly number[],
): { readonly conditions: Conditions; readonly hash: string } {
  const known = labelValues(ws, dataset, names);
  const rows = sliceIds.map((id) => known.bySlice.get(id) ?? names.map(() => null));
  const labels = known.labels.map(({ name, kind }, i) =>
    labelOf(
      name,
      kind,
      rows.flatMap((row) => row[i] ?? []),
    ),
  );
  const columns = labels.reduce((sum, label) => sum + (label.kind === 'class' ? label.values.length : 1), 0);
  if (columns * leastSlicesOfClass > sliceIds.length) {
    throw bad(
      `${sliceIds.length} training slices cannot bear ${columns} classes of ${names.length} labels.`,
      `There should be ${columns * leastSlicesOfClass} slices at least; name fewer labels.`,
    );
  }
  const counts = new Map<string, { values: (number | null)[]; slices: number }>();
  for (const row of rows) {
    const values = conditionValuesOf(labels, row).map((value, i) => rounded(labels[i]!, value));
    const key = JSON.stringify(values);
    const found = counts.get(key);
    if (found) found.slices++;
    else counts.set(key, { values, slices: 1 });
  }
  return { conditions: { labels, combinations: [...counts.values()], balanced }, hash: known.hash };
}

/** The labels of a cache's images as the trainer is told them. @throws BAD_CONFIG for a label that is gone */
export function encodedLabels(
  ws: Workspace,
  dataset: string,
  conditions: Conditions,
  sliceIds: readonly number[],
): { columns: number; rows: Float32Array; balance: number[] | null; hash: string } {
  const names = conditions.labels.map(({ name }) => name);
  const known: LabelValues = labelValues(ws, dataset, names);
  const columns = labelColumns(conditions);
  const rows = new Float32Array(sliceIds.length * columns);
  const groups = new Map<string, number>();
  const balance = sliceIds.map((id, i) => {
    const values = conditionValuesOf(conditions.labels, known.bySlice.get(id) ?? names.map(() => null));
    rows.set(encodeLabels(conditions, values), i * columns);
    const key = values.map((value, j) => (conditions.labels[j]!.kind === 'class' ? value : '')).join();
    if (!groups.has(key)) groups.set(key, groups.size);
    return groups.get(key)!;
  });
  return { columns, rows, balance: conditions.balanced ? balance : null, hash: known.hash };
}
