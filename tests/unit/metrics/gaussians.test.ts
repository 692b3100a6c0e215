import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import type { Matrix } from '../../../src/metrics/arrays.ts';
import { symmetricEigen, symmetricRoot } from '../../../src/metrics/distances/eigen.ts';
import { frechetDistance } from '../../../src/metrics/distances/frechet.ts';
import { kernelDistance } from '../../../src/metrics/distances/kid.ts';
import { nearestDistances, prdc } from '../../../src/metrics/distances/neighbours.ts';
import { Products } from '../../../src/metrics/products.ts';

function gaussian(rows: number, columns: number, index: number, shift = 0, scale = 1): Matrix {
  const values = new Random(7, 'test', index).fillNormal(new Float32Array(rows * columns));
  return { rows, columns, values: values.map((v) => v * scale + shift) };
}

/** E (x.y / d + 1)^3 of independent x ~ N(m, s^2 I), y ~ N(n, t^2 I) with all coordinates of the means equal. */
function expectedKernel(d: number, m: number, s: number, n: number, t: number): number {
  // u = x.y / d: given y, normal with mean m sum(y) / d and variance s^2 |y|^2 / d^2; E(1+u)^3 from moments of u.
  const first = m * n;
  // E u^2 = [ sum E x_i^2 y_i^2 + sum_{i != j} E x_i x_j y_i y_j ] / d^2
  const xx = m * m + s * s;
  const yy = n * n + t * t;
  const second = (d * xx * yy + d * (d - 1) * (m * n) ** 2) / d ** 2;
  const x3 = m ** 3 + 3 * m * s * s;
  const y3 = n ** 3 + 3 * n * t * t;
  const third =
    (d * x3 * y3 + 3 * d * (d - 1) * xx * yy * m * n + d * (d - 1) * (d - 2) * (m * n) ** 3) / d ** 3;
  return 1 + 3 * first + 3 * second + third;
}

const d = 16;
let products: Products;
beforeAll(async () => {
  products = await Products.create(d);
});
afterAll(() => products.dispose());

describe('kernel distance', () => {
  const value = (a: Matrix, b: Matrix) => kernelDistance(products, a, b, { seed: 1, replicates: 100 });

  it('meets the closed form on two Gaussians, which lies in its interval', async () => {
    const exact =
      expectedKernel(d, 0, 1, 0, 1) +
      expectedKernel(d, 0.5, 1.2, 0.5, 1.2) -
      2 * expectedKernel(d, 0, 1, 0.5, 1.2);
    const estimate = await value(gaussian(700, d, 0), gaussian(600, d, 1, 0.5, 1.2));
    expect(Math.abs(estimate.value - exact) / exact).toBeLessThan(0.12);
    expect(estimate.low).toBeLessThan(exact);
    expect(estimate.high).toBeGreaterThan(exact);
  });

  it('is unbiased: the mean of many small draws of one distribution is zero within its error', async () => {
    const values: number[] = [];
    for (let i = 0; i < 120; i++) {
      values.push(
        (
          await kernelDistance(products, gaussian(12, d, 2 * i), gaussian(9, d, 2 * i + 1), {
            seed: 1,
            replicates: 1,
          })
        ).value,
      );
    }
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const error = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length ** 2);
    expect(Math.abs(mean)).toBeLessThan(3 * error);
    // The biased V-statistic would be about 2 E k(x, x) / n away.
    expect(error).toBeLessThan(0.05);
  });

  it('is the double sum of its definition', async () => {
    const [a, b] = [gaussian(300, d, 3), gaussian(270, d, 4, 0.2)];
    const k = (x: Matrix, i: number, y: Matrix, j: number) => {
      let dot = 0;
      for (let c = 0; c < d; c++) dot += x.values[i * d + c]! * y.values[j * d + c]!;
      return (dot / d + 1) ** 3;
    };
    let sum = 0;
    for (let i = 0; i < a.rows; i++) {
      for (let j = 0; j < a.rows; j++) if (i !== j) sum += k(a, i, a, j) / (a.rows * (a.rows - 1));
      for (let j = 0; j < b.rows; j++) sum -= (2 * k(a, i, b, j)) / (a.rows * b.rows);
    }
    for (let i = 0; i < b.rows; i++)
      for (let j = 0; j < b.rows; j++) if (i !== j) sum += k(b, i, b, j) / (b.rows * (b.rows - 1));
    expect((await value(a, b)).value).toBeCloseTo(sum, 5);
  });

  it('widens its interval where rows come in groups that are alike', async () => {
    const base = gaussian(20, d, 5);
    const rows = 300;
    const noise = gaussian(rows, d, 6, 0, 0.1);
    const groups = Int32Array.from({ length: rows }, (_, i) => i % 20);
    const values = noise.values.map((v, i) => v + base.values[(Math.floor(i / d) % 20) * d + (i % d)]!);
    const a = { rows, columns: d, values };
    const b = gaussian(300, d, 7);
    const alone = await kernelDistance(products, a, b, { seed: 1 });
    const grouped = await kernelDistance(products, a, b, { seed: 1, groupsA: groups });
    expect(grouped.value).toBeCloseTo(alone.value, 9);
    expect(grouped.high - grouped.low).toBeGreaterThan(2 * (alone.high - alone.low));
  });
});

