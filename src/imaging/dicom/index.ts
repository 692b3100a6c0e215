import { GantryError } from '../../base/errors.ts';
import type { ReadOptions, Slice, SliceHeader } from '../types.ts';
import { openFrames } from './frames.ts';
import { headersOf } from './header.ts';
import { layoutOf, type PixelLayout } from './layout.ts';
import { parseDicom } from './part10.ts';

export { inspectDicom } from './inspect.ts';
export { isDicom } from './part10.ts';

/** The headers of all frames, without decoding pixels. Throws as `readDicom` does, but for damaged pixels. */
export function readDicomHeaders(bytes: Uint8Array): SliceHeader[] {
  const file = parseDicom(bytes);
  const layout = layoutOf(file);
  const headers = headersOf(file, layout);
  return Array.from({ length: layout.frames }, (_, i) => headers.frame(i));
}

/** The frames of a DICOM file as slices, one at a time. */
export async function* readDicom(bytes: Uint8Array, _options: ReadOptions): AsyncGenerator<Slice> {
  const file = parseDicom(bytes);
  const layout = layoutOf(file);
  checkGrey(layout);
  const headers = headersOf(file, layout);
  const frames = await openFrames(file, layout);
  for (let i = 0; i < layout.frames; i++) yield { header: headers.frame(i), pixels: frames.frame(i) };
}

/** Grey values are what synthesis is about; colour and palettes only count when somebody says how. */
function checkGrey(layout: PixelLayout): void {
  if (layout.photometric === 'PALETTE COLOR' || layout.samples > 1) {
    throw new GantryError('UNSUPPORTED_PIXELS', `${layout.photometric} is colour, not grey values.`);
  }
}
