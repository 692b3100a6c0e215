import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { datasetLabels, labelValues } from '../../../../src/dataset/index.ts';
import { importPaths, NothingImported } from '../../../../src/studio/import/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { hasPydicom, python } from '../../exporting/oracles.ts';
import { temporaryFolder } from '../../workspace/helpers.ts';
import { madeDicom, put } from './makeDicom.ts';
import { searchFor } from './searchFor.ts';

/** `subjects` patients with one series of `slices` each, in a folder a patient. */
function putSeries(dir: string, subjects: number, slices: number): void {
  for (let s = 0; s < subjects; s++)
    for (let i = 0; i < slices; i++) {
      const series = `1.2.3.${s}.1`;
      const bytes = madeDicom({
        patientId: `MRN-${s}`,
        study: `1.2.3.${s}`,
        series,
        instance: i,
        slope: s + 1,
      });
      put(join(dir, `p${s}`, `IM${i}`), bytes);
    }
}

/** A grey picture whose content depends on `seed`. */
function picture(seed: number): Uint8Array {
  const data = Uint16Array.from({ length: 32 * 32 }, (_, i) =>
    i % 32 > 6 ? 20000 + ((i * (seed + 3)) % 9973) : 0,
  );
  return encode({ width: 32, height: 32, depth: 16, channels: 1, data });
}

async function imported(dir: string, options: Omit<Parameters<typeof importPaths>[1], 'dataset'>) {
  const ws = Workspace.openOrCreate(join(dir, 'ws'));
  const result = await importPaths(ws, { dataset: 'd', workers: 1, ...options });
  return Object.assign(result, { ws, [Symbol.dispose]: () => ws.close() });
}

async function failure(work: Promise<unknown>): Promise<NothingImported> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(NothingImported);
  return error as NothingImported;
}

