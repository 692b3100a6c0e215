import { type Images, imageAt } from '../arrays.ts';

/** Radix-2 Fourier transform in place (Cooley and Tukey); the length is a power of two. */
export function fourier(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  for (let length = 2; length <= n; length <<= 1) {
    const half = length >> 1;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / length;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let i = k; i < n; i += length) {
        const j = i + half;
        const x = re[j]! * c - im[j]! * s;
        const y = re[j]! * s + im[j]! * c;
        re[j] = re[i]! - x;
        im[j] = im[i]! - y;
        re[i]! += x;
        im[i]! += y;
      }
    }
  }
}

/**
 * Mean over the set of log10 power at the radii 1 .. size / 2 (cycles a picture), azimuthally averaged, after the
 * mean is taken off and a Hann window is put on. `size` is a power of two.
 */
export function radialSpectrum(images: Images): Float64Array {
  const { size, count } = images;
  const half = size / 2;
  const profile = new Float64Array(half);
  const hann = Float64Array.from(
    { length: size },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size),
  );
  const re = Array.from({ length: size }, () => new Float64Array(size));
  const im = Array.from({ length: size }, () => new Float64Array(size));
  const [columnRe, columnIm] = [new Float64Array(size), new Float64Array(size)];
  for (let i = 0; i < count; i++) {
    const image = imageAt(images, i);
    let average = 0;
    for (const v of image) average += v / image.length;
    for (let y = 0; y < size; y++) {
      im[y]!.fill(0);
      for (let x = 0; x < size; x++) re[y]![x] = (image[y * size + x]! - average) * hann[x]! * hann[y]!;
      fourier(re[y]!, im[y]!);
    }
    const power = new Float64Array(half + 1);
    const cells = new Float64Array(half + 1);
    for (let x = 0; x <= half; x++) {
      for (let y = 0; y < size; y++) {
        columnRe[y] = re[y]![x]!;
        columnIm[y] = im[y]![x]!;
      }
      fourier(columnRe, columnIm);
      for (let y = 0; y < size; y++) {
        const radius = Math.round(Math.hypot(x, y <= half ? y : y - size));
        if (radius < 1 || radius > half) continue;
        power[radius]! += columnRe[y]! ** 2 + columnIm[y]! ** 2;
        cells[radius]!++;
      }
    }
    for (let r = 1; r <= half; r++) {
      profile[r - 1]! += Math.log10(power[r]! / cells[r]! / size ** 2 + 1e-10) / count;
    }
  }
  return profile;
}

export interface SpectrumDifference {
  /** Root mean square difference of the two profiles, in powers of ten. */
  readonly distance: number;
  /** Power of the second over the first in the upper half of the frequencies: above 1 is grain, below 1 is blur. */
  readonly highRatio: number;
}

export function compareSpectra(real: Float64Array, fake: Float64Array): SpectrumDifference {
  let [squares, high, count] = [0, 0, 0];
  for (let i = 0; i < real.length; i++) {
    const difference = fake[i]! - real[i]!;
    squares += difference ** 2;
    if (i < real.length / 2) continue;
    high += difference;
    count++;
  }
  return { distance: Math.sqrt(squares / real.length), highRatio: 10 ** (high / count) };
}
