import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { GantryError } from '../../base/errors.ts';

/** A file in a ZIP archive. It is read from there when its turn comes; nothing is unpacked to the disk. */
export interface ArchiveEntry {
  /** With `/`, without `..`, relative. */
  readonly name: string;
  /** Of the local header. */
  readonly offset: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly method: number;
  readonly crc: number;
}

export interface ArchiveListing {
  readonly entries: readonly ArchiveEntry[];
  /** Entries that cannot be read, with a code and a reason. */
  readonly refused: readonly { readonly name: string; readonly code: string; readonly reason: string }[];
}

const mostEntries = 1_000_000;
const mostDirectoryBytes = 512 * 1024 * 1024;
const mostEntryBytes = 2 ** 31 - 1;
/** Deflate cannot do better than 1032:1. */
const mostExpansion = 1040;
/** What an archive may unpack to in all: scans shrink to a half or a tenth, masks to a hundredth. */
const mostTotal = (archiveBytes: number) => 2 ** 30 + 200 * archiveBytes;

function corrupt(text: string): GantryError {
  return new GantryError('CORRUPT', `The ZIP archive is damaged: ${text}.`);
}

function readAt(fd: number, at: number, length: number): Buffer {
  const out = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const got = readSync(fd, out, done, length - done, at + done);
    if (got === 0) throw new GantryError('TRUNCATED', 'The ZIP archive ends before its content does.');
    done += got;
  }
  return out;
}

interface Directory {
  readonly offset: number;
  readonly bytes: number;
  /** Bytes that stand before the archive (a self-extracting one); offsets do not count them. */
  readonly shift: number;
}

const wide = (buffer: Buffer, at: number): number => {
  const value = Number(buffer.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw corrupt('a size is impossible');
  return value;
};

/** The end of central directory record, and its zip64 form (APPNOTE 4.3.14 to 4.3.16). */
function findDirectory(fd: number, size: number): Directory {
  const tailBytes = Math.min(size, 65_557);
  const tail = readAt(fd, size - tailBytes, tailBytes);
  let end = -1;
  for (let at = tailBytes - 22; at >= 0 && end < 0; at--) {
    if (tail.readUInt32LE(at) === 0x06054b50 && at + 22 + tail.readUInt16LE(at + 20) <= tailBytes) end = at;
  }
  if (end < 0) throw new GantryError('TRUNCATED', 'The ZIP archive has no end record: it was cut off.');
  const endAt = size - tailBytes + end;
  if (tail.readUInt16LE(end + 4) !== 0 && tail.readUInt16LE(end + 4) !== 0xffff) {
    throw new GantryError('UNSUPPORTED_ARCHIVE', 'ZIP archives in several parts cannot be read.');
  }
  let bytes = tail.readUInt32LE(end + 12);
  let offset = tail.readUInt32LE(end + 16);
  let before = endAt;
  if (endAt >= 20) {
    const locator = readAt(fd, endAt - 20, 20);
    if (locator.readUInt32LE(0) === 0x07064b50) {
      const at = wide(locator, 8);
      if (at + 56 > size) throw corrupt('its zip64 record lies outside');
      const record = readAt(fd, at, 56);
      if (record.readUInt32LE(0) !== 0x06064b50) throw corrupt('its zip64 record is missing');
      bytes = wide(record, 40);
      offset = wide(record, 48);
      before = at;
    }
  }
  const shift = before - bytes - offset;
  if (bytes > mostDirectoryBytes)
    throw new GantryError('TOO_LARGE', "The ZIP archive's directory is too large.");
  if (shift < 0 || offset + bytes + shift > size) throw corrupt('its directory lies outside');
  return { offset: offset + shift, bytes, shift };
}

/** Sizes and offset of an entry that does not fit 32 bits (APPNOTE 4.5.3). */
function zip64Values(extra: Buffer, fields: number[]): number[] {
  if (!fields.includes(0xffffffff)) return fields;
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      let from = at + 4;
      return fields.map((value) => {
        if (value !== 0xffffffff) return value;
        if (from + 8 > Math.min(extra.length, at + 4 + length)) throw corrupt('a zip64 field is too short');
        from += 8;
        return wide(extra, from - 8);
      });
    }
    at += 4 + length;
  }
  return fields;
}

/** Why an entry's name is not to be used: it would lead outside of the archive's folder. */
function isOutside(name: string): boolean {
  return (
    name.startsWith('/') || /^[a-z]:/i.test(name) || name.split('/').includes('..') || name.includes('\0')
  );
}

/**
 * The files of a ZIP archive (zip64 too) by its central directory. Refuses what is not plain: archives that unpack
 * to far more than they could hold, entries that overlap, names that lead outside, encrypted entries, links.
 * @throws TRUNCATED, CORRUPT, TOO_LARGE, UNSUPPORTED_ARCHIVE, IO
 */
