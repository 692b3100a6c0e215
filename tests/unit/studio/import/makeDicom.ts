import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface MadeSlice {
  readonly patientId?: string;
  readonly patientName?: string;
  readonly study?: string;
  readonly series?: string;
  readonly instance: number;
  readonly sop?: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly values?: Uint16Array;
  readonly photometric?: string;
  readonly padding?: number;
  readonly slope?: number;
  readonly position?: readonly number[];
  readonly orientation?: readonly number[];
  /** Between rows, then columns; default 1 mm. */
  readonly spacing?: readonly number[];
  readonly pixels?: boolean;
  readonly extra?: readonly (readonly [number, number, string, string])[];
}

function element(group: number, number: number, vr: string, value: Uint8Array | string): Buffer {
  let bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value);
  if (bytes.length % 2 === 1)
    bytes = Buffer.concat([bytes, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ')]);
  const long = vr === 'OB' || vr === 'OW';
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  if (long) head.writeUInt32LE(bytes.length, 8);
  else head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

function u16(...values: number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(values).buffer);
}

/** A small MR Image file, explicit VR little endian. Made here so that a test knows every byte of it. */
export function madeDicom(slice: MadeSlice): Buffer {
  const rows = slice.rows ?? 32;
  const columns = slice.columns ?? 32;
  const series = slice.series ?? '1.2.3.4.5.6';
  const sop = slice.sop ?? `${series}.${slice.instance}`;
  const values = slice.values ?? headLike(rows, columns, slice.instance);
  const position = slice.position ?? [0, 0, slice.instance * 2];
  const elements: (readonly [number, number, string, Uint8Array | string])[] = [
    [0x0008, 0x0016, 'UI', '1.2.840.10008.5.1.4.1.1.4'],
    [0x0008, 0x0018, 'UI', sop],
    [0x0008, 0x0060, 'CS', 'MR'],
    [0x0010, 0x0010, 'PN', slice.patientName ?? 'Doe^Jane'],
    [0x0010, 0x0020, 'LO', slice.patientId ?? 'MRN-4711'],
    [0x0020, 0x000d, 'UI', slice.study ?? '1.2.3.4.5'],
    [0x0020, 0x000e, 'UI', series],
    [0x0020, 0x0013, 'IS', String(slice.instance)],
    [0x0020, 0x0032, 'DS', position.join('\\')],
    [0x0020, 0x0037, 'DS', (slice.orientation ?? [1, 0, 0, 0, 1, 0]).join('\\')],
    [0x0028, 0x0002, 'US', u16(1)],
    [0x0028, 0x0004, 'CS', slice.photometric ?? 'MONOCHROME2'],
    [0x0028, 0x0010, 'US', u16(rows)],
    [0x0028, 0x0011, 'US', u16(columns)],
    [0x0028, 0x0030, 'DS', (slice.spacing ?? [1, 1]).join('\\')],
    [0x0028, 0x0100, 'US', u16(16)],
    [0x0028, 0x0101, 'US', u16(16)],
    [0x0028, 0x0102, 'US', u16(15)],
    [0x0028, 0x0103, 'US', u16(0)],
  ];
  if (slice.padding !== undefined) elements.push([0x0028, 0x0120, 'US', u16(slice.padding)]);
  if (slice.slope !== undefined) {
    elements.push([0x0028, 0x1052, 'DS', '0'], [0x0028, 0x1053, 'DS', String(slice.slope)]);
  }
  if (slice.pixels !== false) {
    elements.push([
      0x7fe0,
      0x0010,
      'OW',
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    ]);
  }
  elements.push(...(slice.extra ?? []));
  elements.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Uint8Array.from([0, 1])),
    element(0x0002, 0x0002, 'UI', '1.2.840.10008.5.1.4.1.1.4'),
    element(0x0002, 0x0003, 'UI', sop),
    element(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1'),
    element(0x0002, 0x0012, 'UI', '1.2.3.4'),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length, 0);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', length),
    meta,
    ...elements.map((e) => element(...e)),
  ]);
}

/** A bright disc on black, with a mark that differs from slice to slice. */
export function headLike(rows: number, columns: number, mark: number): Uint16Array {
  return Uint16Array.from({ length: rows * columns }, (_, i) => {
    const y = Math.floor(i / columns) - rows / 2;
    const x = (i % columns) - columns / 2;
    return Math.hypot(x, y) < rows / 3 ? 500 + mark + Math.round(10 * y) : 0;
  });
}

export function put(file: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
