import { GantryError } from '../../../base/errors.ts';
import { parseCsv } from './csv.ts';

/** What a row of a table is about. */
export type LabelKey = 'subject' | 'series' | 'file';
export type Labels = Readonly<Record<string, string>>;

/** A table of labels, made ready for looking up. It names people and files: it stays in memory. */
export interface LabelTable {
  readonly by: LabelKey;
  readonly columns: readonly string[];
  /** By the text of the key column: line of the row in the file, and its labels. */
  readonly rows: ReadonlyMap<string, { readonly line: number; readonly labels: Labels }>;
  /** Columns that were left out because they may name a person. */
  readonly leftOut: readonly string[];
}

/** Names of key columns, in lower case without spaces and signs. The first kind that is there counts. */
const keyNames: readonly (readonly [LabelKey, readonly string[]])[] = [
  ['file', ['file', 'filename', 'filepath', 'path', 'image', 'imageid', 'imagename']],
  ['series', ['series', 'seriesuid', 'seriesinstanceuid', 'seriesid']],
  [
    'subject',
    ['subject', 'subjectid', 'patient', 'patientid', 'participant', 'participantid', 'case', 'caseid', 'id'],
  ],
];

/** Columns that are not taken unless they are asked for. */
const identifying =
  /name|birth|\bdob\b|\bmrn\b|address|street|phone|mail|accession|\bdate|date\b|\bssn\b|\bnhs\b|insurance|postal|\bzip\b|comment|remark|\bnote/i;

const longestValue = 64;
/** More different texts than this in a column are names or notes, no classes. */
const mostClasses = 200;

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}

function usage(message: string, action?: string): GantryError {
  return new GantryError('USAGE', message, action === undefined ? {} : { action });
}

/** Names of label columns are shown and typed: letters, digits, spaces and `. _ -`. */
function columnName(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._ -]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 40);
}

/**
 * Reads a table of labels: a header line, one key column (file, series or subject; BIDS' participants.tsv too), and
 * label columns. Columns that may name a person are left out unless `wanted` names them.
 * @param wanted label columns to take; default all others
 * @throws USAGE for a table that is none, without a key column, with two rows for a key that differ, or with free
 *   text; messages hold line numbers and names of columns, nothing else of the table
 */
export function labelTable(bytes: Uint8Array, wanted?: readonly string[]): LabelTable {
  const [header, ...body] = parseCsv(bytes);
  if (header === undefined) throw usage('The table of labels is empty.');
  const names = header.fields.map(columnName);
  const found = keyNames.flatMap(([by, known]) => {
    const at = names.findIndex((name) => known.includes(plain(name)));
    return at < 0 ? [] : [{ by, at }];
  });
  const [key] = found;
  if (key === undefined) {
    throw usage(
      'The table of labels has no column that says what its rows are about.',
      'Call one column file, series or subject.',
    );
  }
  const keys = new Set(found.map(({ at }) => at));
  const missing = wanted?.find((name) => !names.includes(columnName(name)));
  if (missing !== undefined) throw usage(`The table of labels has no column "${missing}".`);
  const leftOut: string[] = [];
  const taken = names.flatMap((name, at) => {
    if (keys.has(at) || name === '') return [];
    if (wanted !== undefined) return wanted.some((one) => columnName(one) === name) ? [{ name, at }] : [];
    if (!identifying.test(name)) return [{ name, at }];
    leftOut.push(name);
    return [];
  });
  if (new Set(taken.map(({ name }) => name)).size < taken.length) {
    throw usage('The table of labels has two columns of one name.');
  }
  if (taken.length === 0)
    throw usage('The table of labels has no column of labels.', 'Name them by --label-columns.');
  const rows = new Map<string, { line: number; labels: Labels }>();
  const classes = new Map(taken.map(({ name }) => [name, new Set<string>()]));
  for (const { line, fields } of body) {
    if (fields.length > names.length)
      throw usage(`Line ${line} of the table of labels has more fields than the first.`);
    const id = fields[key.at] ?? '';
    if (id === '') throw usage(`Line ${line} of the table of labels has no ${key.by}.`);
    const labels: Record<string, string> = {};
    for (const { name, at } of taken) {
      const value = fields[at] ?? '';
      // "n/a" is BIDS' word for an empty field.
      if (value === '' || /^(n\/a|na|nan)$/i.test(value)) continue;
      const known = classes.get(name)!;
      if (!isNumber(value)) known.add(value);
      if (value.length > longestValue || known.size > mostClasses) {
        throw usage(
          `Column "${name}" of the table of labels holds free text or names (line ${line}).`,
          'Name the columns to take by --label-columns.',
        );
      }
      labels[name] = value;
    }
    const same = key.by === 'file' ? id.replaceAll('\\', '/').replace(/^\.\//, '') : id;
    const before = rows.get(same);
    if (before !== undefined && JSON.stringify(before.labels) !== JSON.stringify(labels)) {
      throw usage(
        `Lines ${before.line} and ${line} of the table of labels are about one ${key.by} and differ.`,
      );
    }
    if (before === undefined) rows.set(same, { line, labels });
  }
  return { by: key.by, columns: taken.map(({ name }) => name), rows, leftOut };
}
