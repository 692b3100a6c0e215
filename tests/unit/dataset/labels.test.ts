import { describe, expect, it } from 'vitest';
import { datasetLabels, finaliseDataset, labelValues } from '../../../src/dataset/index.ts';
import type { SeriesAttributes, SeriesGeometry } from '../../../src/workspace/index.ts';
import { Workspace } from '../../../src/workspace/index.ts';
import { fileOf, incoming, newDataset, temporaryFolder } from '../workspace/helpers.ts';

/** A bright square on dark ground: never empty. `seed` makes contents differ. */
function picture(seed: number): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, i) =>
    i % 16 > 3 && i > 64 ? 800 + ((i * seed) % 97) : seed % 5,
  );
}

interface Volume {
  readonly subject: string;
  readonly attributes?: SeriesAttributes;
  readonly geometry?: SeriesGeometry;
  readonly kind?: string;
  readonly plane?: string | null;
  /** mm along the normal. */
  readonly places: readonly (number | null)[];
  readonly labels?: (i: number) => Record<string, string> | null;
}

async function made(dir: string, volumes: readonly Volume[]) {
  const ws = Workspace.create(dir, { write: true });
  newDataset(ws, 'd');
  const ingest = ws.beginIngest('d');
  volumes.forEach((volume, v) => {
    const slices = volume.places.map((positionMm, i) =>
      incoming(ws, volume.subject, `S${v}`, i, picture(100 * (v + 1) + i), 16, {
        positionMm,
        labels: volume.labels?.(i) ?? null,
        series: {
          kind: volume.kind ?? 'dicom',
          plane: volume.plane === undefined ? 'axial' : volume.plane,
          rows: 16,
          columns: 16,
          geometry: volume.geometry ?? {},
          attributes: volume.attributes ?? {},
          notices: [],
        },
      }),
    );
    ingest.add([fileOf(ws, `f${v}`, slices)]);
  });
  ingest.close();
  await finaliseDataset(ws, 'd');
  return ws;
}

const axial: SeriesGeometry = { orientation: [1, 0, 0, 0, 1, 0], normal: [0, 0, 1] };
/** As axial, but slices run towards the feet. */
const downwards: SeriesGeometry = { orientation: [1, 0, 0, 0, -1, 0], normal: [0, 0, -1] };
/** Rows to the back, columns down: the normal points to the right. */
const sagittal: SeriesGeometry = { orientation: [0, 1, 0, 0, 0, -1], normal: [-1, 0, 0] };

const byInstance = (ws: Workspace, series: number) =>
  ws.slices('d', { series: ws.series('d').find((one) => one.label === `ser-000${series}`)!.id });