export function listArchive(path: string): ArchiveListing {
  const fd = openSync(path, 'r');
  try {
    return listOpen(fd, fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}

function listOpen(fd: number, size: number): ArchiveListing {
  if (size < 22) throw new GantryError('TRUNCATED', 'The ZIP archive has no end record: it was cut off.');
  const directory = findDirectory(fd, size);
  const bytes = readAt(fd, directory.offset, directory.bytes);
  const entries: ArchiveEntry[] = [];
  const refused: { name: string; code: string; reason: string }[] = [];
  const spans: { start: number; end: number }[] = [];
  let total = 0;
  for (let at = 0; at + 46 <= bytes.length; ) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw corrupt('its directory is not in order');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => bytes.readUInt16LE(at + o));
    const end = at + 46 + nameLength! + extraLength! + commentLength!;
    if (end > bytes.length) throw corrupt('its directory is cut off');
    if (spans.length >= mostEntries)
      throw new GantryError('TOO_LARGE', `The ZIP has more than ${mostEntries} files.`);
    const flags = bytes.readUInt16LE(at + 8);
    const method = bytes.readUInt16LE(at + 10);
    const rawName = bytes.subarray(at + 46, at + 46 + nameLength!);
    const name = new TextDecoder((flags & 0x800) !== 0 ? 'utf-8' : 'latin1')
      .decode(rawName)
      .replaceAll('\\', '/');
    const extra = bytes.subarray(at + 46 + nameLength!, at + 46 + nameLength! + extraLength!);
    const fields = zip64Values(extra, [
      bytes.readUInt32LE(at + 24),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 42),
    ]);
    const [unpacked, packedBytes, stated] = fields as [number, number, number];
    const offset = stated + directory.shift;
    const mode = bytes.readUInt32LE(at + 38) >>> 28;
    const crc = bytes.readUInt32LE(at + 16);
    at = end;
    if (offset + 30 + packedBytes > size) throw corrupt('a file lies outside');
    spans.push({ start: offset, end: offset + 30 + nameLength! + packedBytes });
    if (name.endsWith('/')) continue;
    const refuse = (code: string, reason: string) => refused.push({ name, code, reason });
    if (isOutside(name))
      refused.push({ name: '(outside)', code: 'CORRUPT', reason: 'Its name leads out of the archive.' });
    else if ((flags & 1) !== 0) refuse('UNSUPPORTED_ARCHIVE', 'It is encrypted; unpack the archive first.');
    else if (mode === 0xa) refuse('UNSUPPORTED_ARCHIVE', 'It is a link.');
    else if (method !== 0 && method !== 8) {
      refuse(
        'UNSUPPORTED_ARCHIVE',
        `It is packed by method ${method}; only Deflate is read. Unpack it first.`,
      );
    } else if (unpacked > mostEntryBytes) refuse('TOO_LARGE', 'Files above 2 GiB cannot be read.');
    else if (unpacked > packedBytes * mostExpansion + 64 || (method === 0 && unpacked !== packedBytes)) {
      refuse('CORRUPT', `${packedBytes} packed bytes cannot hold the ${unpacked} claimed.`);
    } else {
      total += unpacked;
      entries.push({ name, offset, packedBytes, bytes: unpacked, method, crc });
    }
  }
  if (total > mostTotal(size)) {
    throw new GantryError(
      'TOO_LARGE',
      `The ZIP archive of ${size} bytes claims to unpack to ${total}: a bomb?`,
      {
        action: 'Unpack it yourself if you trust it, and import the folder.',
      },
    );
  }
  spans.sort((a, b) => a.start - b.start);
  if (spans.some(({ start }, i) => i > 0 && start < spans[i - 1]!.end)) {
    throw corrupt('its files lie upon each other');
  }
  return { entries, refused };
}

/** Unpacks one file of an archive into memory. @throws TRUNCATED, CORRUPT */
export function readEntry(path: string, entry: ArchiveEntry): Uint8Array {
  const fd = openSync(path, 'r');
  let packed: Buffer;
  try {
    const local = readAt(fd, entry.offset, 30);
    if (local.readUInt32LE(0) !== 0x04034b50) throw corrupt('a file is not where it should be');
    const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    packed = readAt(fd, start, entry.packedBytes);
  } finally {
    closeSync(fd);
  }
  let bytes: Buffer = packed;
  if (entry.method === 8) {
    try {
      bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.bytes) });
    } catch (cause) {
      throw new GantryError('CORRUPT', 'The file in the ZIP archive does not unpack to what it claims.', {
        cause,
      });
    }
  }
  if (bytes.length !== entry.bytes || crc32(bytes) !== entry.crc) {
    throw new GantryError('CORRUPT', 'The file in the ZIP archive is damaged (its checksum is wrong).');
  }
  return bytes;
}
