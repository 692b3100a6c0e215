import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
const idsOf = (batch: Float32Array) =>
  Array.from({ length: batch.length / 16 }, (_, i) => Math.round((batch[i * 16]! + 1) * 32767.5));

describe('cache source', () => {
  it('maps 0 to -1 and 65535 to +1', () => {
    const batch = open().next(1);
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

  it('refuses a file of another length and one that is not there', () => {
    expect(() => openCacheSource(file, { count: 8, size }, 1)).toThrow(
      expect.objectContaining({ code: 'CORRUPT' }),
    );
    expect(() => openCacheSource(join(folder, 'no'), { count, size }, 1)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });
});
