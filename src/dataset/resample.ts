/** For each output pixel of one axis: the first source pixel it covers and the weights of those from there on. */
export interface AxisWeights {
  readonly first: Int32Array;
  /** Offsets into `weights`; output i has weights[start[i] .. start[i + 1] - 1]. */
  readonly start: Int32Array;
  /** Covered length over output pixel length; their sum is below 1 where the output reaches outside. */
  readonly weights: Float32Array;
}

/**
 * Exact area weights of one axis: `count` source pixels of `pixelMm` each, centred in `sideMm`, seen through
 * `size` equal output pixels. Works for reduction and enlargement alike.
 */
export function axisWeights(count: number, pixelMm: number, sideMm: number, size: number): AxisWeights {
  const outputMm = sideMm / size;
  const margin = (sideMm - count * pixelMm) / 2;
  const first = new Int32Array(size);
  const start = new Int32Array(size + 1);
  const weights: number[] = [];
  for (let i = 0; i < size; i++) {
    // In source pixels from the source's edge.
    const from = (i * outputMm - margin) / pixelMm;
    const to = ((i + 1) * outputMm - margin) / pixelMm;
    const begin = Math.max(0, Math.floor(from));
    const end = Math.min(count, Math.ceil(to));
    first[i] = Math.min(begin, count - 1);
    for (let j = begin; j < end; j++) {
      const covered = Math.min(to, j + 1) - Math.max(from, j);
      weights.push(Math.max(0, covered) / (to - from));
    }
    start[i + 1] = weights.length;
  }
  return { first, start, weights: Float32Array.from(weights) };
}

/** Where the pixels of an output image lie on the source slice, for the way back. */
export interface Frame {
  readonly rows: number;
  readonly columns: number;
  /** Millimetres (or pixels, where spacing is unknown) between rows, between columns. */
  readonly rowMm: number;
  readonly columnMm: number;
  /** Side of the square field of view. */
  readonly sideMm: number;
  readonly size: number;
}

/**
 * The square that holds a slice: its side is the longer side of the slice in millimetres, so that pixels that are
 * not square come out undistorted and the field of view is kept.
 */
export function frameOf(rows: number, columns: number, rowMm: number, columnMm: number, size: number): Frame {
  return { rows, columns, rowMm, columnMm, sideMm: Math.max(rows * rowMm, columns * columnMm), size };
}

/** Source row and column (fractional, pixel centres at integers) of an output pixel centre. */
export function sourcePoint(frame: Frame, y: number, x: number): { row: number; column: number } {
  const outputMm = frame.sideMm / frame.size;
  const at = (i: number, count: number, mm: number) =>
    ((i + 0.5) * outputMm - (frame.sideMm - count * mm) / 2) / mm - 0.5;
  return { row: at(y, frame.rows, frame.rowMm), column: at(x, frame.columns, frame.columnMm) };
}

export interface Resampler {
  readonly frame: Frame;
  /** `source`: rows x columns; `out`: size x size; outside the slice `air`. */
  resample(source: Float32Array, out: Float32Array, air: number): void;
}

/** Area resampling (box filter) of slices of one shape into a square. */
export function createResampler(frame: Frame): Resampler {
  const { rows, size } = frame;
  const across = axisWeights(frame.columns, frame.columnMm, frame.sideMm, size);
  const along = axisWeights(rows, frame.rowMm, frame.sideMm, size);
  const narrow = new Float32Array(rows * size);
  return {
    frame,
    resample(source, out, air) {
      for (let r = 0; r < rows; r++) {
        const row = r * frame.columns;
        for (let x = 0; x < size; x++) {
          let at = row + across.first[x]!;
          let sum = 0;
          let weight = 0;
          for (let k = across.start[x]!; k < across.start[x + 1]!; k++) {
            const w = across.weights[k]!;
            sum += w * source[at++]!;
            weight += w;
          }
          narrow[r * size + x] = sum + (1 - weight) * air;
        }
      }
      for (let y = 0; y < size; y++) {
        const target = out.subarray(y * size, (y + 1) * size);
        let weight = 0;
        target.fill(0);
        for (let k = along.start[y]!, r = along.first[y]!; k < along.start[y + 1]!; k++, r++) {
          const w = along.weights[k]!;
          weight += w;
          for (let x = 0; x < size; x++) target[x] = target[x]! + w * narrow[r * size + x]!;
        }
        const rest = (1 - weight) * air;
        for (let x = 0; x < size; x++) target[x] = target[x]! + rest;
      }
    },
  };
}
