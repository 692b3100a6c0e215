/** One value of one curve. */
export interface Scalar {
  readonly tag: string;
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly value: number;
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c;
});

/** CRC-32C (Castagnoli), which TFRecord files are checked with. */
export function crc32c(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = table[(c ^ byte) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** A record as TFRecord has it: length, masked checksum of the length, data, masked checksum of the data. */
function record(data: Uint8Array): Buffer {
  const masked = (bytes: Uint8Array) => {
    const c = crc32c(bytes);
    return (((c >>> 15) | (c << 17)) + 0xa282ead8) >>> 0;
  };
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(data.length), 0);
  head.writeUInt32LE(masked(head.subarray(0, 8)), 8);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(masked(data), 0);
  return Buffer.concat([head, data, tail]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  while (left >= 128) {
    bytes.push((left % 128) | 128);
    left = Math.floor(left / 128);
  }
  return [...bytes, left];
}

const sized = (tag: number, bytes: Uint8Array) =>
  Buffer.concat([Buffer.from([tag, ...varint(bytes.length)]), bytes]);

function number64(tag: number, value: number): Buffer {
  const out = Buffer.alloc(9);
  out[0] = tag;
  out.writeDoubleLE(value, 1);
  return out;
}

/** tensorflow.Event: wall_time = 1 (double), step = 2 (int64), file_version = 3, summary = 5. */
function scalarEvent({ tag, step, wallTime, value }: Scalar): Buffer {
  const simple = Buffer.alloc(5);
  simple[0] = 0x15;
  simple.writeFloatLE(value, 1);
  const summaryValue = Buffer.concat([sized(0x0a, Buffer.from(tag)), simple]);
  return Buffer.concat([
    number64(0x09, wallTime),
    Buffer.from([0x10, ...varint(step)]),
    sized(0x2a, sized(0x0a, summaryValue)),
  ]);
}

/** An event file that TensorBoard opens: a version record, then a record a value. */
export function eventFile(scalars: readonly Scalar[]): Buffer {
  const first = scalars[0]?.wallTime ?? 0;
  const version = Buffer.concat([number64(0x09, first), sized(0x1a, Buffer.from('brain.Event:2'))]);
  return Buffer.concat([record(version), ...scalars.map((scalar) => record(scalarEvent(scalar)))]);
}
