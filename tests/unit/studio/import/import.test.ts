import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { entryUrl } from '../../../../src/base/runtime.ts';
import { prepareCache, readCache } from '../../../../src/dataset/index.ts';
import { importPaths, NothingImported } from '../../../../src/studio/import/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { temporaryFolder } from '../../workspace/helpers.ts';
import { madeDicom, put } from './makeDicom.ts';
import { searchFor } from './searchFor.ts';

const importPathsFile = entryUrl('../../../../src/studio/import/index.ts', import.meta.url).href;
const workspaceFile = entryUrl('../../../../src/workspace/index.ts', import.meta.url).href;

/** `subjects` patients with one series of `slices` each. */
function putSeries(dir: string, subjects: number, slices: number): void {
  for (let s = 0; s < subjects; s++) {
    for (let i = 0; i < slices; i++) {
      const series = `1.2.3.${s}.1`;
      put(
        join(dir, `p${s}`, `${i}.dcm`),
        madeDicom({ patientId: `MRN-${s}`, study: `1.2.3.${s}`, series, instance: i, slope: s + 1 }),
      );
    }
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'none';
}

describe('import', () => {
  it('brings slices, series, subjects and values in; the second time there is nothing to do', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 2, 6);
    put(join(data, '.hidden'), 'x');
    put(join(data, 'DICOMDIR'), 'x');
    using ws = Workspace.create(join(folder.dir, 'ws'));
    const progress: number[] = [];
    const first = await importPaths(
      ws,
      { paths: [data], dataset: 'made' },
      {
        onProgress: (p) => progress.push(p.filesDone / p.filesTotal),
      },
    );
    expect(first).toMatchObject({
      slices: 12,
      setAside: 0,
      added: 12,
      already: 0,
      series: 2,
      subjects: 2,
      trainSubjects: 2,
      heldOutSubjects: 0,
      rejected: [],
    });
    expect(first.notices).toContain('no-held-out-subjects');
    expect(progress.at(-1)).toBe(1);
    const hash = ws.datasetHash('made');
    const second = await importPaths(ws, { paths: [data], dataset: 'made' });
    expect(second).toMatchObject({ slices: 12, added: 0, already: 12 });
    expect(ws.datasetHash('made')).toBe(hash);
    expect(ws.canWrite).toBe(false);
    for (const series of ws.series('made')) {
      const slices = ws.slices('made', { series: series.id });
      expect(slices.map((slice) => slice.positionMm)).toEqual([0, 2, 4, 6, 8, 10]);
      slices.forEach((slice, i) => {
        // The centre of the disc of slice i holds 500 + i.
        expect(ws.readSlice(slice).values[16 * 32 + 16]).toBe(500 + i);
      });
    }
  });

  it('gives two workspaces of the same files the same dataset hash and images', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 7, 3);
    const results = [];
    for (const [name, workers] of [
      ['a', 1],
      ['b', 3],
    ] as const) {
      using ws = Workspace.create(join(folder.dir, name), { write: true });
      const done = await importPaths(ws, { paths: [data], dataset: 'made', workers });
      expect(done).toMatchObject({ subjects: 7, heldOutSubjects: 1, trainSubjects: 6 });
      const cache = await prepareCache(ws, 'made', { size: 16, side: 'train' });
      expect(cache.count).toBe(18);
      results.push({ dataset: ws.datasetHash('made'), images: cache.hash });
    }
    expect(results[0]).toEqual(results[1]);
  });

  it('tells subjects apart by folder or by pattern when asked', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    for (const [path, patientId, i] of [
      ['site1_a/x/1.dcm', 'SAME', 1],
      ['site1_b/x/2.dcm', 'SAME', 2],
      ['site2_a/3.dcm', 'SAME', 3],
    ] as const) {
      put(join(data, path), madeDicom({ patientId, series: `1.9.${i}`, instance: i }));
    }
    using ws = Workspace.create(join(folder.dir, 'ws'));
    const subjects = async (dataset: string, subjectFrom?: string) =>
      (await importPaths(ws, { paths: [data], dataset, subjectFrom })).subjects;
    expect(await subjects('identity')).toBe(1);
    expect(await subjects('folder', 'folder')).toBe(3);
    expect(await subjects('pattern', '^(site\\d)')).toBe(2);
    expect(await codeOf(subjects('bad', '^site'))).toBe('USAGE');
    expect(await codeOf(subjects('bad', '('))).toBe('USAGE');
    expect(await codeOf(subjects('identity', 'folder'))).toBe('USAGE');
    expect(ws.datasets().map((d) => d.name)).toEqual(['folder', 'identity', 'pattern']);
  });

  it('keeps no text of a pattern, and knows it again', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    put(join(data, 'mustermann_a', '1.dcm'), madeDicom({ instance: 1 }));
    using ws = Workspace.create(join(folder.dir, 'ws'));
    const pattern = '^(mustermann_[a-z])/';
    await importPaths(ws, { paths: [data], dataset: 'd', subjectFrom: pattern });
    expect(ws.dataset('d').subjectFrom).toMatch(/^pattern [0-9a-f]{32}$/);
    expect(searchFor(ws.dir, ['mustermann', pattern])).toEqual([]);
    put(join(data, 'mustermann_b', '2.dcm'), madeDicom({ instance: 2 }));
    const again = (subjectFrom?: string) => importPaths(ws, { paths: [data], dataset: 'd', subjectFrom });
    expect(await codeOf(again())).toBe('USAGE');
    expect(await codeOf(again('^(.)'))).toBe('USAGE');
    expect(await again(pattern)).toMatchObject({ added: 1, already: 1, subjects: 2 });
  });

  it('refuses another split than the dataset has', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 2, 2);
    using ws = Workspace.create(join(folder.dir, 'ws'));
    const bring = (dataset: string, heldOut?: number, splitSeed?: number) =>
      importPaths(ws, { paths: [data], dataset, heldOut, splitSeed });
    await bring('halves', 0.5, 7);
    expect(await codeOf(bring('halves', 0.2))).toBe('BAD_CONFIG');
    expect(await codeOf(bring('halves', 0.5, 8))).toBe('BAD_CONFIG');
    expect(await bring('halves', 0.5, 7)).toMatchObject({ added: 0, already: 4, heldOutSubjects: 1 });
    expect(await bring('halves')).toMatchObject({ already: 4 });
    await bring('default');
    expect(await codeOf(bring('default', 0.5))).toBe('BAD_CONFIG');
    expect(await bring('default', undefined, 1)).toMatchObject({ already: 4 });
  });

  it('takes patients without a usable identifier by their study', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    for (const [i, patientId] of ['ANONYMOUS', '', '***', 'anon', '000'].entries()) {
      put(
        join(data, `${i}.dcm`),
        madeDicom({ patientId, study: `1.7.${i}`, series: `1.7.${i}.1`, instance: i }),
      );
    }
    using ws = Workspace.create(join(folder.dir, 'ws'));
    expect(await importPaths(ws, { paths: [data], dataset: 'd' })).toMatchObject({ subjects: 5 });
  });

  it('keeps a stack together whose cosines are noisy, and parts directions', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    const about = (y: number) => [1, y, 0, -y, 1, 0];
    // -0.001 and 0.001 round to -0.00 and 0.00; 0.0049 and 0.0051 to 0.00 and 0.01.
    const stack = [-0.001, 0.001, 0.0049, 0.0051, 0].map(about);
    const coronal = [0, 0.001].map((z) => [1, 0, 0, 0, z, -1]);
    const sagittal = [0, -0.001].map((z) => [z, 1, 0, 0, 0, -1]);
    for (const [i, orientation] of [...stack, ...coronal, ...sagittal].entries()) {
      put(join(data, `${i}.dcm`), madeDicom({ orientation, instance: i }));
    }
    using ws = Workspace.create(join(folder.dir, 'ws'));
    expect(await importPaths(ws, { paths: [data], dataset: 'd' })).toMatchObject({ slices: 9, series: 3 });
    const sizes = ws.series('d').map(({ id }) => ws.slices('d', { series: id }).length);
    expect(sizes.sort()).toEqual([2, 2, 5]);
    // Slices that come later find their direction again.
    put(join(data, '10.dcm'), madeDicom({ orientation: [0, 1, 0, 0, 0, -1], instance: 10 }));
    expect(await importPaths(ws, { paths: [data], dataset: 'd' })).toMatchObject({ added: 1, series: 3 });
  });

  it('inverts MONOCHROME1 and takes padding for air', async () => {
    using folder = temporaryFolder();
    const bright = Uint16Array.from({ length: 1024 }, (_, i) =>
      i < 32 ? 60000 : i < 512 ? 100 + (i % 300) : 900,
    );
    put(
      join(folder.dir, 'data', 'x.dcm'),
      madeDicom({ instance: 1, photometric: 'MONOCHROME1', padding: 60000, values: bright }),
    );
    using ws = Workspace.create(join(folder.dir, 'ws'), { write: true });
    await importPaths(ws, { paths: [join(folder.dir, 'data')], dataset: 'd' });
    const cache = await prepareCache(ws, 'd', { size: 32, side: 'all' });
    const image = readCache(cache);
    expect(image[0]).toBeCloseTo(-1, 3);
    expect(image[31 * 32]).toBeCloseTo(-1, 3);
    expect(image[10 * 32]!).toBeGreaterThan(image[3 * 32]! - 2);
    // Low stored values are bright: 100 is brighter than 399, which is brighter than 900.
    const at = (i: number) => image[i]!;
    expect(at(300)).toBeGreaterThan(at(200));
    expect(at(200)).toBeGreaterThan(at(1023));
  });

  it('passes over workspaces and exports of Gantry, and says so', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 1, 3);
    // What `gantry demo .` leaves beside the scans.
    using ws = Workspace.create(join(data, 'gantry-demo', 'workspace'));
    const exported = join(data, 'gantry-demo', 'run-0001-dicom');
    put(join(exported, 'manifest.json'), JSON.stringify({ version: 9, kind: 'gantry-export' }));
    put(join(exported, 'sub', '0.dcm'), madeDicom({ patientId: 'SYNTHETIC', series: '1.8', instance: 1 }));
    // Other people's manifests stop nothing.
    put(join(data, 'p0', 'manifest.json'), JSON.stringify({ kind: 'collection' }));
    const result = await importPaths(ws, { paths: [data], dataset: 'd' });
    expect(result).toMatchObject({ slices: 3, subjects: 1 });
    expect(result.rejected.map(({ path }) => path)).toEqual(['p0/manifest.json']);
    expect(result.notices).toContain('skipped-gantry-output');
    expect(ws.dataset('d').notices).not.toContain('skipped-gantry-output');
    expect(await codeOf(importPaths(ws, { paths: [exported], dataset: 'e' }))).toBe('NO_INPUT');
  });

  it('keeps two versions of one instance apart and says so', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    put(join(data, 'a.dcm'), madeDicom({ instance: 1 }));
    using ws = Workspace.create(join(folder.dir, 'ws'));
    await importPaths(ws, { paths: [data], dataset: 'd' });
    put(join(data, 'copy.dcm'), madeDicom({ instance: 1 }));
    put(join(data, 'other.dcm'), madeDicom({ instance: 1, values: new Uint16Array(1024).fill(7) }));
    const result = await importPaths(ws, { paths: [data], dataset: 'd' });
    expect(result).toMatchObject({ slices: 1, added: 0, already: 2 });
    expect(result.rejected).toMatchObject([{ path: 'other.dcm', code: 'ALREADY_EXISTS' }]);
  });
});

