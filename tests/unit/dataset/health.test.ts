import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { checkDataset, finaliseDataset } from '../../../src/dataset/index.ts';
import { Workspace } from '../../../src/workspace/index.ts';
import { fileOf, incoming, newDataset, temporaryFolder } from '../workspace/helpers.ts';

/** A smooth random picture: a few blobs whose places depend on `subject` and drift with `place`. */
function picture(subject: number, place: number, gain = 1, noise = 0): Uint16Array {
  const random = new Random(subject, 'health');
  const blobs = Array.from({ length: 12 }, () => [
    random.uniform() * 64,
    random.uniform() * 64,
    4 + random.int(10),
  ]);
  const grain = new Random(place, 'grain');
  return Uint16Array.from({ length: 64 * 64 }, (_, i) => {
    const [y, x] = [Math.floor(i / 64), i % 64];
    let value = 0;
    for (const [by, bx, r] of blobs)
      value += Math.exp(-((y - by! - place * 1.5) ** 2 + (x - bx!) ** 2) / r! ** 2);
    return Math.max(0, Math.round(gain * 900 * value + noise * grain.normal()));
  });
}

/** Six subjects of ten slices each; `change` may give other pixels. */
async function made(
  dir: string,
  change: (subject: number, place: number) => Uint16Array | undefined = () => undefined,
) {
  const ws = Workspace.create(dir, { write: true });
  newDataset(ws, 'd');
  const ingest = ws.beginIngest('d');
  for (let s = 0; s < 6; s++) {
    const slices = Array.from({ length: 10 }, (_, i) =>
      incoming(ws, `P${s}`, `S${s}`, i, change(s, i) ?? picture(s, i), 64),
    );
    ingest.add([fileOf(ws, `f${s}`, slices)]);
  }
  ingest.close();
  await finaliseDataset(ws, 'd');
  return ws;
}

const needs = { slices: 40, subjects: 5 };

describe('checkDataset', () => {
  it('finds nothing wrong with an even dataset', async () => {
    using folder = temporaryFolder();
    using ws = await made(folder.dir);
    const report = await checkDataset(ws, 'd', { needs });
    expect(report.findings).toEqual([]);
    expect(report.healthy).toBe(true);
  });

  it('finds a leak between subjects, exact or after another window with noise', async () => {
    using folder = temporaryFolder();
    using ws = await made(folder.dir, (s, i) => {
      if (s === 3 && i === 4) return picture(1, 7);
      if (s === 5 && i === 2) return picture(2, 6, 0.85, 4);
      return undefined;
    });
    const report = await checkDataset(ws, 'd', { needs });
    expect(report.findings.map((f) => f.code)).toEqual(['duplicates-across-subjects']);
    expect(report.findings[0]?.message).toMatch(/^1 groups .* 1 pairs/);
    const places = report.findings[0]!.slices.map((id) => ws.slice(id).instance).sort();
    expect(places).toEqual([2, 4, 6, 7]);
    expect(report.healthy).toBe(false);
    // Excluding what was found heals it.
    ws.setSliceState(report.findings[0]!.slices, 'excluded', 'duplicates-across-subjects');
    expect((await checkDataset(ws, 'd', { needs })).findings).toEqual([]);
  });

  it('finds repeats within a subject and slices that fall out of their series', async () => {
    using folder = temporaryFolder();
    using ws = await made(folder.dir, (s, i) => {
      if (s === 0 && i === 9) return picture(0, 3);
      if (s === 4 && i === 5) return picture(4, 5, 2.5);
      return undefined;
    });
    const report = await checkDataset(ws, 'd', { needs });
    expect(report.findings.map((f) => f.code)).toEqual(['exact-duplicates', 'intensity-outliers']);
    expect(ws.slice(report.findings[1]!.slices[0]!).instance).toBe(5);
  });

  it('says when there is too little for what is planned', async () => {
    using folder = temporaryFolder();
    using ws = await made(folder.dir);
    const report = await checkDataset(ws, 'd', { needs: { slices: 1000, subjects: 10 } });
    expect(report.findings.map((f) => f.code)).toEqual(['too-few-slices', 'too-few-subjects']);
  });
});
