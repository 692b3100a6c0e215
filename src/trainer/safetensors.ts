import { GantryError } from '../base/errors.ts';
import { sizeOf } from '../engine/index.ts';
import type { NamedTensor, Weights } from '../gan/index.ts';

/**
 * The safetensors format, float32 only: 8 bytes little-endian length of a JSON header (padded with spaces so that
 * the data start at a multiple of 8), the header {name: {dtype, shape, data_offsets}, "__metadata__": {…}}, then
 * the data without gaps. Any safetensors library opens what is written here.
 */
const MAX_HEADER_BYTES = 100_000_000;

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The header with its padding, and what the data behind it need. */
function headerOf(
  shapes: Readonly<Record<string, readonly number[]>>,
  metadata: Readonly<Record<string, string>>,
): { readonly json: Uint8Array; readonly padded: number; readonly dataBytes: number } {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const end = offset + 4 * sizeOf(shape);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  return { json, padded: Math.ceil(json.length / 8) * 8, dataBytes: offset };
}

/** Length of the file that tensors of these shapes make, in this order. */
export function safetensorsBytes(
  shapes: Readonly<Record<string, readonly number[]>>,
  metadata: Readonly<Record<string, string>> = {},
): number {
  const { padded, dataBytes } = headerOf(shapes, metadata);
  return 8 + padded + dataBytes;
}

export function encodeSafetensors(
  tensors: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (!littleEndian) throw new GantryError('INTERNAL', 'Checkpoints need a little-endian machine.');
  const shapes = Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
  const { json, padded, dataBytes } = headerOf(shapes, metadata);
  const file = new Uint8Array(8 + padded + dataBytes);
  file.fill(0x20, 8, 8 + padded);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(json, 8);
  let at = 8 + padded;
  for (const { data } of Object.values(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

export interface Safetensors {
  readonly tensors: Weights;
  readonly metadata: Readonly<Record<string, string>>;
}

const damaged = (what: string) => new GantryError('BAD_CHECKPOINT', `The weights file is damaged: ${what}.`);

/** @throws GantryError BAD_CHECKPOINT when lengths, offsets, shapes or types contradict each other */
export function decodeSafetensors(file: Uint8Array): Safetensors {
  if (file.length < 8) throw damaged('it is shorter than its header');
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || 8 + length > file.length) throw damaged('it is shorter than its header');
  const { __metadata__, ...entries } = parseHeader(file.subarray(8, 8 + length));
  // A plain view: a Node Buffer's own `slice` does not copy.
  const data = new Uint8Array(file.buffer, file.byteOffset + 8 + length, file.length - 8 - length);
  const tensors: Record<string, NamedTensor> = {};
  let used = 0;
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets } = (entry ?? {}) as Record<string, unknown>;
    if (dtype !== 'F32') throw damaged(`${name} is of type ${String(dtype)}, not F32`);
    if (!isCounts(shape) || !isCounts(data_offsets)) throw damaged(`${name} has no shape or place`);
    const [begin = 0, end = 0] = data_offsets;
    const bytes = 4 * sizeOf(shape);
    if (begin !== used || end - begin !== bytes || end > data.length) throw damaged(`${name} does not fit`);
    tensors[name] = { shape, data: new Float32Array(data.slice(begin, end).buffer) };
    used = end;
  }
  if (used !== data.length) throw damaged('it has bytes that belong to nothing');
  return { tensors, metadata: (__metadata__ ?? {}) as Record<string, string> };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((v) => Number.isSafeInteger(v) && v >= 0);
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (header !== null && typeof header === 'object' && !Array.isArray(header)) return { ...header };
  } catch {
    // Falls through: text that is no JSON and JSON that is no object are the same to the user.
  }
  throw damaged('its header is not readable');
}
