import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { drawIndices, imageAt } from '../../src/metrics/index.ts';
import { readReal } from '../../src/studio/evaluate/real.ts';
import type { Report, SetName } from '../../src/studio/evaluate/report.ts';
import { openForReading } from '../../src/studio/open.ts';
import { gantry, last, start } from '../support/cli.ts';
import { testData } from '../support/data.ts';

const temp = mkdtempSync(join(tmpdir(), 'gantry-evaluate-'));
const workspace = join(temp, 'workspace');
const size = 32;
const copies = 12;

afterAll(() => rmSync(temp, { recursive: true, force: true }));

function writeSet(name: string, slices: readonly ArrayLike<number>[]): string {
  const folder = join(temp, name);
  mkdirSync(folder, { recursive: true });
  slices.forEach((slice, i) => {
    const data = Uint16Array.from(slice, (v) => Math.round((Math.min(1, Math.max(-1, v)) + 1) * 32767.5));
    const png = encode({ width: size, height: size, depth: 16, channels: 1, data });
    writeFileSync(join(folder, `${String(i).padStart(4, '0')}.png`), png);
  });
  return folder;
}

async function judge(folder: string, out: string, ...more: string[]): Promise<Report> {
  const result = await gantry(
    ...['evaluate', '--workspace', workspace, '--dataset', 'hippocampus', '--synthetic', folder],
    ...['--size', String(size), '--out', join(temp, out), ...more],
  );
  expect(result.stderr).toBe('');
  expect(last(result).type).toBe('done');
  return JSON.parse(readFileSync(join(temp, out, 'report.json'), 'utf8')) as Report;
}

const value = (report: Report, id: string, set: SetName = 'synthetic') =>
  report.figures.find((figure) => figure.id === id)!.sets[set]!.value;

