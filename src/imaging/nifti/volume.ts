import { constants, gunzipSync } from 'node:zlib';
import { GantryError } from '../../base/errors.ts';
import type { StoredPixels } from '../types.ts';
import { HEADER_BYTES, type NiftiHeader, niftiVersion, parseNiftiHeader } from './header.ts';

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The first bytes of a file, inflated if it is gzipped; empty when they cannot be. */
export function niftiStart(bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) return bytes.subarray(0, HEADER_BYTES);
  try {
    // A few kilobytes of input hold the header, whatever the compression, and inflate to at most a few megabytes.
    const head = gunzipSync(bytes.subarray(0, 4096), { finishFlush: constants.Z_SYNC_FLUSH });
    return head.subarray(0, HEADER_BYTES);
  } catch {
    return new Uint8Array(0);
  }
}

/** Whether the file is NIfTI by its header, gzipped or not. */
export function isNifti(bytes: Uint8Array): boolean {
  return niftiVersion(niftiStart(bytes)) !== undefined;
}

export interface NiftiVolumes {
  readonly header: NiftiHeader;
  readonly volumes: number;
  /** Stored values of volume `index`, i fastest. */
  volume(index: number): StoredPixels;
}

/** Volumes along all dimensions after the third. */
export function volumeCount({ dim }: NiftiHeader): number {
  return dim.slice(3).reduce((product, n) => product * n, 1);
}

/** A whole file may inflate to this at most (a long functional series fits). */
const MAX_INFLATED_BYTES = 2 ** 31 - 1;

/** Opens a NIfTI file in memory. Throws TRUNCATED, CORRUPT, TOO_LARGE … */
export function openNifti(bytes: Uint8Array): NiftiVolumes {
  const header = parseNiftiHeader(niftiStart(bytes));
  const [a, b, c] = header.dim;
  const volumes = volumeCount(header);
  const volumeBytes = a * b * c * header.bytesPerVoxel;
  const needed = header.voxelOffset + volumeBytes * volumes;
  if (needed > MAX_INFLATED_BYTES) {
    throw new GantryError('TOO_LARGE', `The NIfTI header claims ${volumes} volumes, ${needed} bytes in all.`);
  }
  const data = isGzip(bytes) ? inflate(bytes, needed) : bytes;
  if (data.length < needed) {
    throw new GantryError('TRUNCATED', `The NIfTI file has ${data.length} of ${needed} bytes.`);
  }
  return {
    header,
    volumes,
    volume: (index) => values(data, header.voxelOffset + index * volumeBytes, a * b * c, header),
  };
}

function inflate(bytes: Uint8Array, needed: number): Uint8Array {
  // Deflate cannot do better than 1032:1, so that a small file that claims much is refused unallocated.
  if (bytes.length * 1040 < needed) {
    throw new GantryError('TRUNCATED', `${bytes.length} compressed bytes cannot hold the ${needed} claimed.`);
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: needed + 65_536 });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new GantryError('CORRUPT', 'The file inflates to more than its header claims.', { cause });
    }
    if (code === 'Z_BUF_ERROR') {
      throw new GantryError('TRUNCATED', 'The compressed file ends before its content does.', { cause });
    }
    throw new GantryError('CORRUPT', 'The compressed file is damaged.', { cause });
  }
}

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

function values(data: Uint8Array, at: number, count: number, header: NiftiHeader): StoredPixels {
  const { type, bytesPerVoxel, littleEndian } = header;
  // A copy; a Node Buffer's slice() would be a view.
  const raw = new Uint8Array(data.subarray(at, at + count * bytesPerVoxel));
  const plain = raw.buffer;
  if (!littleEndian && bytesPerVoxel > 1) swap(raw, bytesPerVoxel);
  if (type !== 'int64' && type !== 'uint64') return new arrays[type](plain, 0, count);
  // 64-bit integers become doubles; beyond 2^53 they would lose digits that no scanner makes.
  const out = new Float64Array(count);
  const view = new DataView(plain);
  for (let i = 0; i < count; i++) {
    out[i] = Number(type === 'int64' ? view.getBigInt64(i * 8, true) : view.getBigUint64(i * 8, true));
  }
  return out;
}

function swap(bytes: Uint8Array, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else buffer.swap64();
}
