import { GantryError } from '../../base/errors.ts';
import type { StoredPixels } from '../types.ts';
import type { DataSet } from './dataset.ts';
import { tagName, tags } from './tags.ts';

/** A lookup table (PS3.3 C.11.1.1): values below and above its range take its first and last entry. */
export interface Lut {
  readonly first: number;
  readonly bits: number;
  readonly entries: Uint16Array;
}

/** Reads a descriptor and its data. Throws CORRUPT. */
export function readLut(dataSet: DataSet, descriptorTag: number, dataTag: number, signedInput: boolean): Lut {
  const descriptor = dataSet.numbers(descriptorTag).map((n) => n & 0xffff);
  const element = dataSet.get(dataTag);
  const [count, first, bits] = descriptor;
  if (element === undefined || count === undefined || first === undefined || bits === undefined) {
    throw new GantryError('CORRUPT', `The lookup table ${tagName(dataTag)} is not complete.`);
  }
  const length = count === 0 ? 65536 : count;
  const bytes = dataSet.bytes(element);
  if (
    bits < 1 ||
    bits > 16 ||
    bytes.length < (bits <= 8 && bytes.length < length * 2 ? length : length * 2)
  ) {
    throw new GantryError('CORRUPT', `The lookup table ${tagName(dataTag)} is shorter than it says.`);
  }
  const entries = new Uint16Array(length);
  const wide = bytes.length >= length * 2;
  const { littleEndian } = dataSet.encoding;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < length; i++) entries[i] = wide ? view.getUint16(i * 2, littleEndian) : bytes[i]!;
  return { first: signedInput ? (first << 16) >> 16 : first, bits, entries };
}

export function applyLut(lut: Lut, values: StoredPixels): Uint16Array {
  const last = lut.entries.length - 1;
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    out[i] = lut.entries[Math.min(last, Math.max(0, values[i]! - lut.first))]!;
  }
  return out;
}

/** The Modality LUT, where one stands instead of rescale slope and intercept. */
export function modalityLut(dataSet: DataSet, signed: boolean): Lut | undefined {
  const item = dataSet.item(tags.modalityLutSequence);
  return item === undefined ? undefined : readLut(item, tags.lutDescriptor, tags.lutData, signed);
}