describe('bad input', () => {
  it('is listed file by file, and the rest is imported', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 1, 3);
    put(join(data, 'notes.dcm'), 'This is a text file that somebody has named .dcm.');
    put(join(data, 'empty.dcm'), '');
    put(join(data, 'cut.dcm'), madeDicom({ instance: 50 }).subarray(0, 1500));
    put(join(data, 'report.dcm'), madeDicom({ instance: 51, pixels: false }));
    symlinkSync(data, join(data, 'p0', 'loop'));
    symlinkSync(join(data, 'nowhere'), join(data, 'p0', 'broken-link'));
    using ws = Workspace.create(join(folder.dir, 'ws'));
    const result = await importPaths(ws, { paths: [data], dataset: 'd' });
    expect(Object.fromEntries(result.rejected.map((r) => [r.path, r.code]))).toEqual({
      'notes.dcm': 'NOT_AN_IMAGE',
      'empty.dcm': 'NOT_AN_IMAGE',
      'cut.dcm': 'TRUNCATED',
      'report.dcm': 'NO_PIXELS',
      'p0/broken-link': 'NOT_FOUND',
    });
    expect(result.rejected.map(({ path }) => path)).toEqual(
      result.rejected.map(({ path }) => path).toSorted(),
    );
    expect(result.slices).toBe(3);
  });

  it('is listed for a folder and a file that may not be read', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 1, 3);
    put(join(data, 'p9', 'locked', 'x.dcm'), madeDicom({ instance: 52 }));
    put(join(data, 'secret.dcm'), madeDicom({ instance: 53 }));
    chmodSync(join(data, 'p9', 'locked'), 0o000);
    chmodSync(join(data, 'secret.dcm'), 0o000);
    // Root may read everything: then somebody else imports.
    const root = process.getuid?.() === 0;
    const nobody = 65534;
    chmodSync(folder.dir, 0o777);
    const script = `
      const { Workspace } = await import(${JSON.stringify(workspaceFile)});
      const { importPaths } = await import(${JSON.stringify(importPathsFile)});
      const ws = Workspace.create(process.argv[1]);
      const { slices, rejected } = await importPaths(ws, { paths: [process.argv[2]], dataset: 'd' });
      process.stdout.write(JSON.stringify({ slices, rejected }));`;
    const args = ['--input-type=module', '-e', script, join(folder.dir, 'ws'), data];
    const done = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      ...(root ? { uid: nobody, gid: nobody } : {}),
    });
    chmodSync(join(data, 'p9', 'locked'), 0o755);
    expect(done.stderr).toBe('');
    expect(JSON.parse(done.stdout)).toMatchObject({
      slices: 3,
      rejected: [
        { path: 'p9/locked', code: 'UNREADABLE' },
        { path: 'secret.dcm', code: 'UNREADABLE' },
      ],
    });
  });

  it('alone is NO_INPUT with the reasons, and leaves no dataset behind', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    mkdirSync(data);
    using ws = Workspace.create(join(folder.dir, 'ws'));
    expect(await codeOf(importPaths(ws, { paths: [data], dataset: 'd' }))).toBe('NO_INPUT');
    put(join(data, 'sub', 'text.txt'), 'hello');
    await expect(importPaths(ws, { paths: [data], dataset: 'd' })).rejects.toSatisfy(
      (error) => error instanceof NothingImported && error.rejected[0]?.path === 'sub/text.txt',
    );
    expect(ws.datasets()).toEqual([]);
    expect(await codeOf(importPaths(ws, { paths: [join(data, 'none')], dataset: 'd' }))).toBe('NOT_FOUND');
    expect(await codeOf(importPaths(ws, { paths: [data], dataset: '../d' }))).toBe('USAGE');
  });
});

