import { createHash } from 'node:crypto';
import { GantryError } from '../../base/errors.ts';
import type {
  SeriesRecord,
  SliceRecord,
  SplitSide,
  SubjectRecord,
  Workspace,
} from '../../workspace/index.ts';
import { placesInVolume } from './position.ts';

/** A class's name, a number of a continuous label, or null where a slice has none. */
export type LabelValue = string | number | null;
export type LabelKind = 'class' | 'continuous';
/** "attribute": of the file's header; "geometry": of the slice's place; "table": of a CSV or of folder names. */
export type LabelOrigin = 'attribute' | 'geometry' | 'table';

/** Labels that files and geometry give, in the order in which they are listed. */
const builtIn = [
  'modality',
  'sequence',
  'bodyPart',
  'laterality',
  'plane',
  'sex',
  'ageBand',
  'manufacturer',
  'model',
  'fieldStrength',
  'position',
  'third',
] as const;
type BuiltIn = (typeof builtIn)[number];

/** A label of the table with numbers only, and more of them than this, is continuous. */
const mostNumericClasses = 12;

/** A used slice with all its labels. */
export interface LabelledSlice {
  readonly slice: number;
  readonly subject: number;
  readonly side: SplitSide;
  readonly values: ReadonlyMap<string, string | number>;
}

/** What is known of a label before its values are counted. */
export interface LabelName {
  readonly name: string;
  readonly kind: LabelKind;
  readonly origin: LabelOrigin;
}

function attributesOf(series: SeriesRecord, subject: SubjectRecord | undefined): Map<BuiltIn, string> {
  const { attributes, plane } = series;
  const found: Record<Exclude<BuiltIn, 'position' | 'third'>, string | undefined> = {
    modality: attributes.modality,
    sequence: attributes.sequence,
    bodyPart: attributes.bodyPart,
    laterality: attributes.laterality,
    plane: plane ?? undefined,
    sex: attributes.sex ?? subject?.attributes.sex,
    ageBand: attributes.ageBand ?? subject?.attributes.ageBand,
    manufacturer: attributes.manufacturer,
    model: attributes.model,
    fieldStrength: attributes.fieldStrengthT === undefined ? undefined : `${attributes.fieldStrengthT} T`,
  };
  const values = new Map<BuiltIn, string>();
  for (const name of builtIn) {
    if (name === 'position' || name === 'third') continue;
    const value = found[name];
    if (value !== undefined && value !== '') values.set(name, value);
  }
  return values;
}

/** The slices of a series in use, with their labels. A table's value goes before the header's of the same name. */
function labelledSeries(
  series: SeriesRecord,
  subject: SubjectRecord | undefined,
  slices: readonly SliceRecord[],
): LabelledSlice[] {
  const shared = attributesOf(series, subject);
  const places = placesInVolume(series, slices);
  return slices.flatMap((slice, i) => {
    if (slice.state !== 'used') return [];
    const values = new Map<string, string | number>(shared);
    const place = places[i];
    if (place !== undefined) values.set('position', place.position).set('third', place.third);
    for (const [name, value] of Object.entries(slice.labels ?? {})) values.set(name, value);
    return [{ slice: slice.id, subject: series.subject, side: subject?.side ?? 'train', values }];
  });
}

/** All used slices of a dataset with their labels, in the dataset's order. */
export function* eachLabelledSlice(ws: Workspace, dataset: string): Generator<LabelledSlice> {
  const subjects = new Map(ws.subjects(dataset).map((subject) => [subject.id, subject]));
  for (const series of ws.series(dataset)) {
    yield* labelledSeries(series, subjects.get(series.subject), ws.slices(dataset, { series: series.id }));
  }
}

/** "12", "-3.5", "1e3": what a spreadsheet writes for a number. */
function asNumber(text: string): number | undefined {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The labels that some slices have: those of files and geometry first, then a table's by name. */
export function namesOf(slices: readonly LabelledSlice[]): LabelName[] {
  const distinct = new Map<string, Set<string | number>>();
  for (const { values } of slices) {
    for (const [name, value] of values) {
      const known = distinct.get(name);
      if (known === undefined) distinct.set(name, new Set([value]));
      else known.add(value);
    }
  }
  const own = builtIn.flatMap((name): LabelName[] => {
    if (!distinct.has(name)) return [];
    const origin = name === 'position' || name === 'third' || name === 'plane' ? 'geometry' : 'attribute';
    return [{ name, kind: name === 'position' ? 'continuous' : 'class', origin }];
  });
  const names = new Set<string>(builtIn);
  const tables = [...distinct.keys()].filter((name) => !names.has(name)).sort();
  return [
    ...own,
    ...tables.map((name): LabelName => {
      const values = [...(distinct.get(name) ?? [])];
      const numeric = values.every((value) => asNumber(String(value)) !== undefined);
      const kind = numeric && values.length > mostNumericClasses ? 'continuous' : 'class';
      return { name, kind, origin: 'table' };
    }),
  ];
}

/** A slice's value of a label, a number for continuous ones. */
export function labelValueOf(slice: LabelledSlice, label: LabelName): LabelValue {
  const value = slice.values.get(label.name);
  if (value === undefined) return null;
  if (label.kind === 'class') return String(value);
  return typeof value === 'number' ? value : (asNumber(value) ?? null);
}

/** Labels of slices, to be joined with images by the slice's id. */
export interface LabelValues {
  readonly labels: readonly LabelName[];
  /** By slice id: a value for each of `labels`, in their order; null where the slice has none. */
  readonly bySlice: ReadonlyMap<number, readonly LabelValue[]>;
  /** Hex SHA-256 over names and values in the dataset's order: changes when any label does. */
  readonly hash: string;
}

/**
 * Values of some labels for every used slice of a dataset (an image cache's `sliceIds` are keys of `bySlice`).
 * Memory is about 200 bytes a slice.
 * @param names as `datasetLabels` gives them: "sequence", "position", a column of a table, …
 * @throws NOT_FOUND for a dataset; BAD_CONFIG for a label that no slice of it has, or for a name given twice
 */
export function labelValues(ws: Workspace, dataset: string, names: readonly string[]): LabelValues {
  if (new Set(names).size < names.length) throw new GantryError('BAD_CONFIG', 'A label is named twice.');
  const slices = [...eachLabelledSlice(ws, dataset)];
  const known = namesOf(slices);
  const labels = names.map((name) => {
    const label = known.find((one) => one.name === name);
    if (label !== undefined) return label;
    throw new GantryError('BAD_CONFIG', `No slice of the dataset "${dataset}" has a label "${name}".`, {
      action: `It has: ${known.map((one) => one.name).join(', ') || 'none'}.`,
    });
  });
  const hash = createHash('sha256').update(JSON.stringify(labels));
  const bySlice = new Map<number, readonly LabelValue[]>();
  for (const slice of slices) {
    const values = labels.map((label) => labelValueOf(slice, label));
    hash.update(JSON.stringify(values));
    bySlice.set(slice.slice, values);
  }
  return { labels, bySlice, hash: hash.digest('hex') };
}
