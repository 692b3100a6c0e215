import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { toGantryError } from '../../../../src/base/errors.ts';
import { finaliseDataset } from '../../../../src/dataset/index.ts';
import { mergeDatasets, planMerge } from '../../../../src/studio/merge/index.ts';
import { type IncomingSlice, Workspace } from '../../../../src/workspace/index.ts';
import { fileOf, heldElsewhere, incoming, temporaryFolder } from '../../workspace/helpers.ts';

const columns = 16;
/** Tissue of one brightness on air; 0 shows nothing. */
const image = (value: number) =>
  Uint16Array.from({ length: columns * columns }, (_, i) => (i < 128 ? value : 0));

type Extra = Partial<IncomingSlice>;
interface Made {
  readonly subject: string;
  readonly series: string;
  readonly instances: readonly number[];
  readonly value?: (instance: number) => number;
  readonly extra?: Extra;
}

const brightness = (series: string, i: number) => 100 + 10 * i + (series.charCodeAt(0) % 16) * 1000;

async function dataset(ws: Workspace, name: string, parts: readonly Made[], subjectFrom = 'identity') {
  ws.createDataset({ name, subjectFrom, splitSeed: 1, heldOutFraction: 0 });
  const ingest = ws.beginIngest(name);
  for (const { subject, series, instances, value, extra } of parts) {
    const files = instances.map((i) => {
      const pixels = image(value?.(i) ?? brightness(series, i));
      const slice = incoming(ws, subject, series, i, pixels, columns, extra ?? {});
      return fileOf(ws, `${series}/${i}/${pixels[0]}`, [slice]);
    });
    ingest.add(files);
  }
  ingest.close();
  await finaliseDataset(ws, name);
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => toGantryError(error).code,
  );

/** All that a dataset says, without row numbers and names. */
const contentOf = (ws: Workspace, name: string) =>
  ws.slices(name).map(({ contentHash, order, state, reason, labels, positionMm }) => ({
    contentHash,
    order,
    state,
    reason,
    labels,
    positionMm,
  }));

const ofA = [
  { subject: 'P', series: 'S', instances: [1, 2, 3, 4] },
  { subject: 'Q', series: 'T', instances: [1, 2] },
];
const ofB = [
  { subject: 'P', series: 'S', instances: [3, 4, 5, 6] },
  { subject: 'R', series: 'U', instances: [1, 2] },
];

it('gives what importing the files of both into one dataset gives', async () => {
  using folder = temporaryFolder();
  using ws = Workspace.create(folder.dir, { write: true });
  await dataset(ws, 'a', ofA);
  await dataset(ws, 'b', ofB);
  await dataset(ws, 'both', [...ofA, ...ofB]);
  const before = ['a', 'b'].map((name) => [ws.dataset(name), ws.datasetHash(name), contentOf(ws, name)]);

  const plan = await planMerge(ws, ['a', 'b']);
  const { dataset: merged, ...figures } = await mergeDatasets(ws, { datasets: ['a', 'b'], into: 'c' });
  expect(figures).toEqual(plan.figures);
  expect(figures).toEqual({
    slices: 10,
    subjects: 3,
    joined: 2,
    conflicts: 0,
    sharedSubjects: 1,
    movedSubjects: 0,
    labelConflicts: [],
    warnings: [],
  });
  expect(merged).toMatchObject({ name: 'c', total: 10, subjects: 3, series: 3, unfinished: false });
  expect(contentOf(ws, 'c')).toEqual(contentOf(ws, 'both'));
  expect(ws.datasetHash('c')).toBe(ws.datasetHash('both'));
  // The same people, by their keys, and the files are known.
  const people = (name: string) => ws.mergeSubjects(name).map(({ key }) => key);
  expect(people('c').sort()).toEqual(people('both').sort());
  expect(ws.sources('c')).toEqual(ws.sources('both'));
  // The pixels are those of the sources, and the sources are as they were.
  for (const slice of ws.slices('c')) expect(ws.readSlice(slice).values).toHaveLength(256);
  expect(['a', 'b'].map((name) => [ws.dataset(name), ws.datasetHash(name), contentOf(ws, name)])).toEqual(
    before,
  );
});

it('unites labels, keeps what was set aside, and counts what differs', async () => {
  using folder = temporaryFolder();
  using ws = Workspace.create(folder.dir, { write: true });
  const labelled = (labels: Record<string, string>, instances = [1, 2, 3]) => ({
    subject: 'P',
    series: 'S',
    instances,
    extra: { labels },
  });
  await dataset(ws, 'a', [labelled({ grade: '1', site: 'x' })]);
  await dataset(ws, 'b', [
    labelled({ grade: '2', site: 'x', sure: 'yes' }, [1, 2]),
    // One identifier, other pixels.
    { ...labelled({}, [3]), value: () => 900 },
  ]);
  const [first] = ws.slices('b');
  ws.changeSlices('b', { rule: 'by hand', state: 'excluded', slices: [first!.id], reason: 'moved' });
  const merged = await mergeDatasets(ws, { datasets: ['a', 'b'], into: 'c' });
  expect(merged).toMatchObject({
    slices: 3,
    joined: 2,
    conflicts: 1,
    labelConflicts: [{ name: 'grade', slices: 2 }],
    warnings: ['merge-conflicts', 'merge-label-conflicts'],
  });
  expect(contentOf(ws, 'c')).toMatchObject([
    { state: 'excluded', reason: 'moved', labels: { grade: '1', site: 'x', sure: 'yes' } },
    { state: 'used', labels: { grade: '1', site: 'x', sure: 'yes' } },
    { state: 'used', labels: { grade: '1', site: 'x' } },
  ]);
  // The file that lost a slice is not taken for known.
  expect(ws.sources('c').size).toBe(3);
});