function runPython(script: string, ...arguments_: string[]): void {
  const run = spawnSync(python ?? 'python3', ['-c', script, ...arguments_], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
}

/** Writes an archive of a folder by Python's zipfile: `script` may change what is written. */
const zipFolder = `
import sys, os, zipfile
target, folder = sys.argv[1], sys.argv[2]
method = {'stored': zipfile.ZIP_STORED, 'deflated': zipfile.ZIP_DEFLATED, 'bzip2': zipfile.ZIP_BZIP2}[sys.argv[3]]
with zipfile.ZipFile(target, 'w', method) as z:
    for root, _, files in os.walk(folder):
        for name in sorted(files):
            path = os.path.join(root, name)
            with open(path, 'rb') as f, z.open(os.path.relpath(path, folder), 'w', force_zip64=sys.argv[4] == 'zip64') as g:
                g.write(f.read())
`;
const hasPython = spawnSync(python ?? 'python3', ['--version']).status === 0;
if (!hasPython) console.warn('SKIPPED: Python was not found on PATH; archives are made by it');

describe.skipIf(!hasPython)('ZIP archives', () => {
  it.each([
    ['deflated', 'zip32'],
    ['stored', 'zip64'],
  ])('%s, %s: the same slices as from the folder', async (method, size) => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 2, 5);
    put(join(data, 'p0', '.DS_Store'), 'x');
    const archive = join(folder.dir, 'all.zip');
    runPython(zipFolder, archive, data, method, size);
    using first = await imported(folder.dir, { paths: [archive], subjectFrom: 'folder' });
    expect(first).toMatchObject({ added: 10, series: 2, subjects: 2, rejected: [] });
    const values = first.ws.slices('d').map((slice) => [...first.ws.readSlice(slice).values]);
    const ids = first.ws.datasetHash('d');
    // Unpacked, they are the same files: nothing is added.
    const again = await importPaths(first.ws, { paths: [data], dataset: 'd', workers: 1 });
    expect(again).toMatchObject({ added: 0, already: 10, rejected: [] });
    const other = await importPaths(first.ws, { paths: [data], dataset: 'e', subjectFrom: 'folder' });
    expect(other.added).toBe(10);
    expect(first.ws.datasetHash('e')).toBe(ids);
    expect(first.ws.slices('e').map((slice) => [...first.ws.readSlice(slice).values])).toEqual(values);
  });

  it('found in a folder stands for a folder; a copy of other name but ZIP content is read when it is given', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 2, 3);
    const inbox = join(folder.dir, 'inbox');
    mkdirSync(inbox);
    for (const p of ['p0', 'p1'])
      runPython(zipFolder, join(inbox, `${p}.zip`), join(data, p), 'deflated', 'zip32');
    using result = await imported(folder.dir, { paths: [inbox], subjectFrom: 'folder' });
    expect(result).toMatchObject({ added: 6, subjects: 2, rejected: [] });
    renameSync(join(inbox, 'p0.zip'), join(folder.dir, 'p0.bin'));
    const again = await importPaths(result.ws, {
      paths: [join(folder.dir, 'p0.bin')],
      dataset: 'e',
      workers: 1,
    });
    expect(again.added).toBe(3);
    expect(searchFor(join(folder.dir, 'ws'), ['MRN-0', 'p0.zip', 'IM0'])).toEqual([]);
  });

  it('refuses what is not plain, file by file and by code, and imports the rest', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 1, 2);
    const archive = join(folder.dir, 'odd.zip');
    runPython(
      `
import sys, zipfile, io, stat
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    z.write(sys.argv[2] + '/p0/IM0', 'p0/IM0')
    z.write(sys.argv[2] + '/p0/IM1', '../IM1')
    z.writestr(zipfile.ZipInfo('/etc/IM1'), 'x')
    z.writestr(zipfile.ZipInfo('C:/IM1'), 'x')
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, 'w') as i: i.writestr('a', 'b')
    z.writestr('inner.zip', inner.getvalue())
    z.writestr('inner.dat', inner.getvalue())
    link = zipfile.ZipInfo('link'); link.create_system = 3; link.external_attr = (stat.S_IFLNK | 0o777) << 16
    z.writestr(link, '/etc/passwd')
    z.write(sys.argv[2] + '/p0/IM1', 'bz', compress_type=zipfile.ZIP_BZIP2)
    z.writestr('DICOMDIR', 'x')
`,
      archive,
      data,
    );
    using result = await imported(folder.dir, { paths: [archive] });
    expect(result.added).toBe(1);
    expect(result.notices).toContain('skipped-dicomdir');
    expect(result.rejected.map(({ path, code }) => [path, code]).sort()).toEqual([
      ['(outside)', 'CORRUPT'],
      ['(outside)', 'CORRUPT'],
      ['(outside)', 'CORRUPT'],
      ['bz', 'UNSUPPORTED_ARCHIVE'],
      ['inner.dat', 'UNSUPPORTED_ARCHIVE'],
      ['inner.zip', 'UNSUPPORTED_ARCHIVE'],
      ['link', 'UNSUPPORTED_ARCHIVE'],
    ]);
  });

  it('bombs, damage and cut-off archives are refused by code, without unpacking', async () => {
    using folder = temporaryFolder();
    const bomb = join(folder.dir, 'bomb.zip');
    runPython(
      `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    for i in range(100): z.writestr('z%d' % i, bytes(17000))
data = bytearray(open(sys.argv[1], 'rb').read())
at = data.find(b'PK\\x01\\x02')
while at >= 0:
    # Deflated, and 17 MB when unpacked: each may be true, together they are a bomb.
    data[at + 10:at + 12] = (8).to_bytes(2, 'little')
    data[at + 24:at + 28] = (17_000_000).to_bytes(4, 'little')
    at = data.find(b'PK\\x01\\x02', at + 4)
open(sys.argv[1], 'wb').write(data)
`,
      bomb,
    );
    const before = process.memoryUsage().rss;
    const error = await failure(imported(folder.dir, { paths: [bomb] }));
    expect(error.rejected.map(({ code }) => code)).toEqual(['TOO_LARGE']);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);

    const data = join(folder.dir, 'data');
    putSeries(data, 1, 2);
    const good = join(folder.dir, 'good.zip');
    runPython(zipFolder, good, data, 'stored', 'zip32');
    const bytes = readFileSync(good);
    // A pixel inside the first file: the checksum tells.
    const flipped = Buffer.from(bytes);
    flipped[900]! ^= 0x55;
    put(join(folder.dir, 'flipped.zip'), flipped);
    using damaged = await imported(folder.dir, { paths: [join(folder.dir, 'flipped.zip')] });
    expect(damaged.added).toBe(1);
    expect(damaged.rejected.map(({ code }) => code)).toEqual(['CORRUPT']);
    put(join(folder.dir, 'cut.zip'), bytes.subarray(0, bytes.length - 40));
    const cut = await failure(imported(folder.dir, { paths: [join(folder.dir, 'cut.zip')] }));
    expect(['TRUNCATED', 'CORRUPT']).toContain(cut.rejected[0]?.code);
    // Two directory entries that point to one file: a bomb of overlapping files.
    const twice = Buffer.from(bytes);
    const first = twice.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    const second = twice.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]), first + 4);
    twice.writeUInt32LE(twice.readUInt32LE(first + 42), second + 42);
    put(join(folder.dir, 'twice.zip'), twice);
    const overlapping = await failure(imported(folder.dir, { paths: [join(folder.dir, 'twice.zip')] }));
    expect(overlapping.rejected[0]).toMatchObject({ code: 'CORRUPT' });
  });
});

