import { ValueStatistics } from '../statistics.ts';
import type { Inspection } from '../types.ts';
import { openFrames } from './frames.ts';
import { headersOf } from './header.ts';
import { layoutOf } from './layout.ts';
import { parseDicom } from './part10.ts';

/** Decodes every frame and says what the stored cells are; colour is inspected as stored. */
export async function inspectDicom(bytes: Uint8Array): Promise<Inspection> {
  const file = parseDicom(bytes);
  const layout = layoutOf(file);
  const frames = await openFrames(file, layout);
  const statistics = new ValueStatistics();
  for (let i = 0; i < layout.frames; i++) statistics.add(frames.cells(i));
  const { plane } = headersOf(file, layout).frame(0);
  return {
    kind: 'dicom',
    ...(file.transferSyntaxUid === undefined ? {} : { transferSyntax: file.transferSyntaxUid }),
    rows: layout.rows,
    columns: layout.columns,
    frames: layout.frames,
    bits: layout.bitsStored,
    signed: layout.signed,
    photometric: layout.photometric,
    ...(plane === undefined ? {} : { orientation: plane }),
    ...statistics.finish(),
  };
}
