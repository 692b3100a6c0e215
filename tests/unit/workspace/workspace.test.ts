import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { Workspace } from '../../../src/workspace/index.ts';
import { fileOf, incoming, newDataset, temporaryFolder } from './helpers.ts';

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'none';
}

describe('a workspace folder', () => {
  it('is made once, opened again, and refuses what is not one', () => {
    using folder = temporaryFolder();
    const dir = join(folder.dir, 'ws');
    Workspace.create(dir).close();
    expect(statSync(join(dir, 'secret')).mode & 0o777).toBe(0o600);
    expect(codeOf(() => Workspace.create(dir))).toBe('ALREADY_EXISTS');
    Workspace.open(dir).close();
    Workspace.openOrCreate(dir).close();
    expect(codeOf(() => Workspace.open(join(folder.dir, 'none')))).toBe('NOT_FOUND');
    const other = join(folder.dir, 'other');
    mkdirSync(other);
    expect(codeOf(() => Workspace.open(other))).toBe('WORKSPACE_INVALID');
    writeFileSync(join(other, 'thesis.txt'), 'not ours');
    expect(codeOf(() => Workspace.openOrCreate(other))).toBe('WORKSPACE_INVALID');
    expect(readFileSync(join(other, 'thesis.txt'), 'utf8')).toBe('not ours');
  });

  it('tells a newer, a foreign and a damaged database apart', () => {
    using folder = temporaryFolder();
    const dir = join(folder.dir, 'ws');
    const file = join(dir, 'workspace.db');
    Workspace.create(dir).close();
    let db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 999');
    db.close();
    expect(codeOf(() => Workspace.open(dir))).toBe('WORKSPACE_TOO_NEW');
    db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 1; PRAGMA application_id = 7');
    db.close();
    expect(codeOf(() => Workspace.open(dir))).toBe('WORKSPACE_INVALID');
    writeFileSync(file, 'this was a database once, and is long enough to be taken for a header'.repeat(50));
    expect(codeOf(() => Workspace.open(dir))).toBe('WORKSPACE_INVALID');
    rmSync(file);
    Workspace.openOrCreate(dir).close();
    rmSync(join(dir, 'secret'));
    expect(codeOf(() => Workspace.open(dir))).toBe('WORKSPACE_INVALID');
  });

  it('gives one writer the lock and lets readers read', () => {
    using folder = temporaryFolder();
    const writer = Workspace.create(folder.dir, { write: true });
    expect(codeOf(() => Workspace.open(folder.dir, { write: true }))).toBe('WORKSPACE_BUSY');
    const reader = Workspace.open(folder.dir);
    newDataset(writer, 'heads');
    expect(reader.datasets().map((d) => d.name)).toEqual(['heads']);
    expect(codeOf(() => newDataset(reader, 'other'))).toBe('WORKSPACE_BUSY');
    const second = writer.acquireWriter();
    second.release();
    second.release();
    expect(writer.canWrite).toBe(true);
    writer.close();
    const hold = reader.acquireWriter();
    newDataset(reader, 'other');
    hold.release();
    expect(reader.canWrite).toBe(false);
    reader.close();
  });

  it('refuses a record that was tampered with', () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'heads');
    const run = ws.createRun({
      dataset: 'heads',
      preset: 'tiny',
      size: 64,
      seed: 1,
      config: {},
      device: 'cpu',
    });
    const db = new DatabaseSync(join(folder.dir, 'workspace.db'));
    db.exec(`UPDATE runs SET state = '{"kind":"dancing"}'`);
    expect(codeOf(() => ws.run(run.id))).toBe('WORKSPACE_INVALID');
    db.exec(`UPDATE runs SET state = 'no json'`);
    expect(codeOf(() => ws.run(run.id))).toBe('WORKSPACE_INVALID');
    db.close();
  });
});

