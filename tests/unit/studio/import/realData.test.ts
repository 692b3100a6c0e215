import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { prepareCache, readCache } from '../../../../src/dataset/index.ts';
import { importPaths } from '../../../../src/studio/import/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { testData } from '../../../support/data.ts';
import { temporaryFolder } from '../../workspace/helpers.ts';
import { searchFor } from './searchFor.ts';

/**
 * Everything the basic profile (PS3.15 E.1) removes, empties or replaces and a file has, as pydicom reads it:
 * names, identifiers, dates, times, instance UIDs, institutions, free text, private text; six characters or more. The maker's name is kept
 * as a category, so it cannot be searched for where another attribute repeats it.
 */
const identities = `
import sys, json, pydicom
from pydicom.datadict import dictionary_keyword
found = set()
categories = set()
texts = {'PN','DA','DT','TM','LO','SH','ST','LT','UT','UI','AE','AS'}
kept = {'Manufacturer','ManufacturerModelName','SOPClassUID','MediaStorageSOPClassUID','TransferSyntaxUID',
  'ImplementationClassUID','ReferencedSOPClassUID','SequenceName','CodingSchemeDesignator','CodeMeaning','CodeValue'}
def walk(ds):
    for e in ds:
        if e.VR == 'SQ':
            for item in e.value: walk(item)
        elif e.VR in texts and e.keyword not in kept:
            for v in (e.value if isinstance(e.value, (list, pydicom.multival.MultiValue)) else [e.value]):
                s = str(v).strip()
                if len(s) >= 6 and not s.startswith('1.2.840.10008.'): found.add(s)
for path in sys.argv[1:]:
    ds = pydicom.dcmread(path, force=True, stop_before_pixels=True)
    walk(ds); walk(ds.file_meta)
    categories |= {str(ds.get(k)).strip() for k in ('Manufacturer', 'ManufacturerModelName')}
print(json.dumps(sorted(v for v in found if not any(v in c for c in categories))))
`;

const series = ['sag-anon', 'adi-mprage', 'philips-mprage', 'uih-t1-a', 'datalad-t1'];

/** Links to every `step`th file of a folder of the test data. */
function some(from: string, to: string, step: number): string[] {
  mkdirSync(to, { recursive: true });
  return readdirSync(from)
    .sort()
    .filter((_, i) => i % step === 0)
    .map((name) => {
      symlinkSync(join(from, name), join(to, name));
      return join(from, name);
    });
}

describe.skipIf(testData === undefined)('import of real scans', () => {
  const data = testData ?? '';

  it('shows heads of four scanners and an axial volume upright and the same way round', async () => {
    using folder = temporaryFolder();
    for (const name of series) some(join(data, 'mri', name), join(folder.dir, 'data', name), 12);
    using ws = Workspace.create(join(folder.dir, 'ws'), { write: true });
    const result = await importPaths(ws, { paths: [join(folder.dir, 'data')], dataset: 'mri' });
    expect(result).toMatchObject({ series: 5, subjects: 5, rejected: [], heldOutSubjects: 1 });
    expect(result.notices).toContain('head-mr-face');
    const cache = await prepareCache(ws, 'mri', { size: 32, side: 'all' });
    const images = readCache(cache);
    const bySeries = new Map(ws.series('mri').map((s) => [s.id, s]));
    const sums = new Map<number, Float64Array>();
    cache.sliceIds.forEach((id, n) => {
      const key = ws.slice(id).series;
      const sum = sums.get(key) ?? new Float64Array(32 * 32);
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + images[n * sum.length + i]! + 1;
      sums.set(key, sum);
    });
    const sagittal = [...sums].filter(([id]) => bySeries.get(id)?.plane === 'sagittal').map(([, sum]) => sum);
    expect(sagittal).toHaveLength(4);
    for (const a of sagittal) {
      for (const b of sagittal) {
        // Mean heads agree as they are better than upside down or mirrored.
        const asIs = correlation(a, b);
        expect(asIs).toBeGreaterThan(correlation(a, flipped(b, true)));
        expect(asIs).toBeGreaterThan(correlation(a, flipped(b, false)));
      }
    }
  });

  it('leaves no value that the basic profile removes in any byte of the workspace', async () => {
    using folder = temporaryFolder();
    const files = series.flatMap((name) => some(join(data, 'mri', name), join(folder.dir, 'data', name), 40));
    const python = spawnSync(
      existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3',
      ['-c', identities, ...files],
      { encoding: 'utf8' },
    );
    if (python.status !== 0) {
      process.stderr.write('SKIPPED: pydicom is missing, which lists the identities to search for.\n');
      return;
    }
    const values = z.array(z.string()).parse(JSON.parse(python.stdout));
    expect(values.length).toBeGreaterThan(100);
    const dir = join(folder.dir, 'ws');
    const ws = Workspace.create(dir, { write: true });
    await importPaths(ws, { paths: [join(folder.dir, 'data')], dataset: 'mri' });
    await prepareCache(ws, 'mri', { size: 32, side: 'all' });
    expect(searchFor(dir, values)).toEqual([]);
    ws.close();
    expect(searchFor(dir, values)).toEqual([]);
  });

  it('takes NIfTI volumes one subject a file, or as a pattern says', async () => {
    using folder = temporaryFolder();
    const volumes = some(join(data, 'nifti', 'hippocampus'), join(folder.dir, 'data'), 25);
    using ws = Workspace.create(join(folder.dir, 'ws'), { write: true });
    const result = await importPaths(ws, {
      paths: [join(folder.dir, 'data')],
      dataset: 'hip',
      plane: 'axial',
    });
    expect(result).toMatchObject({
      series: volumes.length,
      subjects: volumes.length,
      rejected: [],
      heldOutSubjects: Math.round(volumes.length / 5),
    });
    expect(result.slices).toBeGreaterThan(24 * volumes.length);
    expect(ws.dataset('hip').planes).toEqual(['axial']);
    const other = await importPaths(ws, {
      paths: [join(folder.dir, 'data')],
      dataset: 'hundreds',
      subjectFrom: '_(\\d)\\d\\d',
      plane: 'axial',
    });
    expect(other.subjects).toBeLessThan(volumes.length);
    expect(other.slices).toBe(result.slices);
  });
});

function flipped(image: Float64Array, upsideDown: boolean): Float64Array {
  return image.map((_, i) => {
    const [y, x] = [Math.floor(i / 32), i % 32];
    return image[upsideDown ? (31 - y) * 32 + x : y * 32 + 31 - x]!;
  });
}

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (v: Float64Array) => v.reduce((s, x) => s + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (p: Float64Array, mp: number, q: Float64Array, mq: number) =>
    p.reduce((s, x, i) => s + (x - mp) * (q[i]! - mq), 0);
  return dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb));
}
