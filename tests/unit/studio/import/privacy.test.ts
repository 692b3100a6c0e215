import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { importPaths } from '../../../../src/studio/import/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { testData } from '../../../support/data.ts';
import { temporaryFolder } from '../../workspace/helpers.ts';
import { madeDicom, put } from './makeDicom.ts';
import { searchFor } from './searchFor.ts';

const described = [
  [0x0008, 0x0020, 'DA', '20240131'],
  [0x0008, 0x0070, 'LO', 'SIEMENS'],
  [0x0008, 0x103e, 'LO', 'Knee of Mr Smith'],
  [0x0008, 0x1090, 'LO', 'Skyra'],
  [0x0010, 0x0040, 'CS', 'F'],
  [0x0010, 0x1010, 'AS', '041Y'],
  [0x0018, 0x0087, 'DS', '3'],
] as const;

/** Two studies of one patient, a fortnight apart, and one of another. */
function writeScans(dir: string): void {
  const dated = (date: string) =>
    described.map((e) => (e[1] === 0x0020 && e[0] === 8 ? ([8, 0x20, 'DA', date] as const) : e));
  const scan = (patientId: string, n: number, date: string) =>
    madeDicom({ patientId, study: `1.2.${n}`, series: `1.2.${n}.1`, instance: n, extra: dated(date) });
  put(join(dir, 'a'), scan('P-1001', 1, '20240131'));
  put(join(dir, 'b'), scan('P-1001', 2, '20240214'));
  put(join(dir, 'c'), scan('P-2002', 3, '20240131'));
}

describe('what an import keeps of persons and scanners', () => {
  it('is categories by default: no date, no text', async () => {
    using folder = temporaryFolder();
    writeScans(join(folder.dir, 'scans'));
    using ws = Workspace.create(join(folder.dir, 'ws'), { write: true });
    await importPaths(ws, { paths: [join(folder.dir, 'scans')], dataset: 'd' });
    expect(ws.dataset('d').privacy).toEqual({ categories: true, dates: 'removed', texts: [] });
    const [series] = ws.series('d');
    expect(series?.attributes).toMatchObject({
      sex: 'F',
      ageBand: '40-44',
      manufacturer: 'Siemens',
      model: 'Skyra',
      fieldStrengthT: 3,
    });
    expect(series?.attributes).not.toHaveProperty('studyDay');
    expect(series?.attributes).not.toHaveProperty('texts');
    expect(searchFor(join(folder.dir, 'ws'), ['20240131', 'Smith', 'P-1001'])).toEqual([]);
  });

  it('is nothing of either with one switch, and a dataset stays with its choice', async () => {
    using folder = temporaryFolder();
    const scans = join(folder.dir, 'scans');
    writeScans(scans);
    using ws = Workspace.create(join(folder.dir, 'ws'), { write: true });
    const options = { paths: [scans], dataset: 'd' };
    await importPaths(ws, { ...options, privacy: { categories: false } });
    for (const { attributes } of ws.series('d')) {
      for (const name of ['sex', 'ageBand', 'manufacturer', 'model', 'fieldStrengthT']) {
        expect(attributes).not.toHaveProperty(name);
      }
      expect(attributes.modality).toBe('MR');
    }
    for (const { attributes } of ws.subjects('d')) expect(attributes).toEqual({});
    expect(searchFor(join(folder.dir, 'ws'), ['Siemens', 'Skyra', '40-44'])).toEqual([]);
    expect((await importPaths(ws, options)).added).toBe(0);
    expect(ws.dataset('d').privacy.categories).toBe(false);
    await expect(importPaths(ws, { ...options, privacy: { categories: true } })).rejects.toMatchObject({
      code: 'BAD_CONFIG',
    });
  });

  it('is the distance between studies when dates are asked for as offsets', async () => {
    using folder = temporaryFolder();
    writeScans(join(folder.dir, 'scans'));
    const days: number[][] = [];
    for (const name of ['one', 'two']) {
      using ws = Workspace.create(join(folder.dir, name), { write: true });
      const paths = [join(folder.dir, 'scans')];
      await importPaths(ws, { paths, dataset: 'd', privacy: { dates: 'offsets' } });
      const bySubject = Map.groupBy(ws.series('d'), ({ subject }) => subject);
      for (const series of bySubject.values())
        days.push(series.map((s) => s.attributes.studyDay ?? 0).sort());
      expect(searchFor(join(folder.dir, name), ['20240131', '20240214', '2024-01-31'])).toEqual([]);
    }
    const twice = days.filter((list) => list.length === 2);
    for (const [a = 0, b = 0] of twice) expect(b - a).toBe(14);
    // Every subject of every workspace has a calendar of its own; the true days are equal.
    expect(new Set(days.map(([first]) => first)).size).toBe(4);
  });

  it.skipIf(testData === undefined)('is text in its character set where that is chosen', async () => {
    using folder = temporaryFolder();
    const root = join(testData ?? '', 'conformance');
    const names = z
      .record(z.string(), z.object({ pn: z.string() }))
      .parse(JSON.parse(readFileSync(join(root, 'charsets.json'), 'utf8')));
    const files = Object.keys(names);
    expect(files).toHaveLength(17);
    // The corpus' files of character sets hold no pixels: each name goes into a scan with its character set.
    files.forEach((file, i) => {
      const bytes = readFileSync(join(root, file));
      put(join(folder.dir, 'scans', `${i}`), withHeadOf(bytes, i));
    });
    using ws = Workspace.create(join(folder.dir, 'ws'), { write: true });
    const result = await importPaths(ws, {
      paths: [join(folder.dir, 'scans')],
      dataset: 'd',
      privacy: { texts: ['PatientName'] },
    });
    expect(result.notices).toContain('text-kept');
    const kept = ws.series('d').map(({ attributes }) => attributes.texts?.PatientName ?? '');
    const wanted = Object.values(names).map(({ pn }) => pn);
    expect(kept.sort()).toEqual(wanted.sort());
  });
});

/** Character set and patient's name of a file, byte for byte, in a made scan. */
function withHeadOf(file: Buffer, n: number): Buffer {
  const value = (group: number, element: number, vr: string, before: number): [Buffer, number] => {
    const head = Buffer.from([group, 0, element, 0, vr.charCodeAt(0), vr.charCodeAt(1)]);
    const at = file.lastIndexOf(head, before);
    const end = at + 8 + (at < 0 ? 0 : file.readUInt16LE(at + 6));
    return [at < 0 ? Buffer.alloc(0) : file.subarray(at + 8, end), at];
  };
  const [name, at] = value(0x10, 0x10, 'PN', file.length);
  // In one file the name stands in a sequence, with a character set of its own before it.
  const [set] = value(0x08, 0x05, 'CS', at);
  return madeDicom({
    patientId: `C-${n}`,
    study: `1.3.${n}`,
    series: `1.3.${n}.1`,
    instance: n,
    patientName: name.toString('latin1'),
    extra: [[0x0008, 0x0005, 'CS', set.toString('latin1')]],
  });
}