describe('Fréchet distance', () => {
  it('meets the closed form on Gaussians with diagonal covariances', () => {
    // |m|^2 + sum (s - t)^2 = 16 * 0.25 + 16 * 0.25
    const found = frechetDistance(gaussian(6000, d, 8), gaussian(6000, d, 9, 0.5, 1.5));
    expect(found.value).toBeGreaterThan(7.6);
    expect(found.value).toBeLessThan(8.4);
    expect(found.fewSlices).toBe(false);
  });

  it('sees a rotation of the covariance, which the means and variances do not show', () => {
    const a = gaussian(6000, 2, 10);
    const correlated = (sign: number) => ({
      ...a,
      values: a.values.map((v, i) => (i % 2 === 0 ? v : sign * 0.8 * a.values[i - 1]! + 0.6 * v)),
    });
    // S = [[1, r], [r, 1]], T = [[1, -r], [-r, 1]]: they commute, eigenvalues 1 +- r, distance 4 - 4 sqrt(1 - r^2).
    expect(frechetDistance(correlated(1), correlated(-1)).value).toBeCloseTo(4 - 4 * 0.6, 1);
  });

  it('says when there are few rows, and then shrinks', () => {
    const found = frechetDistance(gaussian(40, d, 11), gaussian(40, d, 12));
    expect(found.fewSlices).toBe(true);
    expect(found.shrinkage[0]).toBeGreaterThan(0.2);
  });
});

describe('symmetric eigenvalues', () => {
  it('rebuild their matrix, and its root squared does', () => {
    const n = 24;
    const g = gaussian(40, n, 13);
    const s = new Float64Array(n * n);
    for (let r = 0; r < g.rows; r++)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) s[i * n + j]! += g.values[r * n + i]! * g.values[r * n + j]!;
    const { values, vectors } = symmetricEigen(s, n);
    const root = symmetricRoot(s, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let [rebuilt, squared] = [0, 0];
        for (let k = 0; k < n; k++) {
          rebuilt += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
          squared += root[i * n + k]! * root[k * n + j]!;
        }
        expect(rebuilt).toBeCloseTo(s[i * n + j]!, 8);
        expect(squared).toBeCloseTo(s[i * n + j]!, 8);
      }
    }
  });
});

describe('neighbours', () => {
  it('are those of a plain search', async () => {
    const [a, b] = [gaussian(20, d, 14), gaussian(280, d, 15)];
    const { distances, index } = await nearestDistances(products, a, b, 3);
    for (let i = 0; i < a.rows; i++) {
      const all = Array.from({ length: b.rows }, (_, j) => {
        let squared = 0;
        for (let c = 0; c < d; c++) squared += (a.values[i * d + c]! - b.values[j * d + c]!) ** 2;
        return { j, distance: Math.sqrt(squared) };
      }).sort((x, y) => x.distance - y.distance);
      for (let k = 0; k < 3; k++) {
        expect(index[i * 3 + k]).toBe(all[k]!.j);
        expect(distances[i * 3 + k]).toBeCloseTo(all[k]!.distance, 4);
      }
    }
  });

  it('give precision and recall as their definitions do, by a plain search', async () => {
    const [real, fake] = [gaussian(120, d, 16), gaussian(120, d, 17, 0.3)];
    const distance = (a: Matrix, i: number, b: Matrix, j: number) => {
      let squared = 0;
      for (let c = 0; c < d; c++) squared += (a.values[i * d + c]! - b.values[j * d + c]!) ** 2;
      return Math.sqrt(squared);
    };
    const all = Array.from({ length: 120 }, (_, i) => i);
    const radii = (m: Matrix) =>
      all.map((i) => all.map((j) => distance(m, i, m, j)).sort((a, b) => a - b)[5]!);
    const [reals, fakes] = [radii(real), radii(fake)];
    const share = (test: (i: number) => boolean) => all.filter(test).length / 120;
    const found = await prdc(products, real, fake);
    expect(found.precision).toBe(share((j) => all.some((i) => distance(real, i, fake, j) < reals[i]!)));
    expect(found.recall).toBe(share((i) => all.some((j) => distance(real, i, fake, j) < fakes[j]!)));
    expect(found.coverage).toBe(share((i) => all.some((j) => distance(real, i, fake, j) < reals[i]!)));
  });

  it('give the published density and coverage on equal Gaussians of 1,000 dimensions', async () => {
    // Naeem et al.: P .477 R .471 D 1.056 C .974 for 10,000 rows. P and R hang on the number of rows; at the full
    // size this code gives .488 .472 1.059 .976 in 14 s of processor time (docs/adr/007-evaluation.md).
    const wide = await Products.create(1000);
    try {
      const pairs = [
        [16, 17],
        [18, 19],
        [20, 21],
      ] as const;
      const found: { readonly density: number; readonly coverage: number }[] = [];
      for (const [i, j] of pairs)
        found.push(await prdc(wide, gaussian(600, 1000, i), gaussian(600, 1000, j)));
      const mean = (name: 'density' | 'coverage') =>
        found.reduce((sum, one) => sum + one[name], 0) / pairs.length;
      // A fake row is nearer than the 5th of 599 others with the chance 5/600, so the density is 1 on average; a
      // row is not covered when its 5 nearest of all others are real ones: 1 - (1/2)^5 for many rows.
      expect(Math.abs(mean('density') - 1)).toBeLessThan(0.2);
      expect(Math.abs(mean('coverage') - (1 - 0.5 ** 5))).toBeLessThan(0.015);
    } finally {
      await wide.dispose();
    }
  });

  it('show a shrunken set as precise without recall, and a far one as neither', async () => {
    const real = gaussian(400, d, 18);
    const shrunken = await prdc(products, real, gaussian(400, d, 19, 0, 0.3));
    expect(shrunken.precision).toBe(1);
    expect(shrunken.recall).toBeLessThan(0.05);
    const far = await prdc(products, real, gaussian(400, d, 20, 10));
    expect(far).toEqual({ precision: 0, recall: 0, density: 0, coverage: 0 });
  });
});
