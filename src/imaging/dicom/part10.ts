import { inflateRawSync } from 'node:zlib';
import { GantryError } from '../../base/errors.ts';
import { DataSet } from './dataset.ts';
import {
  ElementReader,
  type Encoding,
  explicitBig,
  explicitLittle,
  implicitLittle,
  isKnownVr,
} from './elements.ts';
import { type TransferSyntax, transferSyntaxes } from './syntax.ts';
import { tags } from './tags.ts';

/** A deflated data set may grow to this at most. */
const MAX_INFLATED_BYTES = 256 * 1024 * 1024;

export interface DicomFile {
  readonly dataSet: DataSet;
  /** As the file's meta header tells it; undefined when it does not. */
  readonly transferSyntaxUid: string | undefined;
  readonly syntax: TransferSyntax | undefined;
  /** The file ends inside an element. */
  readonly truncated: boolean;
}

/** Where the first element is: after the preamble and "DICM", after "DICM" alone, or at 0 without both. */
function firstElement(bytes: Uint8Array): number | undefined {
  if (isPrefix(bytes, 128)) return 132;
  if (isPrefix(bytes, 0)) return 4;
  return guessEncoding(bytes, 0) === undefined ? undefined : 0;
}

function isPrefix(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x44 && bytes[at + 1] === 0x49 && bytes[at + 2] === 0x43 && bytes[at + 3] === 0x4d;
}

/** How an element at `at` is written, if it looks like the first one of a header: group 2 or 8. */
function guessEncoding(bytes: Uint8Array, at: number): Encoding | undefined {
  if (at + 8 > bytes.length) return undefined;
  const low = bytes[at]!;
  const high = bytes[at + 1]!;
  const explicit = isKnownVr(bytes[at + 4]!, bytes[at + 5]!);
  const isGroup = (n: number): boolean => n === 2 || n === 8;
  if (isGroup(low) && high === 0) {
    if (explicit) return explicitLittle;
    const length = bytes[at + 4]! + bytes[at + 5]! * 256 + bytes[at + 6]! * 65536;
    return bytes[at + 7] === 0 && length <= bytes.length - at - 8 && length < 4096
      ? implicitLittle
      : undefined;
  }
  return low === 0 && isGroup(high) && explicit ? explicitBig : undefined;
}

/** Whether these bytes are a DICOM file, with or without its preamble. */
export function isDicom(bytes: Uint8Array): boolean {
  return firstElement(bytes) !== undefined;
}

/** Reads the headers of a DICOM file (PS3.10). Nothing is decoded but a deflated data set. */
export function parseDicom(bytes: Uint8Array): DicomFile {
  const start = firstElement(bytes);
  if (start === undefined) throw new GantryError('NOT_AN_IMAGE', 'The file is not a DICOM file.');
  const reader = new ElementReader(bytes);
  const metaEnd = endOfMeta(reader, start);
  let uid: string | undefined;
  if (metaEnd > start) {
    const meta = reader.read(start, metaEnd, metaEncoding(reader, start));
    uid = new DataSet(reader, explicitLittle, meta.elements).string(tags.transferSyntaxUid);
  }
  const syntax = uid === undefined ? undefined : transferSyntaxes[uid];
  if (syntax?.deflated) {
    const inflated = new ElementReader(inflate(bytes.subarray(metaEnd)));
    return readBody(inflated, 0, uid, syntax);
  }
  return readBody(reader, metaEnd, uid, syntax);
}

function readBody(
  reader: ElementReader,
  start: number,
  uid: string | undefined,
  syntax: TransferSyntax | undefined,
): DicomFile {
  const encoding = bodyEncoding(reader, start, syntax?.encoding);
  const table = reader.read(start, reader.bytes.length, encoding);
  return {
    dataSet: new DataSet(reader, encoding, table.elements),
    transferSyntaxUid: uid,
    syntax: syntax ?? (uid === undefined ? syntaxOf(encoding) : undefined),
    truncated: table.truncated,
  };
}

function syntaxOf(encoding: Encoding): TransferSyntax | undefined {
  return Object.values(transferSyntaxes).find((s) => s.encoding === encoding && s.codec === 'native');
}

/** Group 2 is explicit little endian by the standard; some writers made it implicit. */
function metaEncoding(reader: ElementReader, start: number): Encoding {
  return isKnownVr(reader.bytes[start + 4]!, reader.bytes[start + 5]!) ? explicitLittle : implicitLittle;
}

/** The first byte after the elements of group 2; its group length is not believed. */
function endOfMeta(reader: ElementReader, start: number): number {
  const { view, bytes } = reader;
  const encoding = metaEncoding(reader, start);
  let at = start;
  while (at + 8 <= bytes.length && view.getUint16(at, true) === 2) {
    const next = reader.next(at, encoding);
    if (next === undefined) break;
    at = next;
  }
  return at;
}

/** What the meta header says, unless the first element plainly contradicts it (PS3.10 leaves no room, files do). */
function bodyEncoding(reader: ElementReader, start: number, declared: Encoding | undefined): Encoding {
  const { bytes } = reader;
  const seen = guessEncoding(bytes, start);
  if (declared === undefined) {
    if (seen !== undefined) return seen;
    return isKnownVr(bytes[start + 4] ?? 0, bytes[start + 5] ?? 0) ? explicitLittle : implicitLittle;
  }
  if (seen === undefined || seen.littleEndian !== declared.littleEndian) {
    return seen?.explicit && bytes[start] === (seen.littleEndian ? 8 : 0) ? seen : declared;
  }
  return seen.explicit === declared.explicit ? declared : seen;
}

function inflate(body: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(body, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new GantryError('TOO_LARGE', 'The deflated data set grows beyond 256 MiB.', { cause });
    }
    if (code === 'Z_BUF_ERROR') {
      throw new GantryError('TRUNCATED', 'The deflated data set ends before its content does.', { cause });
    }
    throw new GantryError('CORRUPT', 'The deflated data set is damaged.', { cause });
  }
}
