import { z } from 'zod';
import { GantryError } from '../base/errors.ts';
import { Random } from '../base/random.ts';

/** Knots of a continuous label: the networks see how near a value is to each (piecewise linear in the value). */
const KNOTS = 6;

/** Far above what a run is given: a model file of somebody else may claim anything. */
const mostValues = 1000;
const mostLetters = 10_000;
const mostCombinations = 1_000_000;

const name = z.string().min(1).max(mostLetters);
const classLabel = z.strictObject({
  kind: z.literal('class'),
  name,
  values: z.array(z.string().max(mostLetters)).min(2).max(mostValues),
});
const continuousLabel = z
  .strictObject({ kind: z.literal('continuous'), name, low: z.number(), high: z.number() })
  .refine(({ low, high }) => low < high, 'a continuous label runs from a lower to a higher number');

/**
 * What a conditional run is told of its slices. A value of a class label is the place of its class in `values`,
 * one of a continuous label the number itself; null = the slice has none.
 */
export const conditionsSchema = z
  .strictObject({
    labels: z
      .array(z.discriminatedUnion('kind', [classLabel, continuousLabel]))
      .min(1)
      .max(8),
    /** Which values occur together in the training data, continuous ones rounded, and in how many slices. */
    combinations: z
      .array(
        z.strictObject({
          values: z.array(z.number().nullable()).max(8),
          slices: z.number().int().positive(),
        }),
      )
      .min(1)
      .max(mostCombinations),
    /** Every combination of classes is shown equally often, instead of as often as it occurs. */
    balanced: z.boolean(),
  })
  .check(({ value: { labels, combinations }, issues }) => {
    const fits = (label: Label, value: number | null | undefined) =>
      value === null ||
      (value !== undefined &&
        (label.kind === 'class'
          ? Number.isInteger(value) && value >= 0 && value < label.values.length
          : value >= label.low && value <= label.high));
    const wrong = combinations.findIndex(
      ({ values }) => values.length !== labels.length || !labels.every((label, i) => fits(label, values[i])),
    );
    if (wrong < 0) return;
    issues.push({
      code: 'custom',
      input: combinations[wrong],
      path: ['combinations', wrong],
      message: 'its values are not those of the labels',
    });
  });
export type Conditions = z.infer<typeof conditionsSchema>;
type Label = Conditions['labels'][number];

/** A value for each label of a run. */
export type ConditionValues = readonly (number | null)[];

const columnsOf = (label: Label) => (label.kind === 'class' ? label.values.length : KNOTS);

/** Width of an encoded row; 0 without conditions. */
export function labelColumns(conditions: Conditions | null): number {
  return conditions === null ? 0 : conditions.labels.reduce((sum, label) => sum + columnsOf(label), 0);
}

/**
 * What the networks see: one-hot for a class, for a continuous value v the hat functions max(0, 1 - |t - k|) of
 * t = (v - low) / (high - low) (KNOTS - 1), zeros for a missing value. @returns float32 [labelColumns]
 */
export function encodeLabels(conditions: Conditions, values: ConditionValues): Float32Array {
  const row = new Float32Array(labelColumns(conditions));
  let at = 0;
  conditions.labels.forEach((label, i) => {
    const value = values[i] ?? null;
    if (value !== null && label.kind === 'class') row[at + value] = 1;
    if (value !== null && label.kind === 'continuous') {
      const share = (value - label.low) / (label.high - label.low);
      const t = Math.min(1, Math.max(0, share)) * (KNOTS - 1);
      for (let k = 0; k < KNOTS; k++) row[at + k] = Math.max(0, 1 - Math.abs(t - k));
    }
    at += columnsOf(label);
  });
  return row;
}

/**
 * Asked-for values by label name; or the very values of all labels; or all combinations in turn; or as often as in the
 * training data.
 */
export type LabelRequest = Readonly<Record<string, string>> | ConditionValues | 'balanced' | 'as-data';

const isValues = (request: LabelRequest): request is ConditionValues => Array.isArray(request);

function parseValue(label: Label, text: string): number {
  if (label.kind === 'class') {
    const place = label.values.indexOf(text);
    if (place >= 0) return place;
    throw new GantryError('BAD_CONFIG', `The run knows no value "${text}" of ${label.name}.`, {
      action: `It knows: ${label.values.join(', ')}.`,
    });
  }
  const value = Number(text);
  if (text.trim() !== '' && value >= label.low && value <= label.high) return value;
  throw new GantryError('BAD_CONFIG', `"${text}" is no value of ${label.name} that the run has seen.`, {
    action: `Ask for a number from ${label.low} to ${label.high}.`,
  });
}

/** Class part of a combination: what `balanced` treats alike. */
function classKey(conditions: Conditions, values: ConditionValues): string {
  return conditions.labels.map(({ kind }, i) => (kind === 'class' ? values[i] : '')).join();
}

/** Combinations by their classes, in the order of the configuration. */
function groupsOf(conditions: Conditions): Conditions['combinations'][] {
  return [...Map.groupBy(conditions.combinations, ({ values }) => classKey(conditions, values)).values()];
}

function drawFrom(some: Conditions['combinations'], random: Random): ConditionValues {
  let left = random.uniform() * some.reduce((sum, { slices }) => sum + slices, 0);
  for (const { values, slices } of some) {
    left -= slices;
    if (left < 0) return values;
  }
  return some[some.length - 1]!.values;
}

/**
 * The values that slice `index` of a seed is made with: a function of (seed, index) alone. Labels that are not
 * asked for come as in the training data, among the combinations that fit where there are any.
 * @throws GantryError BAD_CONFIG for a label or a value that the run does not know
 */
export function labelsOfSlice(
  conditions: Conditions,
  request: LabelRequest,
  seed: number,
  index: number,
): ConditionValues {
  const random = new Random(seed, 'labels', index);
  if (isValues(request)) return request;
  if (request === 'as-data') return drawFrom(conditions.combinations, random);
  if (request === 'balanced') {
    const groups = groupsOf(conditions);
    return drawFrom(groups[index % groups.length]!, random);
  }
  const asked = new Map<number, number>();
  for (const [name, text] of Object.entries(request)) {
    const place = conditions.labels.findIndex((label) => label.name === name);
    if (place < 0) {
      throw new GantryError('BAD_CONFIG', `The run was not trained with the label "${name}".`, {
        action: `It was with: ${conditions.labels.map((label) => label.name).join(', ')}.`,
      });
    }
    asked.set(place, parseValue(conditions.labels[place]!, text));
  }
  const fits = conditions.combinations.filter(({ values }) =>
    [...asked].every(([i, value]) => conditions.labels[i]!.kind !== 'class' || values[i] === value),
  );
  const rest = drawFrom(fits.length > 0 ? fits : conditions.combinations, random);
  return rest.map((value, i) => asked.get(i) ?? value);
}

/** What a slice of a seed is labelled with, as people read it; undefined for a run without labels. */
export function namesOfSlice(
  conditions: Conditions | null,
  request: LabelRequest | undefined,
  seed: number,
  index: number,
): Record<string, string | number> | undefined {
  if (conditions === null) return undefined;
  return nameLabels(conditions, labelsOfSlice(conditions, request ?? 'as-data', seed, index));
}

/** Values as people read them, by label name. */
export function nameLabels(conditions: Conditions, values: ConditionValues): Record<string, string | number> {
  return Object.fromEntries(
    conditions.labels.flatMap((label, i) => {
      const value = values[i] ?? null;
      if (value === null) return [];
      return [[label.name, label.kind === 'class' ? label.values[value]! : value]];
    }),
  );
}