describe('an import that does not end', () => {
  it('is refused beside another writer', async () => {
    using folder = temporaryFolder();
    putSeries(join(folder.dir, 'data'), 1, 2);
    using ws = Workspace.create(join(folder.dir, 'ws'));
    using other = Workspace.open(join(folder.dir, 'ws'), { write: true });
    expect(other.canWrite).toBe(true);
    expect(await codeOf(importPaths(ws, { paths: [join(folder.dir, 'data')], dataset: 'd' }))).toBe(
      'WORKSPACE_BUSY',
    );
  });

  it('when cancelled leaves what it has, and goes on from there', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 3, 40);
    using ws = Workspace.create(join(folder.dir, 'ws'));
    const controller = new AbortController();
    const cancelled = importPaths(
      ws,
      { paths: [data], dataset: 'd' },
      {
        signal: controller.signal,
        onProgress: ({ slices }) => {
          if (slices > 0) controller.abort();
        },
      },
    );
    expect(await codeOf(cancelled)).toBe('CANCELLED');
    expect(ws.canWrite).toBe(false);
    const { total } = ws.dataset('d');
    expect(total).toBeGreaterThan(0);
    const result = await importPaths(ws, { paths: [data], dataset: 'd' });
    expect(result).toMatchObject({ slices: 120, added: 120 - total, already: total, series: 3 });
    expect(ws.series('d').every((series) => series.window !== null)).toBe(true);
  });

  it('when killed at any moment leaves a workspace that the next import completes', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    putSeries(data, 4, 100);
    const dir = join(folder.dir, 'ws');
    const script = `
      const { Workspace } = await import(${JSON.stringify(workspaceFile)});
      const { importPaths } = await import(${JSON.stringify(importPathsFile)});
      const ws = Workspace.openOrCreate(process.argv[1]);
      await importPaths(ws, { paths: [process.argv[2]], dataset: 'd' }, {
        onProgress: (p) => process.stdout.write(p.slices + '\\n'),
      });`;
    let kills = 0;
    for (let wanted = 1; wanted < 300 && kills < 3; wanted += 120) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, dir, data], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (Number(text.trim().split('\n').at(-1)) >= wanted && child.kill('SIGKILL')) kills++;
      });
      await ended;
    }
    expect(kills).toBeGreaterThan(0);
    using ws = Workspace.open(dir);
    const result = await importPaths(ws, { paths: [data], dataset: 'd' });
    expect(result).toMatchObject({ slices: 400, series: 4, subjects: 4, rejected: [] });
    expect(result.already).toBeGreaterThan(0);
    for (const slice of ws.slices('d')) {
      expect(ws.readSlice(slice).values[16 * 32 + 16]).toBe(500 + (slice.instance ?? 0));
    }
  });

  it('on a full disk says so and leaves the workspace usable', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'data');
    // Twice what fits, because a tmpfs counts its pages by processor and lets some hundred kilobytes more in.
    for (let i = 0; i < 120; i++) {
      const values = new Uint16Array(128 * 128).fill(i);
      put(join(data, `${i}.dcm`), madeDicom({ instance: i, rows: 128, columns: 128, values }));
    }
    const small = join(folder.dir, 'small');
    mkdirSync(small);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', small]).status === 0;
    if (!mounted) {
      process.stderr.write('SKIPPED: a small tmpfs for the full-disk test could not be mounted.\n');
      return;
    }
    try {
      const ws = Workspace.create(join(small, 'ws'));
      expect(await codeOf(importPaths(ws, { paths: [data], dataset: 'd' }))).toBe('DISK_FULL');
      ws.close();
      spawnSync('mount', ['-o', 'remount,size=20m', small]);
      using again = Workspace.open(join(small, 'ws'));
      expect(await importPaths(again, { paths: [data], dataset: 'd' })).toMatchObject({ slices: 120 });
    } finally {
      await sleep(10);
      spawnSync('umount', ['-l', small]);
    }
  });
});

