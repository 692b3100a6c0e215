import { GantryError } from '../../base/errors.ts';
import type { SampleArray } from '../codecs/codec.ts';
import { frameDecoder } from '../codecs/index.ts';
import { interleaved } from '../codecs/interleave.ts';
import { nativeFrameBits, readNative } from '../codecs/native.ts';
import type { StoredPixels } from '../types.ts';
import { framesOf } from './encapsulated.ts';
import type { PixelLayout } from './layout.ts';
import type { DicomFile } from './part10.ts';
import { transferSyntaxes } from './syntax.ts';
import { tags } from './tags.ts';
import { cellValues, storedValues } from './values.ts';

/** Decodes frames one at a time, so that memory is bounded by one frame. Arrays are the caller's own. */
export interface FrameSource {
  /** Stored values of frame `index` as the standard defines them, colour interleaved. */
  frame(index: number): StoredPixels;
  /**
   * The pixel cells of frame `index` as whole integers in file order: unused bits kept, no sign extension from
   * Bits Stored, no 16-bit word swap. This is what pydicom's `pixel_array` gives, which inspection compares.
   */
  cells(index: number): StoredPixels;
}

/** Opens the pixel data of a file. Throws UNSUPPORTED_SYNTAX, TRUNCATED, CORRUPT … */
export async function openFrames(file: DicomFile, layout: PixelLayout): Promise<FrameSource> {
  if (layout.kind !== 'integer') return floatFrames(file, layout);
  const { dataSet, syntax, transferSyntaxUid } = file;
  const element = dataSet.get(tags.pixelData)!;
  if (syntax === undefined) {
    throw new GantryError(
      'UNSUPPORTED_SYNTAX',
      `The transfer syntax ${safeUid(transferSyntaxUid)} is not known.`,
    );
  }
  if (syntax.codec === undefined) {
    throw new GantryError('UNSUPPORTED_SYNTAX', `${syntax.name} (${transferSyntaxUid}) cannot be decoded.`, {
      action: 'Export the series again in another transfer syntax, for example Explicit VR Little Endian.',
    });
  }
  if (!element.undefinedLength) {
    if (syntax.codec !== 'native') {
      throw new GantryError('CORRUPT', `${syntax.name} pixel data is not encapsulated.`);
    }
    return nativeFrames(file, layout);
  }
  const fragments = framesOf(dataSet, element, layout.frames);
  // Compressed pixels under an uncompressed syntax: no telling what they are.
  if (!syntax.encapsulated) {
    throw new GantryError('CORRUPT', `${syntax.name} pixel data is encapsulated.`);
  }
  if (syntax.codec === 'native') {
    return sourceOf(layout, (i) => readNative(fragments.frame(i), 0, layout, true, false));
  }
  const decode = await frameDecoder(syntax.codec);
  return sourceOf(layout, (i) => decode(fragments.frame(i), layout));
}

function safeUid(uid: string | undefined): string {
  if (uid === undefined) return 'of the file';
  return transferSyntaxes[uid] === undefined && !/^[0-9.]{1,64}$/.test(uid) ? 'of the file' : uid;
}

function nativeFrames(file: DicomFile, layout: PixelLayout): FrameSource {
  const { dataSet } = file;
  const element = dataSet.get(tags.pixelData)!;
  const data = dataSet.bytes(element);
  const needed = Math.ceil((nativeFrameBits(layout) * layout.frames) / 8);
  if (data.length < needed) {
    throw new GantryError('TRUNCATED', `The pixel data has ${data.length} of ${needed} bytes.`);
  }
  const little = dataSet.encoding.littleEndian;
  const swapped = !little && layout.bitsAllocated === 8 && element.vr === 'OW';
  const interleave = layout.planar && layout.samples > 1;
  return sourceOf(layout, (i, asStored) => {
    const samples = readNative(data, i, layout, little, swapped && asStored);
    return interleave ? interleaved(samples, layout.samples) : samples;
  });
}

function sourceOf(
  layout: PixelLayout,
  samples: (index: number, asStored: boolean) => SampleArray,
): FrameSource {
  return {
    frame: (index) => storedValues(samples(index, true), layout),
    cells: (index) => cellValues(samples(index, false), layout),
  };
}

function floatFrames(file: DicomFile, layout: PixelLayout): FrameSource {
  const { dataSet } = file;
  const double = layout.kind === 'float64';
  const element = dataSet.get(double ? tags.doubleFloatPixelData : tags.floatPixelData)!;
  const count = layout.rows * layout.columns * layout.samples;
  const size = double ? 8 : 4;
  if (element.undefinedLength || element.length < count * size * layout.frames) {
    throw new GantryError('TRUNCATED', 'The float pixel data is shorter than its frames.');
  }
  const { view } = dataSet.reader;
  const little = dataSet.encoding.littleEndian;
  const frame = (index: number): StoredPixels => {
    const out = double ? new Float64Array(count) : new Float32Array(count);
    let at = element.offset + index * count * size;
    for (let i = 0; i < count; i++, at += size) {
      out[i] = double ? view.getFloat64(at, little) : view.getFloat32(at, little);
    }
    return out;
  };
  return { frame, cells: frame };
}
