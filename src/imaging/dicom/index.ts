import type { ReadOptions, Slice, SliceHeader } from '../types.ts';
import { openFrames } from './frames.ts';
import { headersOf } from './header.ts';
import { interpretationOf } from './interpretation.ts';
import { layoutOf } from './layout.ts';
import { parseDicom } from './part10.ts';

export { inspectDicom } from './inspect.ts';
export { isDicom } from './part10.ts';

/** The headers of all frames, without decoding pixels. Throws as `readDicom` does, but for damaged pixels. */
export function readDicomHeaders(bytes: Uint8Array, options: ReadOptions): SliceHeader[] {
  const file = parseDicom(bytes);
  const layout = layoutOf(file);
  const meaning = interpretationOf(file.dataSet, layout, options);
  const headers = headersOf(file, layout);
  return Array.from({ length: layout.frames }, (_, i) => ({ ...headers.frame(i), ...meaning.header }));
}

/** The frames of a DICOM file as slices, one at a time. */
export async function* readDicom(bytes: Uint8Array, options: ReadOptions): AsyncGenerator<Slice> {
  const file = parseDicom(bytes);
  const layout = layoutOf(file);
  const meaning = interpretationOf(file.dataSet, layout, options);
  const headers = headersOf(file, layout);
  const frames = await openFrames(file, layout);
  for (let i = 0; i < layout.frames; i++) {
    const pixels = meaning.apply(frames.frame(i));
    yield { header: { ...headers.frame(i), ...meaning.header }, pixels };
  }
}
