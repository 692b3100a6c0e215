import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { areaUnderCurve, membership, type Reached } from '../../../src/metrics/copying/membership.ts';

/** Distances of slices: a part of each subject's own, and one of the slice. */
function reached(subjects: number, slices: number, mean: number, name: string): Reached {
  const random = new Random(3, name);
  const distance: number[] = [];
  const of: number[] = [];
  for (let s = 0; s < subjects; s++) {
    const own = random.normal();
    for (let k = 0; k < slices; k++) {
      distance.push(mean + own + 0.5 * random.normal());
      of.push(s);
    }
  }
  return { distance, subjects: of };
}

describe('membership inference', () => {
  it('gives the area under the curve of two normals as its closed form, and counts ties half', () => {
    const random = new Random(1, 'normals');
    const draw = (mean: number) => Array.from({ length: 4000 }, () => mean + random.normal());
    // P(X < Y) for X ~ N(0, 1), Y ~ N(1, 1) is Phi(1 / sqrt 2) = 0.7602.
    expect(areaUnderCurve(draw(0), draw(1))).toBeCloseTo(0.7602, 1);
    expect(areaUnderCurve([1, 2], [1, 2])).toBe(0.5);
    expect(areaUnderCurve([1], [2, 3])).toBe(1);
    expect(areaUnderCurve([1, 4], [2, 3])).toBe(0.5);
  });

  it('says nothing where members and others are alike, and something where members are nearer', () => {
    const members = reached(60, 20, 5, 'members');
    const equal = membership(members, reached(20, 20, 5, 'others'), 1)!;
    expect(equal.attack.low).toBeLessThan(0.5);
    expect(equal.attack.high).toBeGreaterThan(0.5);
    expect(equal.control.value).toBeCloseTo(0.5, 1);
    expect(equal.control.low).toBeLessThan(equal.attack.value);
    expect(equal.control.high).toBeGreaterThan(equal.attack.value);
    const leaking = membership(members, reached(20, 20, 8, 'far'), 1)!;
    expect(leaking.attack.low).toBeGreaterThan(0.9);
    expect(leaking.attack.value).toBeGreaterThan(leaking.control.high);
  });

  it('draws whole subjects: a few people cannot give a narrow interval, and too few give none', () => {
    const members = reached(30, 50, 5, 'few-members');
    const few = membership(members, reached(3, 50, 5, 'three'), 1)!;
    const many = membership(members, reached(30, 5, 5, 'thirty'), 1)!;
    expect(few.attack.high - few.attack.low).toBeGreaterThan(1.5 * (many.attack.high - many.attack.low));
    expect(membership(reached(3, 50, 5, 'a'), members, 1)).toBeUndefined();
    expect(membership(members, reached(1, 50, 5, 'b'), 1)).toBeUndefined();
  });
});
