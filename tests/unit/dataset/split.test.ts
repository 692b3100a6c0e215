import { describe, expect, it } from 'vitest';
import { splitSubjects } from '../../../src/dataset/split.ts';

const fresh = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ contentHash: `content ${i}`, side: null }));
const held = (sides: readonly string[]) => sides.filter((side) => side === 'heldOut').length;

describe('splitSubjects', () => {
  it('holds none of four out, a fifth from five on, and always keeps one to train on', () => {
    expect(held(splitSubjects(fresh(4), 1, null))).toBe(0);
    expect(held(splitSubjects(fresh(5), 1, null))).toBe(1);
    expect(held(splitSubjects(fresh(200), 1, null))).toBe(40);
    expect(held(splitSubjects(fresh(4), 1, 0.25))).toBe(1);
    expect(held(splitSubjects(fresh(3), 1, 1))).toBe(2);
    expect(held(splitSubjects(fresh(1), 1, 0.5))).toBe(0);
    expect(splitSubjects([], 1, 0.5)).toEqual([]);
  });

  it('is a function of the seed and of the content, not of the order', () => {
    const subjects = fresh(30);
    const sides = splitSubjects(subjects, 7, 0.3);
    expect(splitSubjects(subjects, 7, 0.3)).toEqual(sides);
    expect(splitSubjects([...subjects].reverse(), 7, 0.3)).toEqual([...sides].reverse());
    expect(splitSubjects(subjects, 8, 0.3)).not.toEqual(sides);
  });

  it('leaves subjects where they are when more come', () => {
    const first = splitSubjects(fresh(10), 1, 0.2);
    const grown = fresh(20).map((subject, i) => ({ ...subject, side: first[i] ?? null }));
    const sides = splitSubjects(grown, 1, 0.2);
    expect(sides.slice(0, 10)).toEqual(first);
    expect(held(sides)).toBe(4);
    const full = fresh(3).map((subject) => ({ ...subject, side: 'heldOut' as const }));
    expect(splitSubjects([...full, ...fresh(4).slice(3)], 1, 0.9).at(-1)).toBe('train');
  });
});
