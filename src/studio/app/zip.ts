import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * ZIP archives without compression (APPNOTE 6.3.10, method 0), written as a stream: what is exported is packed
 * already or does not pack, and a length that is known beforehand lets a browser show how far a download is.
 * Sizes and places go into ZIP64 records, so that no archive is too large.
 */
export interface ZipEntry {
  /** With `/`, no leading one. */
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
}

const localBytes = 30 + 20;
const centralBytes = 46 + 28;
const endBytes = 56 + 20 + 22;
/** UTF-8 names. */
const flags = 0x0800;
const needed = 45;

/** All files of a folder, in the order of their names. */
export async function zipEntries(folder: string, prefix: string): Promise<ZipEntry[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const entries = await Promise.all(
    found
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name);
        const below = file.slice(folder.length + 1).replaceAll('\\', '/');
        return { name: `${prefix}/${below}`, file, bytes: (await stat(file)).size };
      }),
  );
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Length of the archive in bytes. */
export function zipLength(entries: readonly ZipEntry[]): number {
  return entries.reduce(
    (sum, { name, bytes }) => sum + localBytes + centralBytes + 2 * Buffer.byteLength(name) + bytes,
    endBytes,
  );
}

/** The archive's bytes. `at` is written into it as every file's time. */
export async function* zipStream(entries: readonly ZipEntry[], at: Date): AsyncGenerator<Uint8Array> {
  const stamp = dosTime(at);
  const central: Buffer[] = [];
  let place = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const sum = await checksum(entry.file);
    const local = Buffer.alloc(localBytes);
    local.writeUInt32LE(0x04034b50, 0);
    header(local, 4, stamp, sum, name.length, 20);
    local.writeUInt16LE(0x0001, 30);
    local.writeUInt16LE(16, 32);
    local.writeBigUInt64LE(BigInt(entry.bytes), 34);
    local.writeBigUInt64LE(BigInt(entry.bytes), 42);
    // The name stands between the fixed part and the extra field.
    yield Buffer.concat([local.subarray(0, 30), name, local.subarray(30)]);
    let sent = 0;
    for await (const chunk of createReadStream(entry.file, { highWaterMark: 1 << 18 })) {
      sent += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
    if (sent !== entry.bytes) throw new Error('A file changed while it was sent.');
    central.push(centralRecord(entry, name, stamp, sum, place));
    place += localBytes + name.length + entry.bytes;
  }
  yield* central;
  yield endRecords(
    entries.length,
    central.reduce((sum, { length }) => sum + length, 0),
    place,
  );
}

/** The part that a local and a central record share, from "version needed" on. */
function header(
  record: Buffer,
  at: number,
  { date, time }: { date: number; time: number },
  sum: number,
  nameBytes: number,
  extraBytes: number,
): void {
  record.writeUInt16LE(needed, at);
  record.writeUInt16LE(flags, at + 2);
  record.writeUInt16LE(0, at + 4);
  record.writeUInt16LE(time, at + 6);
  record.writeUInt16LE(date, at + 8);
  record.writeUInt32LE(sum, at + 10);
  record.writeUInt32LE(0xffffffff, at + 14);
  record.writeUInt32LE(0xffffffff, at + 18);
  record.writeUInt16LE(nameBytes, at + 22);
  record.writeUInt16LE(extraBytes, at + 24);
}

function centralRecord(
  entry: ZipEntry,
  name: Buffer,
  stamp: { date: number; time: number },
  sum: number,
  place: number,
): Buffer {
  const record = Buffer.alloc(centralBytes);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(needed, 4);
  header(record, 6, stamp, sum, name.length, 28);
  record.writeUInt32LE(0xffffffff, 42);
  record.writeUInt16LE(0x0001, 46);
  record.writeUInt16LE(24, 48);
  record.writeBigUInt64LE(BigInt(entry.bytes), 50);
  record.writeBigUInt64LE(BigInt(entry.bytes), 58);
  record.writeBigUInt64LE(BigInt(place), 66);
  return Buffer.concat([record.subarray(0, 46), name, record.subarray(46)]);
}

function endRecords(count: number, centralLength: number, centralPlace: number): Buffer {
  const end = Buffer.alloc(endBytes);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(needed, 12);
  end.writeUInt16LE(needed, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(centralLength), 40);
  end.writeBigUInt64LE(BigInt(centralPlace), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(centralPlace + centralLength), 64);
  end.writeUInt32LE(1, 72);
  end.writeUInt32LE(0x06054b50, 76);
  end.writeUInt16LE(0xffff, 84);
  end.writeUInt16LE(0xffff, 86);
  end.writeUInt32LE(0xffffffff, 88);
  end.writeUInt32LE(0xffffffff, 92);
  return end;
}

async function checksum(file: string): Promise<number> {
  let sum = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
    sum = crc32(chunk as Buffer, sum);
  }
  return sum;
}

function dosTime(at: Date): { date: number; time: number } {
  return {
    date: ((at.getFullYear() - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate(),
    time: (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1),
  };
}
