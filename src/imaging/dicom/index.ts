import type { ReadOptions, Slice, SliceHeader, StoredPixels } from '../types.ts';
import { openFrames } from './frames.ts';
import { headersOf } from './header.ts';
import { interpretationOf } from './interpretation.ts';
import { layoutOf } from './layout.ts';
import { type Mosaic, mosaicHeader, mosaicOf, mosaicPixels } from './mosaic.ts';
import { parseDicom } from './part10.ts';

export { inspectDicom } from './inspect.ts';
export { isDicom } from './part10.ts';

/**
 * The headers of all slices, without decoding pixels: frames, or the tiles of a Siemens mosaic. Throws as
 * `readDicom` does, but for damaged pixels.
 */
export function readDicomHeaders(bytes: Uint8Array, options: ReadOptions): SliceHeader[] {
  const file = parseDicom(bytes);
  const layout = layoutOf(file);
  const meaning = interpretationOf(file.dataSet, layout, options);
  const headers = headersOf(file, layout);
  const mosaic = mosaicOf(file.dataSet, layout);
  if (mosaic !== undefined) {
    const whole = { ...headers.frame(0), ...meaning.header };
    return Array.from({ length: mosaic.slices }, (_, i) => mosaicHeader(whole, mosaic, i));
  }
  return Array.from({ length: layout.frames }, (_, i) => ({ ...headers.frame(i), ...meaning.header }));
}

/** The slices of a DICOM file, one at a time. */
export async function* readDicom(bytes: Uint8Array, options: ReadOptions): AsyncGenerator<Slice> {
  const file = parseDicom(bytes);
  const layout = layoutOf(file);
  const meaning = interpretationOf(file.dataSet, layout, options);
  const headers = headersOf(file, layout);
  const frames = await openFrames(file, layout);
  const mosaic = mosaicOf(file.dataSet, layout);
  for (let i = 0; i < layout.frames; i++) {
    const pixels = meaning.apply(frames.frame(i));
    const header = { ...headers.frame(i), ...meaning.header };
    if (mosaic === undefined) yield { header, pixels };
    else yield* mosaicSlices(header, pixels, mosaic);
  }
}

function* mosaicSlices(header: SliceHeader, pixels: StoredPixels, mosaic: Mosaic): Generator<Slice> {
  for (let i = 0; i < mosaic.slices; i++) {
    yield { header: mosaicHeader(header, mosaic, i), pixels: mosaicPixels(pixels, mosaic, i) };
  }
}