describe('slices', () => {
  it('come back as they were stored, once each', async () => {
    using folder = temporaryFolder();
    const ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'heads');
    const signed = Int16Array.from([-5, 0, 7, 32767, -32768, 1]);
    const unsigned = Uint16Array.from([0, 1, 65535, 4095, 9, 2]);
    const files = [
      fileOf(ws, 'a', [incoming(ws, 'P1', 'S1', 0, signed, 3), incoming(ws, 'P1', 'S1', 1, unsigned, 2)]),
    ];
    const ingest = ws.beginIngest('heads');
    expect(ingest.add(files)).toMatchObject({ added: 2, already: 0, conflicts: 0 });
    expect(ingest.add(files)).toMatchObject({ added: 0, already: 2, conflicts: 0 });
    const changed = fileOf(ws, 'b', [incoming(ws, 'P1', 'S1', 0, Int16Array.from([1, 1, 1, 1, 1, 1]), 3)]);
    expect(ingest.add([changed])).toMatchObject({ added: 0, already: 0, conflicts: 1 });
    await ingest.flush();
    ingest.close();
    ws.close();
    using again = Workspace.open(folder.dir);
    const [first, second] = again.slices('heads');
    expect([...again.readSlice(first!).values]).toEqual([...signed]);
    expect(again.readSlice(second!.id)).toMatchObject({ rows: 3, columns: 2, values: unsigned });
    expect(again.dataset('heads')).toMatchObject({ slices: 2, total: 2, series: 1, subjects: 1 });
    expect([...again.sources('heads').values()]).toEqual([2]);
  });

  it('store equal pixels once, across datasets', () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    const values = new Uint16Array(64 * 64).fill(17);
    for (const name of ['one', 'two']) {
      newDataset(ws, name);
      const ingest = ws.beginIngest(name);
      ingest.add([
        fileOf(ws, 'a', [incoming(ws, 'P', 'S', 0, values, 64), incoming(ws, 'P', 'S', 1, values, 64)]),
      ]);
      ingest.close();
    }
    expect(statSync(join(ws.contentDir, '000001.shard')).size).toBe(64 * 64 * 2);
  });

  it('that did not reach the disk before a power failure are dropped by the next writer', async () => {
    using folder = temporaryFolder();
    const ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'heads');
    const make = (i: number) =>
      fileOf(ws, `f${i}`, [incoming(ws, 'P', 'S', i, new Uint16Array(16).fill(i + 1), 4)]);
    const ingest = ws.beginIngest('heads');
    ingest.add([make(0)]);
    await ingest.flush();
    ingest.add([make(1), make(2)]);
    ingest.close();
    ws.close();
    // The last slice's bytes were never written: the shard ends before them.
    const shard = join(folder.dir, 'content', 'slices', '000001.shard');
    writeFileSync(shard, readFileSync(shard).subarray(0, 64 + 8));
    using next = Workspace.open(folder.dir, { write: true });
    expect(next.slices('heads').map((slice) => slice.instance)).toEqual([0, 1]);
    expect(next.sources('heads').size).toBe(2);
    const again = next.beginIngest('heads');
    expect(again.add([make(2)])).toMatchObject({ added: 1 });
    again.close();
    expect([...next.readSlice(next.slices('heads')[2]!).values]).toEqual(new Array(16).fill(3));
  });

  it('are set aside and brought back, and the dataset hash follows', () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'heads');
    const ingest = ws.beginIngest('heads');
    ingest.add([
      fileOf(
        ws,
        'a',
        [0, 1].map((i) => incoming(ws, 'P', 'S', i, new Uint16Array(4).fill(i), 2)),
      ),
    ]);
    ingest.close();
    const before = ws.datasetHash('heads');
    const id = ws.slices('heads')[0]!.id;
    ws.setSliceState(id, 'excluded', 'by hand');
    expect(ws.dataset('heads')).toMatchObject({ slices: 1, excluded: 1, total: 2 });
    expect(ws.datasetHash('heads')).not.toBe(before);
    ws.setSliceState([id], 'used');
    expect(ws.datasetHash('heads')).toBe(before);
    expect(codeOf(() => ws.setSliceState(99, 'used'))).toBe('NOT_FOUND');
  });
});
