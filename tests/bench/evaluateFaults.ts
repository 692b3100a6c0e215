/**
 * `node tests/bench/evaluateFaults.ts [--out FILE.json]`: plants one fault after the other into slices of people who
 * were held out, judges each set, and prints which figure or finding catches it. The anatomy and copying faults are on
 * the hippocampi (all sets are made of the same held-out slices), the missing scanner on the sagittal heads. Real data of ../shared/data or $GANTRY_TEST_DATA; nothing of it is kept.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { encode } from 'fast-png';
import { Random } from '../../src/base/random.ts';
import { drawIndices, imageAt } from '../../src/metrics/index.ts';
import { evaluate } from '../../src/studio/evaluate/index.ts';
import { type RealSet, readReal } from '../../src/studio/evaluate/real.ts';
import type { Report } from '../../src/studio/evaluate/report.ts';
import { openForReading } from '../../src/studio/open.ts';
import { gantry, last } from '../support/cli.ts';

const { values: given } = parseArgs({ options: { out: { type: 'string' } } });
const size = 64;
/** So many hippocampi, or the run takes an hour; the copying test over all 201 is in docs/adr/007-evaluation.md. */
const subjects = 45;
const slices = 200;
const copies = 20;
const temp = mkdtempSync(join(tmpdir(), 'gantry-faults-'));
const workspace = join(temp, 'workspace');
const data = resolve(process.env.GANTRY_TEST_DATA ?? '../shared/data');

type Slice = Float32Array;
type Change = (slice: Slice, random: Random) => Slice;

const noisy =
  (sigma: number): Change =>
  (slice, random) =>
    slice.map((v) => v + sigma * random.normal());

/** Copies of training slices, each kind by itself. */
const copyings: Record<string, Change> = {
  verbatim: (slice) => slice,
  'shifted by two pixels': (slice) =>
    slice.map((_, i) => (i % size < 2 || i < 2 * size ? -1 : slice[i - 2 * size - 2]!)),
  mirrored: (slice) => slice.map((_, i) => slice[i - (i % size) + size - 1 - (i % size)]!),
  'with 5 % noise': noisy(0.1),
};

/** Faults of every slice of a set. */
const changes: Record<string, Change> = {
  none: (slice) => slice,
  blur: (slice) =>
    slice.map((_, i) => {
      let [sum, n] = [0, 0];
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) {
          const [x, y] = [(i % size) + dx, Math.floor(i / size) + dy];
          if (x < 0 || y < 0 || x >= size || y >= size) continue;
          sum += slice[y * size + x]!;
          n++;
        }
      }
      return sum / n;
    }),
  noise: noisy(0.15),
  'wrong window': (slice) => slice.map((v) => -1 + (v + 1) * 0.5),
};

function write(name: string, set: readonly Slice[]): string {
  const folder = join(temp, name.replaceAll(/\W+/g, '-'));
  mkdirSync(folder);
  set.forEach((slice, i) => {
    const values = Uint16Array.from(slice, (v) => Math.round((Math.min(1, Math.max(-1, v)) + 1) * 32767.5));
    const png = encode({ width: size, height: size, depth: 16, channels: 1, data: values });
    writeFileSync(join(folder, `${String(i).padStart(4, '0')}.png`), png);
  });
  return folder;
}

async function judge(dataset: string, name: string, set: readonly Slice[]): Promise<Report> {
  using ws = openForReading(workspace);
  const folder = write(name, set);
  const { report } = await evaluate(ws, {
    source: { dataset, folder, size },
    seed: 1,
    outDir: join(temp, 'report'),
  });
  return report;
}

const value = (report: Report, id: string) => {
  const sets = report.figures.find((figure) => figure.id === id)?.sets;
  const round = (v: number | undefined) => (v === undefined ? null : Number(v.toPrecision(3)));
  return { synthetic: round(sets?.synthetic?.value), floor: round(sets?.floor?.value) };
};
const watched = [
  'kid.random network 1',
  'kid.pixels and gradients',
  'kid.hand-made',
  'coverage.pixels and gradients',
  'ms-ssim-gap',
  'fine-detail',
  'histogram',
];

interface Row {
  readonly fault: string;
  readonly caught: Record<string, unknown>;
  readonly figures: Record<string, unknown>;
  readonly findings: readonly string[];
}
const rows: Row[] = [];

