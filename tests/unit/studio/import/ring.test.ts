import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/base/random.ts';
import { Ring } from '../../../../src/studio/import/ring.ts';

describe('Ring', () => {
  it('never gives out memory that is in use, whatever the order of claims, releases and undos', () => {
    const random = new Random(5, 'ring');
    const ring = new Ring(1000);
    const held: { offset: number; bytes: number; taken: number; head: number }[] = [];
    let claims = 0;
    for (let i = 0; i < 20_000; i++) {
      const choice = random.int(10);
      if (choice < 6) {
        const bytes = 1 + random.int(random.int(5) === 0 ? 1000 : 200);
        const piece = ring.claim(bytes);
        if (piece === undefined) {
          expect(held.length).toBeGreaterThan(0);
          continue;
        }
        claims++;
        expect(piece.offset % 2).toBe(0);
        expect(piece.offset + bytes).toBeLessThanOrEqual(1000);
        for (const other of held) {
          const apart = piece.offset + bytes <= other.offset || other.offset + other.bytes <= piece.offset;
          expect(apart).toBe(true);
        }
        held.push({ ...piece, bytes });
      } else if (choice < 9) {
        const oldest = held.shift();
        if (oldest !== undefined) ring.release(oldest.taken);
      } else {
        const newest = held.pop();
        if (newest !== undefined) ring.undo(newest.taken, newest.head);
      }
    }
    expect(claims).toBeGreaterThan(5000);
  });
});