describe.skipIf(!hasPydicom)('DICOMDIR', () => {
  it('that is given imports the files that it names; one in a folder is passed over with a reason', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 2, 3);
    const media = join(folder.dir, 'media');
    runPython(
      `
import sys, os, pydicom
from pydicom.fileset import FileSet
fs = FileSet()
for root, _, files in os.walk(sys.argv[1]):
    for name in files:
        ds = pydicom.dcmread(os.path.join(root, name), force=True)
        ds.StudyDate = '20200101'; ds.StudyTime = '120000'; ds.StudyID = '1'; ds.SeriesNumber = 1
        ds.PatientName = 'X'; ds.AccessionNumber = ''
        fs.add(ds)
fs.write(sys.argv[2])
`,
      data,
      media,
    );
    put(
      join(media, 'UNNAMED'),
      madeDicom({ patientId: 'MRN-9', study: '1.2.9', series: '1.2.9.1', instance: 1 }),
    );
    using whole = await imported(folder.dir, { paths: [media] });
    expect(whole).toMatchObject({ added: 7, subjects: 3, rejected: [] });
    expect(whole.notices).toContain('skipped-dicomdir');
    const named = await importPaths(whole.ws, { paths: [join(media, 'DICOMDIR')], dataset: 'named' });
    expect(named).toMatchObject({ added: 6, subjects: 2, rejected: [] });
    expect(named.notices).not.toContain('skipped-dicomdir');
    // Mounted with small letters, and with a file missing.
    const found = spawnSync('find', [media, '-mindepth', '2', '-type', 'f'], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
    expect(found).toHaveLength(6);
    renameSync(found[0]!, join(folder.dir, 'gone'));
    const less = await importPaths(whole.ws, { paths: [join(media, 'DICOMDIR')], dataset: 'less' });
    expect(less.added).toBe(5);
    expect(less.rejected.map(({ code }) => code)).toEqual(['NOT_FOUND']);
  });

  it('that is none is rejected', async () => {
    using folder = temporaryFolder();
    put(join(folder.dir, 'DICOMDIR'), 'not a directory');
    const error = await failure(imported(folder.dir, { paths: [join(folder.dir, 'DICOMDIR')] }));
    expect(error.rejected).toMatchObject([{ path: 'DICOMDIR', code: 'NOT_AN_IMAGE' }]);
  });
});

describe('pictures', () => {
  it('of a folder are one series in the order of their names; subjects by folder or file', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    for (const [p, name] of ['anna', 'bert'].entries())
      for (let i = 0; i < 12; i++) put(join(data, name, `slice${i}.png`), picture(20 * p + i));
    put(
      join(data, 'anna', 'colour.png'),
      encode({ width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }),
    );
    using result = await imported(folder.dir, { paths: [data], subjectFrom: 'folder' });
    expect(result).toMatchObject({ added: 24, subjects: 2, series: 2 });
    expect(result.rejected).toMatchObject([{ path: 'anna/colour.png', code: 'UNSUPPORTED_PIXELS' }]);
    for (const series of result.ws.series('d')) {
      const instances = result.ws.slices('d', { series: series.id }).map(({ instance }) => instance);
      expect(instances).toEqual([...instances].sort((a, b) => a! - b!));
      expect(new Set(instances).size).toBe(12);
    }
    const files = await importPaths(result.ws, { paths: [data], dataset: 'files', subjectFrom: 'file' });
    expect(files.subjects).toBe(24);
    const coloured = await importPaths(result.ws, {
      paths: [data],
      dataset: 'c',
      subjectFrom: 'folder',
      colour: 'luminance',
    });
    expect(coloured).toMatchObject({ added: 25, rejected: [] });
    expect(searchFor(join(folder.dir, 'ws'), ['anna', 'bert', 'colour.png'])).toEqual([]);
  });
});

