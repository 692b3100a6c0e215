import { once } from 'node:events';
import { existsSync, readdirSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finaliseDataset, prepareCache, readCache } from '../../../src/dataset/index.ts';
import { Workspace } from '../../../src/workspace/index.ts';
import { fileOf, heldElsewhere, incoming, newDataset, temporaryFolder } from '../workspace/helpers.ts';

/** A square of `value` in the left half of the display; stored turned by 90 degrees for the second series. */
function put(ws: Workspace): void {
  const ingest = ws.beginIngest('d');
  // Dark tissue below on the right, so that the window reaches down to 200.
  const shown = (i: number, y: number, x: number) => (x < 8 ? 1000 - 40 * i : y >= 14 ? 200 : 20);
  const image = (i: number) => Uint16Array.from({ length: 256 }, (_, p) => shown(i, p >> 4, p & 15));
  const turned = (i: number) => Uint16Array.from({ length: 256 }, (_, p) => shown(i, p & 15, p >> 4));
  const axial = [1, 0, 0, 0, 1, 0] as const;
  const other = [0, 1, 0, 1, 0, 0] as const;
  for (const [series, orientation, pixels] of [
    ['S1', axial, image],
    ['S2', other, turned],
  ] as const) {
    const slices = [0, 1, 2].map((i) =>
      incoming(ws, series, series, i, pixels(i), 16, {
        series: {
          kind: 'dicom',
          plane: 'axial',
          rows: 16,
          columns: 16,
          geometry: { orientation: [...orientation], pixelSpacingMm: [1, 1] },
          attributes: {},
          notices: [],
        },
      }),
    );
    ingest.add([fileOf(ws, series, slices)]);
  }
  ingest.close();
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: { code?: string }) => error.code ?? String(error),
  );
}

describe('prepareCache', () => {
  it('makes display images once for a state of the dataset, and again when it changes', async () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'd');
    put(ws);
    expect(ws.dataset('d').unfinished).toBe(true);
    const progress: number[] = [];
    const first = await prepareCache(ws, 'd', {
      size: 8,
      side: 'train',
      onProgress: (n) => progress.push(n),
    });
    expect(ws.dataset('d').unfinished).toBe(false);
    expect(first).toMatchObject({ count: 6, size: 8 });
    expect(statSync(first.file).size).toBe(6 * 64 * 2);
    expect(progress).toEqual([6]);
    const images = readCache(first);
    for (let n = 0; n < 6; n++) {
      // Both series show the square on the left, however they were stored.
      expect(images[n * 64]!).toBeGreaterThan(0.7);
      expect(images[n * 64 + 7]).toBeCloseTo(-1, 4);
    }
    expect(readCache(first, [4])).toEqual(images.slice(4 * 64, 5 * 64));
    const again = await prepareCache(ws, 'd', {
      size: 8,
      side: 'train',
      onProgress: (n) => progress.push(n),
    });
    expect(again).toEqual(first);
    expect(progress).toEqual([6]);
    truncateSync(first.file, 100);
    expect((await prepareCache(ws, 'd', { size: 8, side: 'train' })).hash).toBe(first.hash);
    ws.setSliceState(first.sliceIds[0]!, 'excluded');
    const smaller = await prepareCache(ws, 'd', { size: 8, side: 'train' });
    expect(smaller.count).toBe(5);
    expect(smaller.sliceIds).toEqual(first.sliceIds.slice(1));
  });

  it('neither finishes nor reads a dataset into which an import goes on, here or in another process', async () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'd');
    put(ws);
    const prepare = () => codeOf(prepareCache(ws, 'd', { size: 8, side: 'train' }));
    {
      using _ = ws.lease('d', 'change');
      expect(await prepare()).toBe('DATASET_IN_USE');
    }
    const other = await heldElsewhere(folder.dir, 'd', 'change');
    expect(await prepare()).toBe('DATASET_IN_USE');
    expect(ws.dataset('d').unfinished).toBe(true);
    expect(existsSync(ws.cacheDir)).toBe(false);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await prepare()).toBe('none');
  });

  it('keeps imports away until the file is whole', async () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'd');
    put(ws);
    let tried = 0;
    await prepareCache(ws, 'd', {
      size: 8,
      side: 'train',
      onProgress: () => {
        tried++;
        expect(() => ws.lease('d', 'change')).toThrow(/reading or changing the dataset "d"/);
      },
    });
    expect(tried).toBe(1);
    ws.lease('d', 'change').release();
  });

  it('removes what no dataset needs any more, and nothing that may be in use', async () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'd');
    put(ws);
    const prepare = (size: number) => prepareCache(ws, 'd', { size, side: 'train' });
    const left = () => readdirSync(ws.cacheDir).sort();
    const age = (...files: string[]) => {
      for (const file of files) utimesSync(file, new Date(0), new Date(0));
    };
    const old = await prepare(8);
    const used = await prepare(16);
    const killed = `${old.file}.0123456789ab.tmp`;
    const underWay = `${old.file}.ba9876543210.tmp`;
    const strange = join(ws.cacheDir, 'something-else.tmp');
    for (const file of [killed, underWay, strange]) writeFileSync(file, 'x');
    age(old.file, `${old.file}.json`, used.file, `${used.file}.json`, killed, strange);
    // Used again a moment ago, by a process that may still read it.
    await prepare(16);
    ws.setSliceState(old.sliceIds[0]!, 'excluded');
    const fresh = await prepare(8);
    for (const { file } of [fresh, used])
      expect([existsSync(file), existsSync(`${file}.json`)]).toEqual([true, true]);
    expect(left()).toHaveLength(4 + 2);
    expect([underWay, strange].every(existsSync)).toBe(true);
    // A state that is the dataset's stays however old it is.
    age(used.file, fresh.file);
    const larger = await prepare(32);
    expect(left()).toHaveLength(4 + 2);
    expect([fresh.file, larger.file].every(existsSync)).toBe(true);
  });

  it('refuses what cannot be, and leaves no half file when cancelled', async () => {
    using folder = temporaryFolder();
    using ws = Workspace.create(folder.dir, { write: true });
    newDataset(ws, 'd');
    expect(await codeOf(prepareCache(ws, 'd', { size: 8, side: 'all' }))).toBe('DATASET_TOO_SMALL');
    put(ws);
    await finaliseDataset(ws, 'd');
    expect(await codeOf(prepareCache(ws, 'd', { size: 8, side: 'heldOut' }))).toBe('DATASET_TOO_SMALL');
    expect(await codeOf(prepareCache(ws, 'd', { size: 7.5, side: 'all' }))).toBe('BAD_SIZE');
    expect(await codeOf(prepareCache(ws, 'none', { size: 8, side: 'all' }))).toBe('NOT_FOUND');
    const aborted = AbortSignal.abort();
    expect(await codeOf(prepareCache(ws, 'd', { size: 8, side: 'all', signal: aborted }))).toBe('CANCELLED');
    expect(readdirSync(ws.cacheDir)).toEqual([]);
  });
});
