import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/gan/index.ts';
import { openCacheSource } from '../../../src/trainer/cache-source.ts';

const [count, size] = [7, 4];
let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-cache-'));
  file = join(folder, 'cache.u16');
  const pixels = new Uint16Array(count * size * size);
  // Pixel 0 names the image; the others show the scale.
  for (let i = 0; i < count; i++) pixels.set([i, 0, 65535, 32768], i * size * size);
  writeFileSync(file, pixels);
});
afterAll(() => rmSync(folder, { recursive: true }));

const open = (seed = 1) => openCacheSource(file, { count, size }, seed);
const idsOf = ({ images }: Batch) =>
  Array.from({ length: images.length / 16 }, (_, i) => Math.round((images[i * 16]! + 1) * 32767.5));

describe('cache source', () => {
  it('maps 0 to -1 and 65535 to +1', () => {
    const batch = open().next(1).images;
    expect([batch[1], batch[2]]).toEqual([-1, 1]);
    expect(batch[3]).toBeCloseTo(0, 4);
  });

  it('gives every image once an epoch, in another order each time, batches crossing the border', () => {
    const source = open();
    const ids = Array.from({ length: 7 }, () => idsOf(source.next(3))).flat();
    const epochs = [0, 1, 2].map((e) => ids.slice(e * 7, e * 7 + 7));
    for (const epoch of epochs) expect([...epoch].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(new Set(epochs.map(String)).size).toBe(3);
  });

  it('goes on from its state exactly, and depends on the seed', () => {
    const source = open();
    source.next(10);
    const state = JSON.parse(JSON.stringify(source.state()));
    const rest = idsOf(source.next(20));
    const other = open();
    other.restore(state);
    expect(idsOf(other.next(20))).toEqual(rest);
    expect(idsOf(open(2).next(20))).not.toEqual(idsOf(open(1).next(20)));
    expect(() => other.restore({ epoch: 0, position: 99 })).toThrow(
      expect.objectContaining({ code: 'BAD_CHECKPOINT' }),
    );
  });

  it('gives the labels of its images', () => {
    const rows = Float32Array.from({ length: count * 2 }, (_, i) => i);
    const source = openCacheSource(file, { count, size }, 1, { columns: 2, rows, balance: null });
    const batch = source.next(20);
    for (const [i, id] of idsOf(batch).entries()) {
      expect([...batch.labels!.subarray(2 * i, 2 * i + 2)]).toEqual([2 * id, 2 * id + 1]);
    }
  });

  it('shows groups equally often when it is to balance them, and goes on exactly', () => {
    const balance = [0, 0, 0, 0, 0, 1, 2];
    const labels = { columns: 1, rows: Float32Array.from(balance), balance };
    const make = () => openCacheSource(file, { count, size }, 3, labels);
    const source = make();
    const groups = [0, 0, 0];
    for (const id of idsOf(source.next(7 * 30))) groups[balance[id]!]!++;
    // Of 7 places an epoch the three groups get 3, 2 and 2.
    expect(groups).toEqual([90, 60, 60]);
    const other = make();
    other.restore(source.state());
    expect(idsOf(other.next(20))).toEqual(idsOf(source.next(20)));
  });

  it('refuses a file of another length and one that is not there', () => {
    expect(() => openCacheSource(file, { count: 8, size }, 1)).toThrow(
      expect.objectContaining({ code: 'CORRUPT' }),
    );
    expect(() => openCacheSource(join(folder, 'no'), { count, size }, 1)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });
});
