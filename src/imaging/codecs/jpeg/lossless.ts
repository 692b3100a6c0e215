import { GantryError } from '../../../base/errors.ts';
import { checkSize, type ExpectedFrame, type SampleArray } from '../codec.ts';
import { BitReader } from './bits.ts';
import type { HuffmanTable } from './huffman.ts';
import { type Frame, type Scan, type Tables, walkJpeg } from './segments.ts';

/** Decodes lossless JPEG with Huffman coding (T.81 Annex H, process 14), 2 to 16 bits, all seven predictors. */
export function decodeJpegLossless(codestream: Uint8Array, expected: ExpectedFrame): SampleArray {
  let frame: Frame | undefined;
  let out: SampleArray = new Uint8Array(0);
  walkJpeg(
    codestream,
    (found) => {
      if (found.marker !== 0xc3) {
        throw new GantryError('CORRUPT', `The data is JPEG SOF${found.marker - 0xc0}, not lossless JPEG.`);
      }
      if (found.precision < 2 || found.precision > 16) {
        throw new GantryError('CORRUPT', `Lossless JPEG of ${found.precision} bits is not defined.`);
      }
      if (found.components.some((c) => c.h !== found.components[0]!.h || c.v !== found.components[0]!.v)) {
        throw new GantryError('UNSUPPORTED_PIXELS', 'Subsampled lossless JPEG cannot be decoded.');
      }
      checkSize('JPEG', { ...found, components: found.components.length }, expected);
      frame = found;
      const count = found.width * found.height * found.components.length;
      out = found.precision > 8 ? new Uint16Array(count) : new Uint8Array(count);
    },
    (scan, tables) => decodeScan(codestream, frame!, scan, tables, out),
  );
  return out;
}

function decodeScan(data: Uint8Array, frame: Frame, scan: Scan, tables: Tables, out: SampleArray): number {
  const selection = scan.spectralStart;
  const pointTransform = scan.low;
  if (selection < 1 || selection > 7 || pointTransform >= frame.precision) {
    throw new GantryError('CORRUPT', 'The lossless JPEG data has an impossible predictor.');
  }
  const { width, height } = frame;
  const samples = frame.components.length;
  const channels = scan.components.map(({ index, dc }) => {
    const huffman = tables.dc[dc];
    if (huffman === undefined) throw new GantryError('CORRUPT', 'The JPEG data lacks a Huffman table.');
    return { index, huffman };
  });
  // Predictions use values before the point transform, so lines are kept apart from the output.
  const above = channels.map(() => new Uint16Array(width));
  const start = 2 ** (frame.precision - pointTransform - 1);
  const bits = new BitReader(data, scan.start);
  // A restart interval is a whole number of lines (T.81 H.1.1).
  const linesPerRestart = Math.floor(tables.restartInterval / width);
  if (tables.restartInterval % width !== 0) {
    throw new GantryError('CORRUPT', 'The lossless JPEG data restarts inside a line.');
  }
  for (let y = 0; y < height; y++) {
    const restarted = linesPerRestart > 0 && y % linesPerRestart === 0;
    if (restarted && y > 0) bits.restart();
    const first = y === 0 || restarted;
    // Sample by sample over the components, because they are interleaved.
    const corners = above.map((line) => line[0]!);
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels.length; c++) {
        const { index, huffman } = channels[c]!;
        const line = above[c]!;
        const b = line[x]!;
        let prediction: number;
        if (x === 0) prediction = first ? start : b;
        else prediction = first ? line[x - 1]! : predict(selection, line[x - 1]!, b, corners[c]!);
        corners[c] = b;
        const value = (prediction + difference(bits, huffman)) & 0xffff;
        line[x] = value;
        out[(y * width + x) * samples + index] = value << pointTransform;
      }
    }
  }
  return bits.nextMarker();
}

/** Category 16 is 32768 and has no further bits (T.81 table H.2). */
function difference(bits: BitReader, huffman: HuffmanTable): number {
  const category = huffman.decode(bits);
  if (category > 16) throw new GantryError('CORRUPT', 'The lossless JPEG data has an impossible difference.');
  return category === 16 ? 32768 : bits.difference(category);
}

/** T.81 table H.1: a left, b above, c above left. */
function predict(selection: number, a: number, b: number, c: number): number {
  switch (selection) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}
