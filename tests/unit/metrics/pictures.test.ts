import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import type { Images } from '../../../src/metrics/arrays.ts';
import { greyHistogram, histogramDistance } from '../../../src/metrics/distances/histogram.ts';
import { msSsim, pairSimilarity } from '../../../src/metrics/distances/ms-ssim.ts';
import { slicedDistance, slicedWasserstein } from '../../../src/metrics/distances/sliced-wasserstein.ts';
import { compareSpectra, fourier, radialSpectrum } from '../../../src/metrics/distances/spectrum.ts';
import { handMadeFeatures } from '../../../src/metrics/features/hand-made.ts';
import { pixelGradientFeatures } from '../../../src/metrics/features/pixel-gradient.ts';
import { channelMeans, randomNetworkFeatures } from '../../../src/metrics/features/random-network.ts';

const size = 32;
const random = (index: number) => new Random(11, 'pictures', index);

/** White noise of a deviation, about -1 .. +1. */
function noise(count: number, index: number, deviation = 0.3): Images {
  const values = random(index).fillNormal(new Float32Array(count * size * size));
  return { count, size, values: values.map((v) => v * deviation) };
}

function one(pixel: (x: number, y: number) => number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, i) => pixel(i % size, Math.floor(i / size)));
}

describe('MS-SSIM', () => {
  it('is 1 for a picture with itself, and falls with noise', () => {
    const { values } = noise(1, 0);
    expect(msSsim(values, values, size)).toBeCloseTo(1, 12);
    const grain = noise(1, 1, 0.05).values;
    const more = noise(1, 1, 0.2).values;
    const little = msSsim(
      values,
      values.map((v, i) => v + grain[i]!),
      size,
    );
    expect(little).toBeLessThan(1);
    expect(
      msSsim(
        values,
        values.map((v, i) => v + more[i]!),
        size,
      ),
    ).toBeLessThan(little);
  });

  it('has the closed form of its luminance term for even pictures', () => {
    // Contrast terms are 1, so what is left is (2 a b + C1) / (a^2 + b^2 + C1) to the exponent of the last scale.
    const c1 = (0.01 * 2) ** 2;
    const luminance = (2 * 0.5 * 0.25 + c1) / (0.25 + 0.0625 + c1);
    // 32 pixels hold two scales: 16 is still above 11.
    const exponent = 0.2856 / (0.0448 + 0.2856);
    expect(
      msSsim(
        one(() => 0.5),
        one(() => 0.25),
        size,
      ),
    ).toBeCloseTo(luminance ** exponent, 10);
  });

  it('of random pairs shows a set that repeats itself', () => {
    const varied = noise(20, 2);
    const repeated = { ...varied, values: varied.values.map((_, i) => varied.values[i % (size * size)]!) };
    expect(pairSimilarity(repeated, { seed: 1, pairs: 20 })).toBeCloseTo(1, 6);
    expect(pairSimilarity(varied, { seed: 1, pairs: 20 })).toBeLessThan(0.3);
  });
});

describe('power spectrum', () => {
  it('rests on a transform that is the naive one', () => {
    const n = 16;
    const [re, im] = [Float64Array.from(noise(1, 3).values.subarray(0, n)), new Float64Array(n)];
    const source = Float64Array.from(re);
    fourier(re, im);
    for (let k = 0; k < n; k++) {
      let [x, y] = [0, 0];
      for (let i = 0; i < n; i++) {
        x += source[i]! * Math.cos((2 * Math.PI * k * i) / n);
        y -= source[i]! * Math.sin((2 * Math.PI * k * i) / n);
      }
      expect(re[k]).toBeCloseTo(x, 10);
      expect(im[k]).toBeCloseTo(y, 10);
    }
  });

  it('peaks at the frequency of a wave, whatever its direction', () => {
    for (const wave of [(x: number) => x, (_: number, y: number) => y]) {
      const values = one((x, y) => Math.sin((2 * Math.PI * 6 * wave(x, y)) / size));
      const profile = radialSpectrum({ count: 1, size, values });
      expect(profile.indexOf(Math.max(...profile))).toBe(5);
    }
  });

  it('tells how much fine detail is lost or added', () => {
    const set = noise(40, 4);
    const half = { ...set, values: set.values.map((v) => v / 2) };
    const { highRatio, distance } = compareSpectra(radialSpectrum(set), radialSpectrum(half));
    // Half the amplitude is a quarter of the power at every frequency.
    expect(highRatio).toBeCloseTo(0.25, 4);
    expect(distance).toBeCloseTo(Math.log10(4), 4);
  });
});

