import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { call } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStudioApp, type StudioApp } from '../../../../src/studio/app/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { madeDicom } from '../import/makeDicom.ts';

let folder: string;
let scans: string;
let app: StudioApp;
const dir = () => join(folder, 'ws');
const refusal = (code: string) => ({ code: 'STUDIO', data: { code } });

/** A slice with something in it, as a scanner would write it. */
function slice(instance: number): Uint8Array {
  return madeDicom({ instance });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-imports-'));
  scans = join(folder, 'scans');
  mkdirSync(join(scans, 'one', 'deep'), { recursive: true });
  for (let i = 0; i < 4; i++) writeFileSync(join(scans, 'one', 'deep', `${i}.dcm`), slice(i + 1));
  writeFileSync(join(scans, 'one', 'notes.txt'), 'no image');
  mkdirSync(join(folder, 'secret'));
  writeFileSync(join(folder, 'secret', 'x.dcm'), slice(9));
  symlinkSync(join(folder, 'secret'), join(scans, 'out'));
  app = await openStudioApp({ workspace: dir(), shell: 'serve', create: true, allow: [scans] });
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ended(jobId: string) {
  await expect
    .poll(async () => (await call(app.router.jobs.list, undefined)).find(({ id }) => id === jobId)?.state, {
      timeout: 20_000,
    })
    .not.toBe('running');
  return (await call(app.router.jobs.list, undefined)).find(({ id }) => id === jobId)!;
}

describe('importing from an allowed folder', () => {
  it('lists folders by name, counts files, and shows no path', async () => {
    const ways = await call(app.router.imports.ways, undefined);
    expect(ways).toEqual({ places: [{ id: 'place-1', name: 'scans' }], canPick: false, canUpload: true });
    const browse = (path: string[]) => call(app.router.imports.browse, { placeId: 'place-1', path });
    // The link that leads out of the allowed folder is not listed.
    expect(await browse([])).toEqual({ folders: ['one'], files: 0, isCut: false });
    expect(await browse(['one'])).toEqual({ folders: ['deep'], files: 1, isCut: false });
  });

  it.each([[['..']], [['one', '..', '..']], [['one/../..']], [['.']], [['one\\deep']], [['a\0b']], [['']]])(
    'refuses the path %j as malformed',
    async (path) => {
      await expect(call(app.router.imports.browse, { placeId: 'place-1', path })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    },
  );

  it('finds nothing behind a link that leads out, an encoded step up, or a folder that is not there', async () => {
    for (const path of [['out'], ['%2e%2e'], ['none'], ['one', 'notes.txt']]) {
      const source = { type: 'place' as const, placeId: 'place-1', path };
      await expect(call(app.router.imports.browse, { placeId: 'place-1', path })).rejects.toMatchObject(
        refusal('NOT_FOUND'),
      );
      await expect(call(app.router.imports.start, { dataset: 'heads', source })).rejects.toMatchObject(
        refusal('NOT_FOUND'),
      );
    }
    await expect(call(app.router.imports.browse, { placeId: 'place-2', path: [] })).rejects.toMatchObject(
      refusal('NOT_FOUND'),
    );
    await expect(call(app.router.imports.pick, { kind: 'folder' })).rejects.toMatchObject(refusal('USAGE'));
  });

  it('imports as a job, with its rejects by name, and a figure of what came in', async () => {
    const source = { type: 'place' as const, placeId: 'place-1', path: ['one'] };
    const { jobId } = await call(app.router.imports.start, { dataset: 'heads', source });
    const job = await ended(jobId);
    expect(job).toMatchObject({
      state: 'done',
      kind: 'import',
      subject: 'heads',
      done: 5,
      total: 5,
      rejected: 1,
    });
    expect(job.outcome).toMatchObject({ added: 4, datasetId: '1', subjects: 1 });
    const { items } = await call(app.router.jobs.rejects, { jobId });
    expect(items).toEqual([expect.objectContaining({ name: 'notes.txt', code: 'NOT_AN_IMAGE' })]);
    expect(JSON.stringify([job, items])).not.toContain(folder);
    // The lock was given back.
    Workspace.open(dir(), { write: true }).close();
  });

  it('fails with a reason when there is nothing to import', async () => {
    rmSync(join(scans, 'one', 'deep'), { recursive: true });
    const source = { type: 'place' as const, placeId: 'place-1', path: ['one'] };
    const { jobId } = await call(app.router.imports.start, { dataset: 'heads', source });
    expect(await ended(jobId)).toMatchObject({ state: 'failed', failure: { code: 'NO_INPUT' }, rejected: 1 });
    expect(await call(app.router.datasets.list, undefined)).toEqual([]);
  });

  it('fails when the name of the dataset cannot be one', async () => {
    const source = { type: 'place' as const, placeId: 'place-1', path: ['one'] };
    const { jobId } = await call(app.router.imports.start, { dataset: '../heads', source });
    expect(await ended(jobId)).toMatchObject({ state: 'failed', failure: { code: 'USAGE' } });
  });

  it('does not start in a folder that may not be allowed', async () => {
    const wrong = { workspace: dir(), shell: 'serve' as const, allow: [join(folder, 'nowhere')] };
    await expect(openStudioApp(wrong)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('importing what a page sends', () => {
  const send = (id: string, path: string[], bytes: Uint8Array) =>
    app.receive(id, path, Readable.from([bytes]));
  const staged = () => readdirSync(dir()).filter((name) => name.startsWith('upload-'));

  it('keeps the files for this user alone, imports them and removes them', async () => {
    const { uploadId } = await call(app.router.imports.beginUpload, undefined);
    for (let i = 0; i < 3; i++) await send(uploadId, ['mine', 'sub', `${i}.dcm`], slice(i + 1));
    expect(staged()).toHaveLength(1);
    expect(statSync(join(dir(), staged()[0]!)).mode & 0o077).toBe(0);
    const { jobId } = await call(app.router.imports.start, {
      dataset: 'sent',
      source: { type: 'upload', uploadId },
      subjectFrom: 'folder',
    });
    const job = await ended(jobId);
    expect(job).toMatchObject({ state: 'done', rejected: 0 });
    expect(job.outcome).toMatchObject({ added: 3 });
    await expect.poll(() => staged()).toEqual([]);
  });

  it.each([
    [['..', 'x.dcm']],
    [['a', '../../x.dcm']],
    [['/etc/passwd']],
    [['C:\\x.dcm']],
    [['a\0']],
    [[]],
    [['.']],
    [['x'.repeat(300)]],
  ])('refuses a file named %j', async (path) => {
    const { uploadId } = await call(app.router.imports.beginUpload, undefined);
    await expect(send(uploadId, path, slice(1))).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(join(dir(), staged()[0]!))).toEqual([]);
    expect(existsSync(join(folder, 'x.dcm'))).toBe(false);
  });

  it('knows no upload that was given up, and no second file of a name', async () => {
    const { uploadId } = await call(app.router.imports.beginUpload, undefined);
    await send(uploadId, ['x.dcm'], slice(1));
    await expect(send(uploadId, ['x.dcm'], slice(2))).rejects.toMatchObject({ code: 'IO' });
    await call(app.router.imports.discardUpload, { uploadId });
    expect(staged()).toEqual([]);
    await expect(send(uploadId, ['y.dcm'], slice(1))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('removes the scans of an import whose table of labels is not there', async () => {
    const { uploadId } = await call(app.router.imports.beginUpload, undefined);
    await send(uploadId, ['x.dcm'], slice(1));
    const source = { type: 'upload' as const, uploadId };
    const labels = { type: 'picked' as const, pickId: 'gone' };
    await expect(call(app.router.imports.start, { dataset: 'sent', source, labels })).rejects.toMatchObject(
      refusal('NOT_FOUND'),
    );
    expect(staged()).toEqual([]);
  });

  it('removes what a dead process left, and leaves a living one’s alone', async () => {
    await app.close();
    mkdirSync(join(dir(), 'upload-999999999-abc.tmp'));
    mkdirSync(join(dir(), `upload-${process.pid}-abc.tmp`));
    app = await openStudioApp({ workspace: dir(), shell: 'serve' });
    expect(staged()).toEqual([`upload-${process.pid}-abc.tmp`]);
  });
});

describe('importing what a shell’s dialog gave', () => {
  it('hands the page a name for a path, and imports it', async () => {
    await app.close();
    app = await openStudioApp({
      workspace: dir(),
      shell: 'electron',
      pickPaths: async (kind) => (kind === 'folder' ? [join(scans, 'one')] : []),
    });
    expect(await call(app.router.imports.ways, undefined)).toMatchObject({ canPick: true, canUpload: false });
    expect(await call(app.router.imports.pick, { kind: 'files' })).toBeNull();
    const picked = await call(app.router.imports.pick, { kind: 'folder' });
    expect(picked).toMatchObject({ name: 'one', items: 1 });
    expect(JSON.stringify(picked)).not.toContain(folder);
    const { jobId } = await call(app.router.imports.start, {
      dataset: 'heads',
      source: { type: 'picked', pickId: picked!.pickId },
    });
    expect(await ended(jobId)).toMatchObject({ state: 'done' });
    await expect(
      call(app.router.imports.start, { dataset: 'x', source: { type: 'picked', pickId: 'guessed' } }),
    ).rejects.toMatchObject(refusal('NOT_FOUND'));
  });

  it('tells the pages of what was dropped, by name', async () => {
    const stop = new AbortController();
    const stream = await call(app.router.runs.events, {}, { signal: stop.signal });
    await stream.next();
    app.dropped([join(scans, 'one')]);
    const { value } = await stream.next();
    expect(value).toMatchObject({ type: 'dropped', picked: { name: 'one', items: 1 } });
    expect(JSON.stringify(value)).not.toContain(folder);
    stop.abort();
    expect(readFileSync(join(scans, 'one', 'notes.txt'), 'utf8')).toBe('no image');
  });
});
