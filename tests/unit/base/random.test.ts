import { describe, expect, it } from 'vitest';
import { philox, Random } from '../../../src/base/random.ts';

const hex = (words: Uint32Array) => [...words].map((w) => w.toString(16).padStart(8, '0')).join(' ');

describe('philox', () => {
  // Known-answer vectors of the Random123 distribution (kat_vectors, philox4x32 10 rounds).
  it.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ] as const)('gives the published words for counter %j', (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox(counter, key, out);
    expect(hex(out)).toBe(expected);
  });
});

describe('Random', () => {
  it('goes on exactly from a saved state', () => {
    const a = new Random(42, 'latent', 3);
    for (let i = 0; i < 7; i++) a.uint32();
    const b = Random.restore(JSON.parse(JSON.stringify(a.state())));
    expect(Array.from({ length: 20 }, () => a.normal())).toEqual(
      Array.from({ length: 20 }, () => b.normal()),
    );
  });

  it('gives independent streams and indices', () => {
    const first = (r: Random) => r.uint32();
    const words = new Set([
      first(new Random(1, 'a')),
      first(new Random(1, 'b')),
      first(new Random(2, 'a')),
      first(new Random(1, 'a', 1)),
      first(new Random(2 ** 33, 'a')),
    ]);
    expect(words.size).toBe(5);
  });

  it('has the moments of a standard normal within sampling error', () => {
    const n = 40_000;
    const values = new Random(7, 'moments').fillNormal(new Float32Array(n));
    const mean = values.reduce((s, v) => s + v, 0) / n;
    const variance = values.reduce((s, v) => s + (v - mean) ** 2, 0) / n;
    const kurtosis = values.reduce((s, v) => s + (v - mean) ** 4, 0) / n / variance ** 2;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(4 * Math.sqrt(24 / n));
  });

  it('permutes without loss and uniformly in the first place', () => {
    const counts = new Array<number>(5).fill(0);
    for (let i = 0; i < 5000; i++) {
      const order = new Random(1, 'perm', i).permutation(5);
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
      counts[order[0]!]!++;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(800));
  });
});
