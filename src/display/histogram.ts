/** Counts of values in equal bins from low to high; those beyond fall into the first and last bin. */
export function histogram(
  values: Uint16Array | Int16Array,
  real: (stored: number) => number,
  low: number,
  high: number,
  bins = 64,
): Float64Array {
  const counts = new Float64Array(bins);
  const scale = bins / (high - low || 1);
  for (const stored of values) {
    const bin = Math.floor((real(stored) - low) * scale);
    const place = Math.min(bins - 1, Math.max(0, bin));
    counts[place] = counts[place]! + 1;
  }
  return counts;
}

/**
 * Radial power spectrum: mean log10 power of all frequencies of a length, from the lowest to Nyquist's, by a
 * Fourier transform of the largest power-of-two square in the middle, under a Hann window.
 */
export function radialPower(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  bins = 32,
): Float64Array {
  const edge = 2 ** Math.floor(Math.log2(Math.min(rows, columns)));
  const [top, left] = [(rows - edge) >> 1, (columns - edge) >> 1];
  const re = new Float64Array(edge * edge);
  const im = new Float64Array(edge * edge);
  let mean = 0;
  for (let y = 0; y < edge; y++) {
    for (let x = 0; x < edge; x++) mean += values[(y + top) * columns + x + left]! / edge ** 2;
  }
  const hann = Float64Array.from(
    { length: edge },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / edge),
  );
  for (let y = 0; y < edge; y++) {
    for (let x = 0; x < edge; x++) {
      re[y * edge + x] = (values[(y + top) * columns + x + left]! - mean) * hann[y]! * hann[x]!;
    }
  }
  for (let y = 0; y < edge; y++) transform(re, im, y * edge, 1, edge);
  for (let x = 0; x < edge; x++) transform(re, im, x, edge, edge);
  const sums = new Float64Array(bins);
  const counts = new Float64Array(bins);
  for (let y = 0; y < edge; y++) {
    for (let x = 0; x < edge; x++) {
      const radius = Math.hypot(y < edge / 2 ? y : y - edge, x < edge / 2 ? x : x - edge) / (edge / 2);
      const bin = Math.floor(radius * bins);
      if (bin >= bins || (x === 0 && y === 0)) continue;
      const at = y * edge + x;
      sums[bin] = sums[bin]! + re[at]! ** 2 + im[at]! ** 2;
      counts[bin] = counts[bin]! + 1;
    }
  }
  return sums.map((sum, i) => Math.log10(sum / Math.max(1, counts[i]!) + 1e-12));
}

/** Radix-2 transform in place of `length` values from `start`, `step` apart. */
function transform(re: Float64Array, im: Float64Array, start: number, step: number, length: number): void {
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const [a, b] = [start + i * step, start + j * step];
      [re[a], re[b]] = [re[b]!, re[a]!];
      [im[a], im[b]] = [im[b]!, im[a]!];
    }
  }
  for (let size = 2; size <= length; size <<= 1) {
    const turn = (-2 * Math.PI) / size;
    for (let first = 0; first < length; first += size) {
      for (let k = 0; k < size / 2; k++) {
        const [cos, sin] = [Math.cos(turn * k), Math.sin(turn * k)];
        const a = start + (first + k) * step;
        const b = a + (size / 2) * step;
        const [x, y] = [re[b]! * cos - im[b]! * sin, re[b]! * sin + im[b]! * cos];
        re[b] = re[a]! - x;
        im[b] = im[a]! - y;
        re[a] = re[a]! + x;
        im[a] = im[a]! + y;
      }
    }
  }
}
