import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { fleissKappa } from '../../../src/study/agreement.ts';
import { normalCdf, normalQuantile } from '../../../src/study/normal.ts';
import {
  binomialCdf,
  effectiveAnswers,
  equivalenceByScore,
  equivalenceToChance,
  wilson,
} from '../../../src/study/proportion.ts';
import { rocArea, rocCurve } from '../../../src/study/roc.ts';
import { studySize } from '../../../src/study/sampleSize.ts';

describe('the normal distribution', () => {
  it('agrees with tables', () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 13);
    expect(normalCdf(-1.96)).toBeCloseTo(0.024997895148220435, 14);
    expect(normalCdf(-6)).toBeCloseTo(9.865876450376946e-10, 20);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(0.8)).toBeCloseTo(0.8416212335729143, 12);
    expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424308822899, 10);
  });
});

describe('the Wilson interval', () => {
  it('gives the published one of Park 2021: 1781 of 3000, 57.6 to 61.1 %', () => {
    const { value, low, high } = wilson(1781, 3000);
    expect((value * 100).toFixed(1)).toBe('59.4');
    expect((low * 100).toFixed(1)).toBe('57.6');
    expect((high * 100).toFixed(1)).toBe('61.1');
  });

  it('agrees with Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29', () => {
    const rounded = (hits: number, of: number) => {
      const { low, high } = wilson(hits, of);
      return [low.toFixed(4), high.toFixed(4)];
    };
    expect(rounded(81, 263)).toEqual(['0.2553', '0.3662']);
    expect(rounded(15, 148)).toEqual(['0.0624', '0.1605']);
    expect(rounded(0, 20)).toEqual(['0.0000', '0.1611']);
    expect(rounded(1, 29)).toEqual(['0.0061', '0.1718']);
  });

  it('says nothing of no answers', () => {
    expect(wilson(0, 0)).toEqual({ hits: 0, of: 0, value: Number.NaN, low: 0, high: 1 });
  });

  it('holds one half in 93 to 97 % of 1,000 studies of guessing readers', () => {
    const random = new Random(20260, 'guessing readers');
    let held = 0;
    for (let study = 0; study < 1000; study++) {
      let hits = 0;
      for (let i = 0; i < 200; i++) hits += random.uint32() & 1;
      const { low, high } = wilson(hits, 200);
      if (low <= 0.5 && high >= 0.5) held++;
    }
    expect(held).toBeGreaterThanOrEqual(930);
    expect(held).toBeLessThanOrEqual(970);
  });
});

describe('equivalence to chance', () => {
  it('sums a binomial as written out by hand', () => {
    expect(binomialCdf(1, 4, 0.5)).toBeCloseTo(5 / 16, 14);
    expect(binomialCdf(2, 3, 0.2)).toBeCloseTo(1 - 0.008, 14);
    expect(binomialCdf(500, 1000, 0.5)).toBeCloseTo(0.5126125, 6);
  });

  it('does not take "not significant" for "real"', () => {
    const small = equivalenceToChance(11, 20, 0.1);
    expect(small.different).toBe(false);
    expect(small.equivalent).toBe(false);
    expect(small.conclusion).toBe('inconclusive');
  });

  it('is shown by many answers at one half, refused by many at 0.6, and both can be true', () => {
    expect(equivalenceToChance(150, 300, 0.1).conclusion).toBe('equivalent');
    expect(equivalenceToChance(1800, 3000, 0.1).conclusion).toBe('different');
    expect(equivalenceToChance(1600, 3000, 0.1).conclusion).toBe('different-but-within');
  });

  it('is claimed for readers at the margin in at most 5 % of studies', () => {
    const random = new Random(7, 'at the margin');
    const claims = { exact: 0, score: 0 };
    for (let study = 0; study < 1000; study++) {
      let hits = 0;
      for (let i = 0; i < 300; i++) if (random.uniform() < 0.6) hits++;
      if (equivalenceToChance(hits, 300, 0.1).equivalent) claims.exact++;
      if (equivalenceByScore(hits / 300, 300, 0.1).equivalent) claims.score++;
    }
    expect(claims.exact).toBeLessThanOrEqual(65);
    expect(claims.score).toBeLessThanOrEqual(70);
    expect(claims.score).toBeGreaterThan(20);
  });

  it('counts readers who always agree as one', () => {
    const agreeing = Array.from({ length: 100 }, (_, i) => ({ hits: i % 2 === 0 ? 5 : 0, of: 5 }));
    expect(effectiveAnswers(agreeing)).toBeCloseTo(99, 6);
    expect(
      effectiveAnswers([
        { hits: 1, of: 1 },
        { hits: 0, of: 1 },
        { hits: 1, of: 1 },
      ]),
    ).toBeLessThanOrEqual(3);
  });
});

/** DeLong's variance written as its definition: the kernel over all pairs, its row and column means. */
function delong(positives: readonly number[], negatives: readonly number[]) {
  const kernel = (x: number, y: number) => (x > y ? 1 : x === y ? 0.5 : 0);
  const m = positives.length;
  const n = negatives.length;
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const v10 = positives.map((x) => mean(negatives.map((y) => kernel(x, y))));
  const v01 = negatives.map((y) => mean(positives.map((x) => kernel(x, y))));
  const area = mean(v10);
  const s10 = v10.reduce((sum, v) => sum + (v - area) ** 2, 0) / (m - 1);
  const s01 = v01.reduce((sum, v) => sum + (v - area) ** 2, 0) / (n - 1);
  return { area, se: Math.sqrt(s10 / m + s01 / n) };
}

