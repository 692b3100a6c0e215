import { createHash } from 'node:crypto';
import type { GantryError } from '../base/errors.ts';
import type { SliceRecord } from './records.ts';
import type { ShardReader } from './shards.ts';

/** What gives a slice its values, beside the bytes. */
export interface SliceMeaning {
  readonly rows: number;
  readonly columns: number;
  readonly signed: boolean;
  readonly slope: number;
  readonly intercept: number;
  readonly inverted: boolean;
  readonly padding: number | null;
}

/** SHA-256, cut to 128 bits, of a slice's 16-bit values and of all that gives them a meaning. */
export function contentHash(slice: SliceMeaning, pixels: Uint8Array): Buffer {
  const { rows, columns, signed, slope, intercept, inverted, padding } = slice;
  return createHash('sha256')
    .update(JSON.stringify([rows, columns, signed, slope, intercept, inverted, padding]))
    .update(pixels)
    .digest()
    .subarray(0, 16);
}

/** Stored values of one slice, as it was acquired. */
export interface StoredSlice {
  readonly id: number;
  readonly rows: number;
  readonly columns: number;
  /** rows x columns, row-major; real value = value * slope + intercept, negated where `inverted`. */
  readonly values: Uint16Array | Int16Array;
  readonly slope: number;
  readonly intercept: number;
  readonly inverted: boolean;
  readonly padding: number | null;
}

/**
 * Reads a slice's values. All platforms that Node runs on are little-endian, as the shards are.
 * @param scratch memory to read into, at least 2 x rows x columns bytes; the values are then good until it is
 *   used again. Without it the values are the caller's own.
 */
export function readStoredSlice(
  reader: ShardReader,
  record: SliceRecord,
  scratch?: ArrayBuffer,
): StoredSlice {
  const count = record.rows * record.columns;
  const buffer =
    scratch !== undefined && scratch.byteLength >= count * 2 ? scratch : new ArrayBuffer(count * 2);
  reader.read(record, new Uint8Array(buffer, 0, count * 2));
  return {
    id: record.id,
    rows: record.rows,
    columns: record.columns,
    values: record.signed ? new Int16Array(buffer, 0, count) : new Uint16Array(buffer, 0, count),
    slope: record.slope,
    intercept: record.intercept,
    inverted: record.inverted,
    padding: record.padding,
  };
}

/** Whether the bytes of a slice are those that were imported. */
export function isIntact(reader: ShardReader, record: SliceRecord): boolean {
  try {
    const { values } = readStoredSlice(reader, record);
    const bytes = new Uint8Array(values.buffer);
    return contentHash(record, bytes).toString('hex') === record.contentHash;
  } catch (error) {
    if ((error as GantryError).code === 'WORKSPACE_INVALID') return false;
    throw error;
  }
}
