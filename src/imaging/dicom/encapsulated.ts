import { GantryError } from '../../base/errors.ts';
import type { DataSet } from './dataset.ts';
import type { Element } from './elements.ts';
import { tags } from './tags.ts';

interface Fragment {
  readonly start: number;
  readonly end: number;
  readonly truncated: boolean;
}

/** The fragments of each frame (PS3.5 Annex A.4), as byte ranges of the file. */
export interface FrameFragments {
  frame(index: number): Uint8Array;
}

/**
 * Assigns the fragments of encapsulated pixel data to frames: by the Extended Offset Table, by the Basic Offset
 * Table, one fragment a frame, or by the codestreams' start markers, whichever first fits.
 */
export function framesOf(dataSet: DataSet, element: Element, frames: number): FrameFragments {
  const { reader } = dataSet;
  const items = reader.items(element, dataSet.encoding);
  const table = items[0];
  const fragments = items.slice(1);
  if (table === undefined || fragments.length === 0) {
    throw new GantryError('NO_PIXELS', 'The encapsulated pixel data is empty.');
  }
  const starts =
    (frames === 1 ? [0] : undefined) ??
    byOffsets(extendedOffsets(dataSet), fragments, frames) ??
    byOffsets(basicOffsets(reader.view, table), fragments, frames) ??
    (fragments.length === frames ? fragments.map((_, i) => i) : undefined) ??
    byMarkers(reader.bytes, fragments, frames);
  if (starts === undefined) {
    if (element.truncated || fragments.length < frames) {
      throw new GantryError(
        'TRUNCATED',
        `The file has ${fragments.length} compressed fragments for ${frames} frames.`,
      );
    }
    throw new GantryError('CORRUPT', `${fragments.length} fragments cannot be assigned to ${frames} frames.`);
  }
  return {
    frame(index) {
      const own = fragments.slice(starts[index], starts[index + 1] ?? fragments.length);
      if (own.length === 0) throw new GantryError('CORRUPT', `Frame ${index + 1} has no data.`);
      if (own.some((f) => f.truncated)) {
        throw new GantryError('TRUNCATED', `The file ends inside the pixel data of frame ${index + 1}.`);
      }
      return join(reader.bytes, own);
    },
  };
}

function join(bytes: Uint8Array, fragments: readonly Fragment[]): Uint8Array {
  const only = fragments[0]!;
  if (fragments.length === 1) return bytes.subarray(only.start, only.end);
  const joined = new Uint8Array(fragments.reduce((sum, f) => sum + f.end - f.start, 0));
  let at = 0;
  for (const f of fragments) {
    joined.set(bytes.subarray(f.start, f.end), at);
    at += f.end - f.start;
  }
  return joined;
}

function extendedOffsets(dataSet: DataSet): number[] {
  const element = dataSet.get(tags.extendedOffsetTable);
  return element === undefined || element.length % 8 !== 0 ? [] : dataSet.numbers(tags.extendedOffsetTable);
}

function basicOffsets(view: DataView, table: Fragment): number[] {
  const offsets: number[] = [];
  for (let at = table.start; at + 4 <= table.end; at += 4) offsets.push(view.getUint32(at, true));
  return offsets;
}

/** Frame starts as fragment indices; undefined unless every offset points at a fragment's item header. */
function byOffsets(
  offsets: readonly number[],
  fragments: readonly Fragment[],
  frames: number,
): number[] | undefined {
  if (offsets.length !== frames) return undefined;
  const base = fragments[0]!.start - 8;
  const index = new Map(fragments.map((f, i) => [f.start - 8 - base, i]));
  const starts: number[] = [];
  for (const offset of offsets) {
    const found = index.get(offset);
    if (found === undefined || found <= (starts.at(-1) ?? -1)) return undefined;
    starts.push(found);
  }
  return starts[0] === 0 ? starts : undefined;
}

function byMarkers(bytes: Uint8Array, fragments: readonly Fragment[], frames: number): number[] | undefined {
  const starts = fragments.flatMap((f, i) => (startsCodestream(bytes, f.start) ? [i] : []));
  return starts.length === frames && starts[0] === 0 ? starts : undefined;
}

/** SOI of JPEG and JPEG-LS, SOC of JPEG 2000, the JP2 and JPEG XL signatures. */
function startsCodestream(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at];
  const second = bytes[at + 1];
  if (first === 0xff) return second === 0xd8 || second === 0x4f || second === 0x0a;
  return first === 0 && second === 0 && bytes[at + 2] === 0 && bytes[at + 3] === 12;
}