describe('labels', () => {
  const counts = (ws: Workspace, name: string) =>
    datasetLabels(ws, 'd')
      .find((label) => label.name === name)
      ?.values.map(({ value, slices }) => [value, slices])
      .sort();

  it('of a table by subject; rows without files are counted and names are not kept', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 3, 4);
    const table = join(folder.dir, 'labels.csv');
    writeFileSync(
      table,
      '\ufeffPatient ID;Diagnosis;Patient Name;"Score"\r\nMRN-0;"glioma; grade 2";Doe;1,5\r\nMRN-1;none;Roe;2\r\nMRN-77;glioma;Poe;3\r\n',
    );
    using result = await imported(folder.dir, { paths: [data], labels: table });
    expect(result.labels).toEqual({
      rows: 3,
      matchedRows: 2,
      unmatchedLines: [4],
      slicesWithoutRow: 4,
      columns: ['Diagnosis', 'Score'],
      leftOut: ['Patient Name'],
    });
    expect(result.notices).toEqual(expect.arrayContaining(['labels-unmatched', 'labels-left-out']));
    expect(counts(result.ws, 'Diagnosis')).toEqual([
      ['glioma; grade 2', 4],
      ['none', 4],
    ]);
    expect(searchFor(join(folder.dir, 'ws'), ['MRN-0', 'MRN-77', 'Doe', 'Poe'])).toEqual([]);
    // A second table for files that are there already: labels are added, slices are not.
    writeFileSync(table, 'subject\tgrade\nMRN-2\tII\n');
    const again = await importPaths(result.ws, { paths: [data], dataset: 'd', labels: table });
    expect(again).toMatchObject({ added: 0, already: 12 });
    expect(counts(result.ws, 'grade')).toEqual([['II', 4]]);
    expect(counts(result.ws, 'Diagnosis')).toHaveLength(2);
  });

  it('of a table by series UID, and by file name, path or stem', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 2, 3);
    for (let i = 0; i < 4; i++) put(join(data, 'pictures', `pic${i}.png`), picture(i));
    const table = join(folder.dir, 'labels.csv');
    writeFileSync(table, 'SeriesInstanceUID,kind\n1.2.3.0.1,"a ""quoted"" one"\n1.2.3.1.1,b\npic0,c\n');
    using result = await imported(folder.dir, { paths: [data], labels: table });
    expect(result.labels).toMatchObject({ matchedRows: 3, slicesWithoutRow: 3 });
    expect(counts(result.ws, 'kind')).toEqual([
      ['a "quoted" one', 3],
      ['b', 3],
      ['c', 1],
    ]);
    writeFileSync(
      table,
      'file,view\npictures/pic0.png,one\npic1.png,two\npic2,three\n.\\p0\\IM0,four\nnosuch,five\n',
    );
    const again = await importPaths(result.ws, { paths: [data], dataset: 'd', labels: table });
    expect(again.labels).toMatchObject({ matchedRows: 4, unmatchedLines: [6] });
    expect(counts(result.ws, 'view')).toEqual([
      ['four', 1],
      ['one', 1],
      ['three', 1],
      ['two', 1],
    ]);
  });

  it('of folder names and patterns', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    for (let i = 0; i < 6; i++)
      put(join(data, i < 2 ? 'tumour' : 'healthy', `set${i % 2}`, `pic${i}.png`), picture(i));
    using result = await imported(folder.dir, { paths: [data], labelFrom: 'folder' });
    expect(counts(result.ws, 'folder')).toEqual([
      ['healthy', 4],
      ['tumour', 2],
    ]);
    const pattern = '^(?<diagnosis>[^/]+)/set(?<set>\\d)/';
    await importPaths(result.ws, { paths: [data], dataset: 'd', labelFrom: pattern });
    expect(counts(result.ws, 'diagnosis')).toEqual(counts(result.ws, 'folder'));
    const { bySlice } = labelValues(result.ws, 'd', ['set', 'diagnosis']);
    expect([...bySlice.values()].filter(([set]) => set === '1')).toHaveLength(3);
    await expect(imported(folder.dir, { paths: [data], labelFrom: 'no group' })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  it.each([
    ['no key column', 'a,b\n1,2\n', /no column that says/],
    ['two rows that differ', 'file,a\nx,1\nx,2\n', /Lines 2 and 3/],
    ['quotes that do not close', 'file,a\nx,"1\n', /line 2/],
    ['more fields than names', 'file,a\nx,1,2\n', /Line 2/],
    ['free text', `file,a\nx,${'long '.repeat(20)}\n`, /free text/],
    ['nothing', '', /empty/],
    ['no labels', 'file\nx\n', /no column of labels/],
  ])('a table with %s is refused, and nothing is imported', async (_, text, message) => {
    using folder = temporaryFolder();
    put(join(folder.dir, 'data', 'x.png'), picture(1));
    writeFileSync(join(folder.dir, 't.csv'), text);
    const work = imported(folder.dir, {
      paths: [join(folder.dir, 'data')],
      labels: join(folder.dir, 't.csv'),
    });
    await expect(work).rejects.toMatchObject({ code: 'USAGE', message });
  });
});
