/**
 * Enlarges a square picture of any range by a whole factor, with cubic convolution (Keys 1981, a = -1/2; the
 * edge is repeated). A sheet of 64-pixel slices is looked at far above its resolution: replicated pixels then
 * read as a mosaic and hide the shapes, a cubic does not, and it keeps the values of constant areas.
 */
export function enlarge(values: ArrayLike<number>, size: number, factor: number): Float32Array {
  if (factor === 1) return Float32Array.from(values);
  const out = size * factor;
  const taps = tapTable(size, factor);
  const rows = new Float32Array(size * out);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < out; x++) {
      let sum = 0;
      for (let t = 0; t < 4; t++) {
        sum += taps.weight[x * 4 + t]! * values[y * size + taps.index[x * 4 + t]!]!;
      }
      rows[y * out + x] = sum;
    }
  }
  const result = new Float32Array(out * out);
  for (let y = 0; y < out; y++) {
    for (let t = 0; t < 4; t++) {
      const weight = taps.weight[y * 4 + t]!;
      const from = taps.index[y * 4 + t]! * out;
      const to = y * out;
      for (let x = 0; x < out; x++) result[to + x] = result[to + x]! + weight * rows[from + x]!;
    }
  }
  return result;
}

function tapTable(size: number, factor: number): { index: Int32Array; weight: Float32Array } {
  const out = size * factor;
  const index = new Int32Array(out * 4);
  const weight = new Float32Array(out * 4);
  for (let x = 0; x < out; x++) {
    const centre = (x + 0.5) / factor - 0.5;
    const first = Math.floor(centre) - 1;
    for (let t = 0; t < 4; t++) {
      index[x * 4 + t] = Math.min(size - 1, Math.max(0, first + t));
      weight[x * 4 + t] = cubic(Math.abs(centre - first - t));
    }
  }
  return { index, weight };
}

function cubic(d: number): number {
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  if (d < 2) return ((-0.5 * d + 2.5) * d - 4) * d + 2;
  return 0;
}