describe.runIf(testData !== undefined)('evaluate on real hippocampi', { timeout: 600_000 }, () => {
  let heldOut: Float32Array[];
  let train: Float32Array[];
  let thirds: string[];

  beforeAll(async () => {
    const scans = join(temp, 'scans');
    mkdirSync(scans);
    const source = join(testData!, 'nifti', 'hippocampus');
    for (const file of readdirSync(source).sort().slice(0, 40))
      copyFileSync(join(source, file), join(scans, file));
    const imported = await gantry(
      ...['import', scans, '--workspace', workspace, '--dataset', 'hippocampus', '--plane', 'axial'],
    );
    expect(last(imported).type).toBe('done');
    using ws = openForReading(workspace);
    const take = async (side: 'train' | 'heldOut', count: number) => {
      const set = await readReal(ws, 'hippocampus', side, { size, seed: 1 });
      const chosen = drawIndices(set.images.count, count, 3, side);
      const slices = new Map(ws.slices('hippocampus').map((slice) => [slice.id, slice]));
      const lengths = new Map<number, number>();
      for (const { series } of slices.values()) lengths.set(series, (lengths.get(series) ?? 0) + 1);
      return {
        images: chosen.map((i) => imageAt(set.images, i)),
        places: chosen.map((i) => {
          const { order, series } = slices.get(set.sliceIds[i]!)!;
          return order / lengths.get(series)! < 1 / 3 ? 'first' : 'later';
        }),
      };
    };
    ({ images: heldOut, places: thirds } = await take('heldOut', 200));
    ({ images: train } = await take('train', copies));
  });

  it('finds 10 % copies of four kinds among slices of other people, and shows them in a file of its own', async () => {
    const planted = train.map((image, k) => {
      const random = new Random(8, 'noise', k);
      if (k % 4 === 1) return image.map((v) => v + 0.1 * random.normal());
      if (k % 4 === 2) return image.map((_, i) => image[i - (i % size) + size - 1 - (i % size)]!);
      if (k % 4 === 3) return image.map((_, i) => (i % size < 2 ? -1 : image[i - 2]!));
      return image;
    });
    const report = await judge(writeSet('copied', [...heldOut.slice(0, 108), ...planted]), 'copied-report');
    const { nearCopies, falseAlarms } = report.copying!;
    const caught = nearCopies.filter(({ slice }) => slice >= 108);
    expect(caught.length).toBe(copies);
    expect(nearCopies.length - caught.length).toBeLessThanOrEqual(5);
    expect(falseAlarms!.low!).toBeLessThanOrEqual(0.02);
    expect(report.findings[0]).toContain('Copying: ');

    const html = readFileSync(join(temp, 'copied-report', 'report.html'), 'utf8');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    expect(html).not.toContain(temp);
  });

  it('scores slices of other people near the floor, and says the same numbers again', async () => {
    const folder = writeSet('real', heldOut.slice(0, 120));
    const first = await judge(folder, 'real-report');
    const again = await judge(folder, 'again-report');
    expect({ ...again, createdAt: '' }).toEqual({ ...first, createdAt: '' });
    for (const id of ['kid.random network 1', 'kid.pixels and gradients', 'kid.hand-made']) {
      const figure = first.figures.find((f) => f.id === id)!;
      expect(figure.sets.synthetic!.low!).toBeLessThan(figure.sets.floor!.high!);
    }
    expect(first.findings.some((finding) => finding.startsWith('Copying: '))).toBe(false);
    // The anchors move what they should: blur and noise the fine detail, repetition the likeness of the slices.
    expect(value(first, 'fine-detail', 'blurred')).toBeLessThan(0.3);
    expect(value(first, 'fine-detail', 'noisy')).toBeGreaterThan(1.5);
    expect(value(first, 'ms-ssim-gap', 'repeated')).toBeGreaterThan(0.4);
    expect(value(first, 'coverage.pixels and gradients', 'repeated')).toBeLessThan(0.2);
  });

  it('sees a wrong window in the grey values, and a missing part of the anatomy in the subgroups', async () => {
    const dark = await judge(
      writeSet(
        'dark',
        heldOut.slice(0, 120).map((image) => image.map((v) => -1 + (v + 1) * 0.5)),
      ),
      'dark-report',
    );
    expect(dark.findings.join(' ')).toContain('Grey values are off');
    const without = heldOut.filter((_, i) => thirds[i] !== 'first');
    const missing = await judge(writeSet('missing', without), 'missing-report');
    const share = (group: string) => missing.subgroups.find((g) => g.group === group)!;
    const first = share('lower third');
    expect(missing.findings.join(' ')).toContain('like those of slice position "lower third"');
    expect(first.syntheticShare).toBeLessThan(0.6 * first.realShare);
    const last = share('upper third');
    expect(last.coverage.value).toBeGreaterThan(0.8 * last.floorCoverage!);
    expect(missing.findings.join(' ')).not.toMatch(/(middle|upper) third/);
  });

  it('says what it cannot tell instead of giving figures: too few and even slices', async () => {
    const report = await judge(
      writeSet('few', [...heldOut.slice(0, 5), new Float32Array(size * size)]),
      'few-report',
    );
    expect(report.figures).toEqual([]);
    expect(report.limits.join(' ')).toContain('the smallest has 6 slices');
    expect(report.limits.join(' ')).toContain('1 synthetic slices are of one even grey');
  });

  it('judges a run, sees that it has hardly been trained, and writes its model card', async () => {
    const trained = await gantry(
      ...['train', '--workspace', workspace, '--dataset', 'hippocampus', '--preset', 'tiny'],
      ...['--size', String(size), '--images', '160'],
    );
    const { run } = last(trained);
    expect(last(trained).type).toBe('done');
    const out = join(temp, 'run-report');
    const result = await gantry(
      ...['evaluate', '--workspace', workspace, '--run', run as string, '--count', '80', '--out', out],
    );
    expect(last(result)).toMatchObject({ type: 'done', compared: 80, judged: 80 });
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
    const { synthetic, floor } = report.figures.find(({ id }) => id === 'kid.pixels and gradients')!.sets;
    expect(synthetic!.low!).toBeGreaterThan(floor!.high!);
    const card = JSON.parse(readFileSync(join(out, 'model-card.json'), 'utf8'));
    expect(card).toMatchObject({
      kind: 'gantry-model-card',
      model: { run, preset: 'tiny', sizePx: size, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      data: { name: 'hippocampus', trainSubjects: 32, heldOutSubjects: 8 },
    });
    const markdown = readFileSync(join(out, 'model-card.md'), 'utf8');
    expect(markdown).toContain('For research only');
    for (const section of ['Training data', 'Evaluation', 'Copying', 'Subgroups', 'Uses', 'Caveats'])
      expect(markdown).toContain(`## ${section}`);
    expect(markdown).not.toContain('undefined');
  });

  it('refuses a folder without slices and half a request, and ends when it is cancelled', async () => {
    const empty = join(temp, 'empty');
    mkdirSync(empty);
    const args = ['evaluate', '--workspace', workspace, '--dataset', 'hippocampus', '--synthetic'];
    expect(last(await gantry(...args, empty))).toMatchObject({ type: 'error', code: 'NO_INPUT' });
    const half = await gantry('evaluate', '--workspace', workspace, '--dataset', 'hippocampus');
    expect(last(half)).toMatchObject({ type: 'error', code: 'USAGE' });
    const running = start([...args, join(temp, 'real'), '--seed', '77', '--out', join(temp, 'cancelled')]);
    await running.until((line) => line.type === 'progress');
    running.child.kill('SIGINT');
    const ended = await running.finished;
    expect(ended.status).toBe(130);
    expect(readdirSync(temp)).not.toContain('cancelled');
  });
});
