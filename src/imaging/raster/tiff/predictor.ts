import { GantryError } from '../../../base/errors.ts';

interface Rows {
  readonly rows: number;
  readonly rowBytes: number;
  /** Samples of a pixel that stand side by side. */
  readonly perPixel: number;
  readonly bytesPerSample: number;
  readonly littleEndian: boolean;
}

/**
 * Undoes a predictor in place: 1 none, 2 differences of integers (TIFF 6.0 section 14), 3 of floats (Adobe's TIFF
 * technical note 3). Says whether the samples are little-endian now. @throws CORRUPT
 */
export function undoPredictor(raw: Uint8Array, predictor: number, layout: Rows): boolean {
  const { littleEndian, bytesPerSample } = layout;
  if (predictor === 1) return littleEndian;
  if (predictor === 2 && (bytesPerSample === 1 || bytesPerSample === 2 || bytesPerSample === 4)) {
    sumSamples(raw, layout);
    return littleEndian;
  }
  if (predictor === 3 && (bytesPerSample === 4 || bytesPerSample === 8)) {
    joinPlanes(raw, layout);
    return false;
  }
  throw new GantryError('CORRUPT', `TIFF predictor ${predictor} does not fit the samples.`);
}

function sumSamples(
  raw: Uint8Array,
  { rows, rowBytes, perPixel, bytesPerSample: size, littleEndian }: Rows,
): void {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const step = perPixel * size;
  for (let y = 0; y < rows; y++) {
    const end = (y + 1) * rowBytes;
    for (let at = y * rowBytes + step; at < end; at += size) {
      if (size === 1) raw[at] = raw[at]! + raw[at - step]!;
      else if (size === 2) {
        view.setUint16(
          at,
          view.getUint16(at, littleEndian) + view.getUint16(at - step, littleEndian),
          littleEndian,
        );
      } else {
        view.setUint32(
          at,
          view.getUint32(at, littleEndian) + view.getUint32(at - step, littleEndian),
          littleEndian,
        );
      }
    }
  }
}

/** Each row holds the first bytes of all its floats, then the second ones …, as differences. */
function joinPlanes(raw: Uint8Array, { rows, rowBytes, perPixel, bytesPerSample: size }: Rows): void {
  const row = new Uint8Array(rowBytes);
  const count = rowBytes / size;
  for (let y = 0; y < rows; y++) {
    const at = y * rowBytes;
    for (let i = perPixel; i < rowBytes; i++) raw[at + i] = raw[at + i]! + raw[at + i - perPixel]!;
    row.set(raw.subarray(at, at + rowBytes));
    for (let i = 0; i < count; i++) {
      for (let byte = 0; byte < size; byte++) raw[at + i * size + byte] = row[byte * count + i]!;
    }
  }
}
