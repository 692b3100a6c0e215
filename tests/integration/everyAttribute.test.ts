import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inspectImage } from '../../src/imaging/index.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { ByteSearch } from '../support/byteSearch.ts';
import { start } from '../support/cli.ts';
import { enclosed } from '../support/enclosed.ts';
import { everyAttribute } from '../support/everyAttribute.ts';
import { type BuildOptions, build, type Field, type Item, part10, syntaxOf } from '../unit/imaging/build.ts';
import { temporaryFolder } from '../unit/workspace/helpers.ts';

const side = 32;

/** The image's own elements and pixels, a disc of its own for each file. */
function imageOf(mark: number): Item {
  const values = Uint16Array.from({ length: side * side }, (_, i) =>
    Math.hypot(Math.floor(i / side) - 16, (i % side) - 16) < 11 ? 400 + mark + (i % 7) : 0,
  );
  return [
    [0x00280002, 'US', [1]],
    [0x00280010, 'US', [side]],
    [0x00280011, 'US', [side]],
    [0x00280100, 'US', [16]],
    [0x00280101, 'US', [16]],
    [0x00280102, 'US', [15]],
    [0x00280103, 'US', [0]],
    [0x7fe00010, 'OW', [...values]],
  ];
}

/** The fields with some replaced, in the order of their tags; an undefined value leaves one out. */
function withFields(fields: Item, others: Item, without: readonly number[] = []): Field[] {
  const replaced = new Set([...others.map(([tag]) => tag), ...without]);
  return [...fields.filter(([tag]) => !replaced.has(tag)), ...others].sort(([a], [b]) => a - b);
}

function dicom(fields: Item, options: BuildOptions = {}): Uint8Array {
  return part10(syntaxOf(options), build(fields, options));
}

describe('a file with every attribute of the standard', () => {
  it('leaves nothing in workspace, output and errors but what the allow-list names', async () => {
    using folder = temporaryFolder();
    const { fields, texts } = everyAttribute();
    expect(texts.size).toBeGreaterThan(5000);
    const search = new ByteSearch();
    for (const text of texts.keys()) search.add(text);
    const scans = join(folder.dir, 'scans');
    mkdirSync(scans);
    const put = (name: string, bytes: Uint8Array) => writeFileSync(join(scans, name), bytes);
    // Each file a patient, study, series and instance of its own; the rest is equal.
    const own = (n: number): Item => [
      [0x00080018, 'UI', `1.2.826.0.78.${n}.1`],
      [0x0020000e, 'UI', `1.2.826.0.78.${n}.2`],
      [0x00100020, 'LO', `Zq999${n}Xk`],
    ];
    const whole = (n: number) => withFields(fields, [...imageOf(n), ...own(n)]);
    for (let n = 0; n < 9; n++) {
      for (const text of [`1.2.826.0.78.${n}.1`, `1.2.826.0.78.${n}.2`, `Zq999${n}Xk`]) search.add(text);
    }
    const encodings: BuildOptions[] = [{}, { explicit: false }, { littleEndian: false }];
    for (const [n, options] of encodings.entries()) put(`good${n}`, dicom(whole(n), options));
    // The search finds what it should: all of them are in the files.
    expect(search.in(dicom(whole(0))).size).toBeGreaterThan(5000);
    // Errors may quote a value.
    const table: Item = [
      [0x00283002, 'US', [900, 0, 16]],
      [0x00283003, 'LO', 'Zq9995Xk'],
      [0x00283006, 'OW', Buffer.from('Zq9994Xk')],
    ];
    const failing: Record<string, Uint8Array> = {
      truncated: dicom(whole(3)).subarray(0, -900),
      photometric: dicom(withFields(whole(4), [[0x00280004, 'CS', 'ZQ9997XK']])),
      colour: dicom(
        withFields(whole(2), [
          [0x00280002, 'US', [3]],
          [0x00280004, 'CS', 'ZQ9997XK'],
          [0x00280100, 'US', [8]],
          [0x00280101, 'US', [8]],
          [0x00280102, 'US', [7]],
          [0x7fe00010, 'OW', new Array(side * side * 2).fill(77)],
        ]),
      ),
      frames: dicom(withFields(whole(5), [[0x00280008, 'IS', 'Zq9996Xk']])),
      noRows: dicom(withFields(whole(6), [], [0x00280010])),
      noPixels: dicom(withFields(whole(7), [], [0x7fe00010])),
      tables: dicom(withFields(whole(8), [[0x00283000, 'SQ', [table]]])),
    };
    for (const [name, bytes] of Object.entries(failing)) put(name, bytes);
    for (const text of ['ZQ9997XK', 'Zq9996Xk', 'Zq9995Xk', 'Zq9994Xk']) search.add(text);

    const { home, workspace, env } = enclosed(folder.dir);
    const to = ['--workspace', workspace, '--dataset', 'all'];
    const said: string[] = [];
    const run = async (...args: string[]) => {
      const done = await start(args, { env }).finished;
      said.push(done.stdout, done.stderr);
      return done;
    };
    const done = (await run('import', scans, ...to)).lines.at(-1);
    expect(done).toMatchObject({ slices: encodings.length, subjects: encodings.length });
    const rejected = z.array(z.object({ path: z.string() })).parse(done?.rejected);
    expect(rejected.map(({ path }) => path).sort()).toEqual(Object.keys(failing).sort());
    for (const command of ['slices', 'check', 'labels']) await run(command, ...to);
    for (const [name, bytes] of Object.entries(failing)) {
      const figures = await inspectImage(bytes, name).catch(String);
      said.push(JSON.stringify(figures));
    }
    said.push((await start(['import', scans, ...to], { env, json: false }).finished).stderr);
    const where = (text: string) => `${text} of ${texts.get(text) ?? 'the file itself'}`;
    expect([...search.in(Buffer.from(said.join('\n')))].map(where)).toEqual([]);
    expect(search.below(home).map((found) => `${where(found.text)} in ${found.where}`)).toEqual([]);

    // And what is kept is exactly what the table of docs/deidentification.md says.
    using ws = Workspace.open(workspace);
    for (const { attributes, geometry, kind, plane } of ws.series('all')) {
      const { transferSyntax, ...categories } = attributes;
      expect(transferSyntax).toMatch(/^1\.2\.840\.10008\.1\.2/);
      expect(categories).toEqual({
        modality: 'MR',
        sequence: 'T1',
        bodyPart: 'BRAIN',
        laterality: 'R',
        sex: 'F',
        ageBand: '40-44',
        manufacturer: 'Siemens',
        model: 'Skyra',
        fieldStrengthT: 3,
        echoTimeMs: 10,
      });
      expect({ kind, plane }).toEqual({ kind: 'dicom', plane: 'axial' });
      expect(geometry).toEqual({
        orientation: [1, 0, 0, 0, 1, 0],
        normal: [0, 0, 1],
        pixelSpacingMm: [1, 1],
        sliceThicknessMm: 2,
      });
    }
  });
});
