import { GantryError } from '../../../base/errors.ts';
import { checkSize, type ExpectedFrame, type SampleArray } from '../codec.ts';
import { decodeScan, type Plane, planesOf } from './blocks.ts';
import { samplesOfPlane, upsampled } from './samples.ts';
import { type Frame, walkJpeg } from './segments.ts';

/**
 * Decodes a DCT-based JPEG of 8 or 12 bits with Huffman coding: baseline, extended and progressive (T.81
 * processes 1, 2, 4, 6, 8, 10 and 12). Components come as they are coded, interleaved, with no colour transform.
 */
export function decodeJpeg(codestream: Uint8Array, expected: ExpectedFrame): SampleArray {
  let frame: Frame | undefined;
  let planes: Plane[] = [];
  walkJpeg(
    codestream,
    (found) => {
      if (found.marker > 0xc2) {
        throw new GantryError(
          'UNSUPPORTED_SYNTAX',
          `JPEG process SOF${found.marker - 0xc0} cannot be decoded here.`,
        );
      }
      if (found.precision !== 8 && found.precision !== 12) {
        throw new GantryError('UNSUPPORTED_PIXELS', `JPEG of ${found.precision} bits is not defined.`);
      }
      checkSize('JPEG', { ...found, components: found.components.length }, expected);
      frame = found;
      planes = planesOf(found);
    },
    (scan, tables) => decodeScan(codestream, frame!, planes, scan, tables),
  );
  return compose(frame!, planes);
}

function compose(frame: Frame, planes: readonly Plane[]): SampleArray {
  const { width, height } = frame;
  const count = planes.length;
  const out =
    frame.precision > 8 ? new Uint16Array(width * height * count) : new Uint8Array(width * height * count);
  planes.forEach((plane, c) => {
    const full = upsampled(samplesOfPlane(plane, frame), width, height);
    for (let y = 0; y < height; y++) {
      const line = y * full.stride;
      let to = y * width * count + c;
      for (let x = 0; x < width; x++, to += count) out[to] = full.samples[line + x]!;
    }
  });
  return out;
}