function put(fault: string, report: Report, caught: Record<string, unknown> = {}): void {
  const figures = Object.fromEntries(watched.map((id) => [id, value(report, id)]));
  const row = { fault, caught, figures, findings: report.findings };
  rows.push(row);
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

async function importInto(dataset: string, ...args: string[]): Promise<void> {
  const result = await gantry('import', ...args, '--workspace', workspace, '--dataset', dataset);
  if (last(result).type !== 'done') throw new Error(result.stdout + result.stderr);
}

/** Every other slice of a set, and the places of the slices in their volumes. */
function placesOf(dataset: string, set: RealSet): number[] {
  using ws = openForReading(workspace);
  const all = new Map(ws.slices(dataset).map((slice) => [slice.id, slice]));
  const lengths = new Map<number, number>();
  for (const { series } of all.values()) lengths.set(series, (lengths.get(series) ?? 0) + 1);
  return set.sliceIds.map((id) => {
    const { order, series } = all.get(id)!;
    return order / lengths.get(series)!;
  });
}

async function hippocampi(): Promise<void> {
  const folder = join(data, 'nifti', 'hippocampus');
  const files = readdirSync(folder).filter((name) => name.endsWith('.nii.gz'));
  const some = files.sort().slice(0, subjects);
  await importInto('hippocampus', ...some.map((name) => join(folder, name)), '--plane', 'axial');
  const read = async (side: 'train' | 'heldOut') => {
    using ws = openForReading(workspace);
    return await readReal(ws, 'hippocampus', side, { size, seed: 1 });
  };
  const [train, heldOut] = [await read('train'), await read('heldOut')];
  const others = drawIndices(heldOut.images.count, slices, 5, 'faults').map((i) =>
    imageAt(heldOut.images, i),
  );
  for (const [name, change] of Object.entries(changes)) {
    put(
      name,
      await judge(
        'hippocampus',
        name,
        others.map((s, i) => change(s, new Random(2, name, i))),
      ),
    );
  }
  put(
    'mode collapse',
    await judge(
      'hippocampus',
      'collapse',
      others.map((_, i) => noisy(0.02)(others[i % 4]!, new Random(2, 'collapse', i))),
    ),
  );
  const taken = drawIndices(train.images.count, copies, 6, 'copies').map((i) => imageAt(train.images, i));
  for (const [name, change] of Object.entries(copyings)) {
    const planted = taken.map((slice, i) => change(slice, new Random(2, name, i)));
    const set = [...others.slice(copies), ...planted];
    const report = await judge('hippocampus', `10 % ${name}`, set);
    const near = report.copying!.nearCopies;
    put(`10 % copies ${name}`, report, {
      found: near.filter(({ slice }) => slice >= slices - copies).length / copies,
      falseAlarms: near.filter(({ slice }) => slice < slices - copies).length / (slices - copies),
    });
  }
  const places = placesOf('hippocampus', heldOut);
  const kept = [...places.keys()].filter((i) => places[i]! >= 1 / 3);
  const left = drawIndices(kept.length, slices, 5, 'without').map((i) => imageAt(heldOut.images, kept[i]!));
  put('a third of the positions removed', await judge('hippocampus', 'without a third', left));
}

async function heads(): Promise<void> {
  const four = ['sag-anon', 'adi-mprage', 'philips-mprage', 'uih-t1-a'].map((name) =>
    join(data, 'mri', name),
  );
  await importInto('heads', ...four, '--held-out', '0');
  using ws = openForReading(workspace);
  const all = await readReal(ws, 'heads', 'train', { size, seed: 1 });
  const seriesOf = new Map(ws.slices('heads').map(({ id, series }) => [id, series]));
  const maker = new Map(ws.series('heads').map(({ id, attributes }) => [id, attributes.manufacturer]));
  // With nobody held out, the heads' own slices, a little changed, stand for a generator that left one scanner out.
  const missing = /philips/i;
  const set = all.sliceIds.flatMap((id, i) =>
    missing.test(maker.get(seriesOf.get(id)!) ?? '') || i % 2 === 1
      ? []
      : [noisy(0.05)(imageAt(all.images, i), new Random(2, 'scanner', i))],
  );
  put('a scanner removed (heads)', await judge('heads', 'scanner', set));
}

try {
  await hippocampi();
  await heads();
  if (given.out !== undefined) writeFileSync(given.out, `${JSON.stringify(rows, null, 1)}\n`);
} finally {
  rmSync(temp, { recursive: true, force: true });
}