describe('identity', () => {
  it('of a patient is in no byte of the workspace', async () => {
    using folder = temporaryFolder();
    const data = join(folder.dir, 'Mustermann_Erika_19640812');
    const secrets = [
      'Mustermann^Erika',
      'PID-0815-4711',
      '1.2.826.0.1.99991',
      '1.2.826.0.1.99991.7',
      '1.2.826.0.1.99991.7.3',
      '19640812',
      '20190304',
      'St. Elsewhere Hospital',
      'Dr^Grumpy',
      'ACC-998877',
      'brain mass left',
      'STATION77',
      'first floor',
      'Mustermann_Erika',
      'scan_of_erika',
    ];
    put(
      join(data, 'scan_of_erika.dcm'),
      madeDicom({
        patientName: secrets[0]!,
        patientId: secrets[1]!,
        study: secrets[2]!,
        series: secrets[3]!,
        sop: secrets[4]!,
        instance: 3,
        extra: [
          [0x0010, 0x0030, 'DA', secrets[5]!],
          [0x0008, 0x0020, 'DA', secrets[6]!],
          [0x0008, 0x0080, 'LO', secrets[7]!],
          [0x0008, 0x0090, 'PN', secrets[8]!],
          [0x0008, 0x0050, 'SH', secrets[9]!],
          [0x0008, 0x103e, 'LO', secrets[10]!],
          [0x0008, 0x1010, 'SH', secrets[11]!],
          [0x0010, 0x4000, 'LT', secrets[12]!],
        ],
      }),
    );
    const dir = join(folder.dir, 'ws');
    const ws = Workspace.create(dir, { write: true });
    await importPaths(ws, { paths: [data], dataset: 'd' });
    await prepareCache(ws, 'd', { size: 16, side: 'all' });
    expect(searchFor(dir, secrets)).toEqual([]);
    ws.close();
    expect(searchFor(dir, secrets)).toEqual([]);
    // The search itself finds what is there.
    put(join(dir, 'leak.txt'), Buffer.from(`xx${secrets[0]}`, 'utf16le'));
    expect(searchFor(dir, secrets)).toEqual([secrets[0]]);
  });
});