describe('the ROC area', () => {
  // Hanley & McNeil 1982, table I: 109 CT scans rated from 1 (definitely normal) to 5 (definitely abnormal).
  const spread = (counts: readonly number[]) =>
    counts.flatMap((count, i) => Array.from({ length: count }, () => i + 1));
  const normal = spread([33, 6, 6, 11, 2]);
  const abnormal = spread([3, 2, 2, 11, 33]);

  it('gives the published area 0.893 with standard error 0.032', () => {
    const { value, standardError } = rocArea(abnormal, normal);
    expect(value.toFixed(3)).toBe('0.893');
    expect(Math.abs(standardError - 0.032)).toBeLessThan(0.002);
  });

  it('has the variance that DeLong defines, and its interval', () => {
    const { area, se } = delong(abnormal, normal);
    const got = rocArea(abnormal, normal);
    expect(got.value).toBeCloseTo(area, 12);
    expect(got.standardError).toBeCloseTo(se, 12);
    expect(got.low).toBeCloseTo(area - 1.959964 * se, 6);
  });

  it('is worked out by hand for three and two', () => {
    // Pairs (3,2) (3,3) (1,2) (1,3) (4,2) (4,3): 1 + 0.5 + 0 + 0 + 1 + 1 = 3.5 of 6.
    expect(rocArea([3, 1, 4], [2, 3]).value).toBeCloseTo(3.5 / 6, 12);
    expect(rocArea([1, 2], []).value).toBeNaN();
  });

  it('equals the area below its own curve', () => {
    const curve = rocCurve(abnormal, normal);
    let area = 0;
    for (let i = 1; i < curve.length; i++) {
      const a = curve[i - 1]!;
      const b = curve[i]!;
      area += ((b.falsePositive - a.falsePositive) * (a.truePositive + b.truePositive)) / 2;
    }
    expect(area).toBeCloseTo(rocArea(abnormal, normal).value, 12);
  });

  it('holds one half in 93 to 97 % of 1,000 studies of guessing readers', () => {
    const random = new Random(11, 'guessing scores');
    let held = 0;
    for (let study = 0; study < 1000; study++) {
      const scores = () => Array.from({ length: 60 }, () => random.int(10));
      const { low, high } = rocArea(scores(), scores());
      if (low <= 0.5 && high >= 0.5) held++;
    }
    expect(held).toBeGreaterThanOrEqual(930);
    expect(held).toBeLessThanOrEqual(970);
  });
});

describe("Fleiss' kappa", () => {
  it('gives 0.210 for the example of ten subjects and fourteen raters, and what is worked out by hand', () => {
    const rows = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ];
    expect(fleissKappa(rows).value.toFixed(3)).toBe('0.210');
    // By hand: agreement (1 + 1/3 + 1) / 3 = 63/81, chance (5/9)^2 + (4/9)^2 = 41/81, so kappa = 22/40.
    expect(
      fleissKappa([
        [3, 0],
        [2, 1],
        [0, 3],
      ]).value,
    ).toBeCloseTo(0.55, 12);
  });

  it('is one for agreement, and around nothing for chance', () => {
    expect(
      fleissKappa([
        [3, 0],
        [0, 3],
        [3, 0],
      ]).value,
    ).toBeCloseTo(1, 12);
    const random = new Random(3, 'agreement');
    const rows = Array.from({ length: 400 }, () => {
      const first = [0, 0, 0].reduce((sum: number) => sum + (random.uint32() & 1), 0);
      return [first, 3 - first];
    });
    const { value, low, high } = fleissKappa(rows);
    expect(Math.abs(value)).toBeLessThan(0.08);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    expect(
      fleissKappa([
        [3, 0],
        [3, 0],
      ]).value,
    ).toBeNaN();
  });
});

describe('advice on the size of a study', () => {
  it('gives the sizes of the tables, to one answer', () => {
    const near = (aim: Parameters<typeof studySize>[0], answers: number) =>
      expect(Math.abs(studySize(aim).answers - answers), `${answers}`).toBeLessThanOrEqual(1);
    near({ kind: 'detect', accuracy: 0.55 }, 783);
    near({ kind: 'detect', accuracy: 0.6 }, 194);
    near({ kind: 'detect', accuracy: 0.65 }, 85);
    near({ kind: 'detect', accuracy: 0.7 }, 47);
    near({ kind: 'equivalence', margin: 0.1 }, 214);
    near({ kind: 'equivalence', margin: 0.075 }, 381);
    near({ kind: 'equivalence', margin: 0.05 }, 856);
    near({ kind: 'estimate', halfWidth: 0.1 }, 96);
    near({ kind: 'estimate', halfWidth: 0.075 }, 171);
    near({ kind: 'estimate', halfWidth: 0.05 }, 384);
  });

  it('lets several readers save cases, but not as many as they are', () => {
    const one = studySize({ kind: 'equivalence', margin: 0.1 });
    const three = studySize({ kind: 'equivalence', margin: 0.1 }, { readers: 3 });
    expect(three.cases).toBeLessThan(one.cases);
    expect(three.cases * 3).toBeGreaterThan(one.cases);
    expect(three.cases % 2).toBe(0);
  });
});