describe('grey values', () => {
  it('are as far apart as they were shifted', () => {
    const even = (grey: number) => greyHistogram({ count: 1, size, values: one(() => grey) });
    expect(histogramDistance(even(-0.5), even(0.5))).toBeCloseTo(0.5, 2);
    expect(histogramDistance(even(0.1), even(0.1))).toBe(0);
  });
});

describe('sliced Wasserstein distance', () => {
  it('of a shifted point set is the shift times the mean projection', () => {
    // In d dimensions a unit shift has the mean absolute projection E|cos| = gamma(d/2) / (sqrt(pi) gamma((d+1)/2)).
    const points = noise(1, 5).values.subarray(0, 900);
    const shifted = points.map((v, i) => v + (i % 3 === 0 ? 2 : 0));
    const expected = 2 * 0.5; // d = 3: gamma(1.5) / (sqrt(pi) gamma(2)) = 1 / 2
    expect(Math.abs(slicedDistance(points.slice(), shifted.slice(), 3, 1) - expected)).toBeLessThan(0.12);
  });

  it('is small for two draws and large for a blurred one', () => {
    const floor = slicedWasserstein(noise(60, 6), noise(60, 7), 1);
    const smooth = noise(60, 8);
    const values = smooth.values.map((v, i) => (v + (smooth.values[i + 1] ?? v)) / 2);
    expect(slicedWasserstein(noise(60, 6), { ...smooth, values }, 1)).toBeGreaterThan(3 * floor);
  });
});

describe('features', () => {
  it('of a random network repeat by seed and differ between seeds', async () => {
    const set = noise(35, 9);
    const first = await randomNetworkFeatures(set, 1);
    expect([first.rows, first.columns]).toEqual([35, 1024]);
    expect((await randomNetworkFeatures(set, 1)).values).toEqual(first.values);
    expect((await randomNetworkFeatures(set, 2)).values).not.toEqual(first.values);
    // A slice's features do not hang on its neighbours in the batch.
    const alone = await randomNetworkFeatures({ count: 1, size, values: set.values.slice(-size * size) }, 1);
    for (let i = 0; i < 1024; i++) expect(alone.values[i]).toBeCloseTo(first.values[34 * 1024 + i]!, 4);
    expect(channelMeans(first).columns).toBe(64);
  });

  it('of pixels and gradients are means of their cells', () => {
    const { values } = pixelGradientFeatures({ count: 1, size, values: one((x) => x / size) });
    expect(values[0]).toBeCloseTo(0.5 / size, 6);
    expect(values[15]).toBeCloseTo(30.5 / size, 6);
    // Away from the border the slope is 1 / size everywhere.
    expect(values[256 + 8 + 3]).toBeCloseTo(1 / size, 6);
  });

  it('made by hand measure a rectangle as it is', () => {
    const values = one((x, y) => (x >= 8 && x < 24 && y >= 12 && y < 20 ? 0.5 : -1));
    const { names, values: found } = handMadeFeatures({ count: 1, size, values });
    const feature = (name: string) => found[names.indexOf(name)]!;
    expect(feature('shape.area')).toBeCloseTo((16 * 8) / size ** 2, 6);
    expect(feature('shape.centreX')).toBeCloseTo(0, 6);
    expect(feature('intensity.mean')).toBeCloseTo(0.5, 6);
    expect(feature('intensity.deviation')).toBeCloseTo(0, 6);
    // Deviation of 16 equal steps of 1/32: sqrt((16^2 - 1) / 12) / 32.
    expect(feature('shape.major')).toBeCloseTo(Math.sqrt((16 ** 2 - 1) / 12) / size, 5);
    expect(feature('shape.mirrorSymmetry')).toBeCloseTo(1, 6);
  });

  it('made by hand are finite for air and for one even grey', () => {
    for (const grey of [-1, 0.3]) {
      const { values } = handMadeFeatures({ count: 1, size, values: one(() => grey) });
      expect([...values].every(Number.isFinite)).toBe(true);
    }
  });
});
