import { call } from '@orpc/server';
import { expect, it } from 'vitest';
import { finaliseDataset } from '../../../../src/dataset/index.ts';
import { openStudioApp } from '../../../../src/studio/app/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { fileOf, incoming, newDataset, temporaryFolder } from '../../workspace/helpers.ts';

/** A blob at a place of its own; `repeat` gives the same pixels again. */
function blob(seed: number): Uint16Array {
  const [cy, cx] = [20 + ((seed * 7) % 24), 20 + ((seed * 13) % 24)];
  return Uint16Array.from({ length: 64 * 64 }, (_, i) => {
    const [y, x] = [Math.floor(i / 64), i % 64];
    return Math.round(900 * Math.exp(-((y - cy) ** 2 + (x - cx) ** 2) / 150) + ((y * 3 + x * seed) % 11));
  });
}

/** Two subjects of four slices; the last of each repeats its first, and one is of another plane. */
async function made(dir: string): Promise<void> {
  using ws = Workspace.create(dir, { write: true });
  newDataset(ws, 'd');
  const ingest = ws.beginIngest('d');
  for (const s of [0, 1]) {
    const slices = [0, 1, 2, 0].map((picture, i) => {
      const slice = incoming(ws, `P${s}`, `S${s}`, i, blob(10 * s + picture), 64);
      return s === 0 ? slice : { ...slice, series: { ...slice.series, plane: 'coronal' } };
    });
    ingest.add([fileOf(ws, `f${s}`, slices)]);
  }
  ingest.close();
  await finaliseDataset(ws, 'd');
}

it('a dataset is checked, cleaned by rule and by hand, and put back, through the contract', async () => {
  using folder = temporaryFolder();
  const dir = `${folder.dir}/ws`;
  await made(dir);
  const app = await openStudioApp({ workspace: dir, shell: 'serve' });
  try {
    const { datasets } = app.router;
    const datasetId = '1';
    const health = await call(datasets.check, { datasetId, preset: 'tiny', size: 32 });
    expect(health.healthy).toBe(false);
    expect(health.figures).toMatchObject({ slices: 8, trainSubjects: 2, heldOutSubjects: 0 });
    const codes = health.findings.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['exact-duplicates', 'mixed-planes', 'too-few-slices']));
    expect(health.findings.find(({ code }) => code === 'exact-duplicates')).toMatchObject({
      rule: 'duplicates',
      excludes: 2,
      slices: ['4', '8'],
    });
    expect(health.spreads.find(({ property }) => property === 'plane')?.values).toEqual([
      { value: 'axial', slices: 4, subjects: 1 },
      { value: 'coronal', slices: 4, subjects: 1 },
    ]);

    const excluded = await call(datasets.exclude, { datasetId, rule: 'duplicates' });
    expect(excluded).toEqual({ changeId: '1', slices: 2 });
    const byHand = await call(datasets.exclude, { datasetId, slices: ['1', '4'] });
    expect(byHand).toEqual({ changeId: '2', slices: 2 });
    const page = await call(datasets.slices, { datasetId, which: 'excluded' });
    expect(page.items.map(({ id, reason }) => [id, reason])).toEqual(
      expect.arrayContaining([
        ['1', 'by hand'],
        ['4', 'by hand'],
        ['8', 'rule duplicates'],
      ]),
    );
    // A change whose slices were changed again waits for the later one.
    await expect(call(datasets.undo, { datasetId, changeId: '1' })).rejects.toMatchObject({
      code: 'STUDIO',
      data: { code: 'USAGE' },
    });
    expect(await call(datasets.undo, { datasetId, changeId: '2' })).toEqual({ changeId: '2', slices: 2 });
    expect(await call(datasets.restore, { datasetId, rule: 'duplicates' })).toEqual({
      changeId: '3',
      slices: 2,
    });
    expect(await call(datasets.exclude, { datasetId, rule: 'outliers' })).toEqual({
      changeId: null,
      slices: 0,
    });
    const changes = await call(datasets.changes, { datasetId });
    expect(
      changes.map(({ rule, state, slices, undoneAt }) => [rule, state, slices, undoneAt !== null]),
    ).toEqual([
      ['duplicates', 'excluded', 2, false],
      ['by hand', 'excluded', 2, true],
      ['duplicates', 'used', 2, false],
    ]);
    expect((await call(datasets.slices, { datasetId, which: 'used' })).total).toBe(8);
    await expect(call(datasets.exclude, { datasetId, slices: ['99'] })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    });
    await expect(call(datasets.check, { datasetId, size: 63 })).rejects.toMatchObject({
      data: { code: 'BAD_SIZE' },
    });
  } finally {
    await app.close();
  }
});