it('joins the same picture under two identifiers, but not empty slices, which are all alike', async () => {
  using folder = temporaryFolder();
  using ws = Workspace.create(folder.dir, { write: true });
  const value = (i: number) => (i === 1 ? 0 : 100 * i);
  await dataset(ws, 'a', [{ subject: 'P', series: 'S', instances: [1, 2, 3], value }]);
  await dataset(ws, 'b', [{ subject: 'P', series: 'copy of S', instances: [1, 2, 3, 4], value }]);
  const merged = await mergeDatasets(ws, { datasets: ['a', 'b'], into: 'c' });
  expect(merged).toMatchObject({ joined: 2, slices: 5, subjects: 1 });
  const states = ws.slices('c').map(({ state }) => state);
  expect(states.filter((state) => state === 'empty')).toHaveLength(2);
});

it('leaves nobody on both sides of the split', async () => {
  using folder = temporaryFolder();
  using ws = Workspace.create(folder.dir, { write: true });
  await dataset(ws, 'a', [...ofA, { subject: 'X', series: 'V', instances: [1, 2] }]);
  // R is X under another name: they share pictures.
  const alias = { subject: 'R', series: 'W', instances: [1, 2, 3], value: (i: number) => brightness('V', i) };
  await dataset(ws, 'b', [...ofB, alias]);
  const side = (name: string, subject: string, to: 'train' | 'heldOut') => {
    const key = ws.keyOf('subject', subject).toString('hex');
    const { id } = ws.mergeSubjects(name).find((one) => one.key === key)!;
    ws.setSides(new Map([[id, to]]));
  };
  side('a', 'P', 'heldOut');
  side('a', 'Q', 'heldOut');
  side('b', 'R', 'heldOut');
  const merged = await mergeDatasets(ws, { datasets: ['a', 'b'], into: 'c' });
  expect(merged).toMatchObject({ movedSubjects: 2, warnings: ['merge-moved-subjects'] });
  const sides = Object.fromEntries(ws.mergeSubjects('c').map(({ key, side: of }) => [key, of]));
  const of = (subject: string) => sides[ws.keyOf('subject', subject).toString('hex')];
  expect([of('P'), of('Q'), of('R'), of('X')]).toEqual(['train', 'heldOut', 'train', 'train']);
});

it('warns of mixtures and of ways to tell people apart that do not fit', async () => {
  using folder = temporaryFolder();
  using ws = Workspace.create(folder.dir, { write: true });
  const of = (series: string, modality: string, plane: string) => ({
    subject: series,
    series,
    instances: [1],
    extra: {
      series: {
        kind: 'dicom',
        plane,
        rows: 16,
        columns: 16,
        geometry: {},
        attributes: { modality },
        notices: [],
      },
    },
  });
  await dataset(ws, 'a', [of('S', 'MR', 'axial')]);
  await dataset(ws, 'b', [of('T', 'CT', 'sagittal')], 'folder');
  expect((await planMerge(ws, ['a', 'b'])).figures.warnings).toEqual([
    'merge-modalities',
    'merge-planes',
    'merge-subject-rules',
  ]);
});

it('is refused where it cannot be', async () => {
  using folder = temporaryFolder();
  using ws = Workspace.create(folder.dir, { write: true });
  await dataset(ws, 'a', ofA);
  await dataset(ws, 'b', ofB);
  const merge = (datasets: string[], into: string) => codeOf(mergeDatasets(ws, { datasets, into }));
  expect(await merge(['a'], 'c')).toBe('USAGE');
  expect(await merge(['a', 'a'], 'c')).toBe('USAGE');
  expect(await merge(['a', 'none'], 'c')).toBe('NOT_FOUND');
  expect(await merge(['a', 'b'], 'b')).toBe('ALREADY_EXISTS');
  expect(await merge(['a', 'b'], '(c)')).toBe('USAGE');
  const other = await heldElsewhere(folder.dir, 'b', 'change');
  expect(await merge(['a', 'b'], 'c')).toBe('DATASET_IN_USE');
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(await merge(['a', 'b'], 'c')).toBe('none');
});

it('leaves nothing when it is cancelled or killed in the middle', async () => {
  using folder = temporaryFolder();
  const instances = Array.from({ length: 1500 }, (_, i) => i + 1);
  {
    using ws = Workspace.create(folder.dir, { write: true });
    const values = (odd: number) => (i: number) => 1000 + 2 * i + odd;
    await dataset(ws, 'a', [{ subject: 'P', series: 'S', instances, value: values(0) }]);
    await dataset(ws, 'b', [{ subject: 'Q', series: 'T', instances, value: values(1) }]);
    const abort = new AbortController();
    const cancelled = mergeDatasets(
      ws,
      { datasets: ['a', 'b'], into: 'c' },
      { signal: abort.signal, onProgress: (done) => done > 1500 && abort.abort() },
    );
    expect(await codeOf(cancelled)).toBe('CANCELLED');
    expect(ws.datasets().map(({ name }) => name)).toEqual(['a', 'b']);
  }
  for (const killAt of [500, 2000, 3000]) {
    const child = fork(new URL('mergeUntil.ts', import.meta.url), [folder.dir, String(killAt)], {
      execArgv: [],
      silent: true,
    });
    await once(child.stdout!, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    using reader = Workspace.open(folder.dir);
    expect(reader.datasets().map(({ name }) => name)).toEqual(['a', 'b']);
  }
  // The next writer removes what was left, and merges all of it.
  using ws = Workspace.open(folder.dir, { write: true });
  const { dataset: merged } = await mergeDatasets(ws, { datasets: ['a', 'b'], into: 'c' });
  expect(merged).toMatchObject({ total: 3000, series: 2, subjects: 2 });
});