describe('labels of a dataset', () => {
  it('gives positions in patient coordinates, whichever way the slices run', async () => {
    using folder = temporaryFolder();
    using ws = await made(folder.dir, [
      { subject: 'a', geometry: axial, places: [-30, 0, 10, 70] },
      // The same heights: along a normal that points down they are negated.
      { subject: 'b', geometry: downwards, places: [30, 0, -10, -70] },
      { subject: 'c', geometry: sagittal, plane: 'sagittal', places: [-40, 0, 40] },
      { subject: 'd', kind: 'tiff', plane: null, places: [null, null, null, null, null] },
      { subject: 'e', geometry: axial, places: [12] },
    ]);
    const { bySlice } = labelValues(ws, 'd', ['position', 'third']);
    const of = (series: number) =>
      byInstance(ws, series)
        .sort((a, b) => a.instance! - b.instance!)
        .map(({ id }) => bySlice.get(id));
    expect(of(1)).toEqual([
      [0, 'lower'],
      [0.3, 'lower'],
      [0.4, 'middle'],
      [1, 'upper'],
    ]);
    expect(of(2)).toEqual(of(1).map((value) => [expect.closeTo(Number(value?.[0]), 12), value?.[1]]));
    // -40 mm along a normal to the right is 40 mm left.
    expect(of(3)).toEqual([
      [1, 'left'],
      [0.5, 'middle'],
      [0, 'right'],
    ]);
    expect(of(4).map((value) => value?.[0])).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(of(5)).toEqual([[null, null]]);
  });

  it('counts slices and subjects of each value by side of the split', async () => {
    using folder = temporaryFolder();
    const places = [0, 1, 2, 3];
    using ws = await made(
      folder.dir,
      Array.from({ length: 10 }, (_, i) => ({
        subject: `p${i}`,
        geometry: axial,
        places,
        attributes: {
          modality: 'MR',
          ...(i < 6 ? { sex: 'F' as const } : i < 9 ? { sex: 'M' as const } : {}),
          fieldStrengthT: i === 0 ? 3 : 1.5,
        },
      })),
    );
    const sideOf = new Map(ws.subjects('d').map(({ id, side }) => [id, side]));
    expect([...sideOf.values()].filter((side) => side === 'heldOut')).toHaveLength(2);
    const labels = datasetLabels(ws, 'd');
    expect(labels.map(({ name, kind, origin }) => [name, kind, origin])).toEqual([
      ['modality', 'class', 'attribute'],
      ['plane', 'class', 'geometry'],
      ['sex', 'class', 'attribute'],
      ['fieldStrength', 'class', 'attribute'],
      ['position', 'continuous', 'geometry'],
      ['third', 'class', 'geometry'],
    ]);
    const sex = labels.find(({ name }) => name === 'sex')!;
    expect(sex.values.map(({ value, slices, subjects }) => [value, slices, subjects])).toEqual([
      ['F', 24, 6],
      ['M', 12, 3],
    ]);
    expect(sex.missing).toMatchObject({ slices: 4, subjects: 1 });
    // Counted another way: from the subjects' own records.
    for (const { value, train, heldOut } of sex.values) {
      const own = ws.series('d').filter(({ attributes }) => attributes.sex === value);
      const trained = own.filter(({ subject }) => sideOf.get(subject) === 'train').length;
      expect([train.subjects, train.slices]).toEqual([trained, 4 * trained]);
      expect([heldOut.subjects, heldOut.slices]).toEqual([own.length - trained, 4 * (own.length - trained)]);
    }
    const position = labels.find(({ name }) => name === 'position')!;
    expect(position).toMatchObject({ values: [], labelled: { slices: 40 }, missing: { slices: 0 } });
    expect(position.range?.mean).toBeCloseTo(0.5, 12);
  });

  it("prefers a table's value, tells numbers from classes, and leaves out slices that are set aside", async () => {
    using folder = temporaryFolder();
    using ws = await made(folder.dir, [
      {
        subject: 'a',
        geometry: axial,
        places: Array.from({ length: 20 }, (_, i) => i),
        attributes: { sex: 'F' },
        labels: (i) => ({ grade: String(i % 3), score: `${i * 0.5}`, ...(i === 2 ? { sex: 'M' } : {}) }),
      },
    ]);
    const slices = ws.slices('d');
    ws.setSliceState(slices[5]!.id, 'excluded', 'by hand');
    const labels = datasetLabels(ws, 'd');
    const find = (name: string) => labels.find((label) => label.name === name);
    expect(find('grade')).toMatchObject({ kind: 'class', origin: 'table' });
    expect(find('score')).toMatchObject({ kind: 'continuous', range: { low: 0, high: 9.5 } });
    expect(find('sex')?.values.map(({ value, slices: n }) => [value, n])).toEqual([
      ['F', 18],
      ['M', 1],
    ]);
    const values = labelValues(ws, 'd', ['score', 'sex']);
    expect(values.bySlice.size).toBe(19);
    expect(values.bySlice.get(slices[2]!.id)).toEqual([1, 'M']);
    // The slice that was set aside still holds its place: the last one is at 1.
    expect(labelValues(ws, 'd', ['position']).bySlice.get(slices[19]!.id)).toEqual([1]);
    expect(() => labelValues(ws, 'd', ['nosuch'])).toThrow(/nosuch/);
    ws.setSliceState(slices[5]!.id, 'used');
    expect(labelValues(ws, 'd', ['score', 'sex']).hash).not.toBe(values.hash);
  });
});
