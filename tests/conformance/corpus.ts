import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type GantryError, toGantryError } from '../../src/base/errors.ts';
import { type Inspection, inspectImage } from '../../src/imaging/index.ts';

/** Where the real data lies; it is not part of the repository. */
export const dataRoot = process.env.GANTRY_TEST_DATA ?? resolve(import.meta.dirname, '../../../shared/data');

export type Row = Readonly<Record<string, string>>;

/** The rows of `<set>/manifest.csv`; undefined, with a loud word on stderr, when the data is not there. */
export function manifest(set: 'conformance' | 'mri' | 'nifti'): Row[] | undefined {
  const path = join(dataRoot, set, 'manifest.csv');
  if (!existsSync(path)) {
    process.stderr.write(
      `SKIPPED: no test data at ${path}. Set GANTRY_TEST_DATA to the folder that has it.\n`,
    );
    return undefined;
  }
  return parseCsv(readFileSync(path, 'utf8'));
}

export function parseCsv(text: string): Row[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    if (row.length > 1) rows.push(row);
    row = [];
  }
  const [head, ...body] = rows;
  return body.map((cells) => Object.fromEntries(head!.map((name, i) => [name, cells[i] ?? ''])));
}

export function readCorpusFile(set: string, path: string): Uint8Array {
  return readFileSync(join(dataRoot, set, path));
}

export interface Outcome {
  readonly row: Row;
  /** exact: hash equal; close: within the limits for lossy syntaxes; refused: a coded error. */
  readonly result: 'exact' | 'close' | 'different' | 'refused' | 'crashed';
  readonly inspection?: Inspection;
  readonly error?: GantryError;
  /** Time on the processor. */
  readonly milliseconds: number;
  /** Whether the result is what the manifest's expected_quality asks for. */
  readonly asExpected: boolean;
  readonly why: string;
}

const lossy = /\.4\.(50|51|53|55|81|91|203|112|111)$/;

/** Inspects one file of the conformance corpus and judges the result. */
export async function judge(row: Row): Promise<Outcome> {
  const bytes = readCorpusFile('conformance', row.path!);
  const cpu = process.cpuUsage();
  const elapsed = (): number => {
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1000;
  };
  try {
    const inspection = await inspectImage(bytes, row.path!);
    return judged(row, elapsed(), inspection);
  } catch (thrown) {
    const error = toGantryError(thrown);
    const crashed = error.code === 'INTERNAL';
    const mayFail = row.expected_quality !== 'cross-checked' && row.expected_quality !== 'single-decoder';
    return {
      row,
      result: crashed ? 'crashed' : 'refused',
      error,
      milliseconds: elapsed(),
      asExpected: mayFail && !crashed,
      why: `${error.code}: ${error.message}`,
    };
  }
}

function judged(row: Row, milliseconds: number, inspection: Inspection): Outcome {
  const exact = inspection.sha1_16 === row.px_sha1_16;
  const close =
    lossy.test(row.transfer_syntax!) &&
    Math.abs(inspection.min - Number(row.px_min)) <= 1 &&
    Math.abs(inspection.max - Number(row.px_max)) <= 1 &&
    Math.abs(inspection.mean - Number(row.px_mean)) <= 0.001 * Math.abs(Number(row.px_mean));
  const binding = row.expected_quality === 'cross-checked' || row.expected_quality === 'single-decoder';
  const broken = row.expected_quality === 'broken-or-unsupported';
  return {
    row,
    result: exact ? 'exact' : close ? 'close' : 'different',
    inspection,
    milliseconds,
    asExpected: binding ? exact || close : !broken,
    why:
      exact || close
        ? ''
        : `${inspection.min}/${inspection.max}/${inspection.mean.toFixed(4)} instead of ` +
          `${row.px_min}/${row.px_max}/${row.px_mean}`,
  };
}
