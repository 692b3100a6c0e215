import { type DicomDataset, dictionary, type Keyword, type Vr } from './dictionary.ts';
import { encodeText } from './values.ts';

export const explicitLittleEndian = '1.2.840.10008.1.2.1';

/** Of the VRs that we write, those with a 32-bit length field (PS3.5 7.1.2). */
const longForm: ReadonlySet<Vr> = new Set<Vr>(['OB', 'OW', 'SQ']);

function header(tag: number, vr: Vr, length: number): Buffer {
  const bytes = Buffer.alloc(longForm.has(vr) ? 12 : 8);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.write(vr, 4, 'latin1');
  if (longForm.has(vr)) bytes.writeUInt32LE(length, 8);
  else bytes.writeUInt16LE(length, 6);
  return bytes;
}

function even(bytes: Buffer): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
}

/** An item of a sequence, with its length (PS3.5 7.5). */
function item(dataset: DicomDataset): Buffer {
  const content = encodeDataset(dataset);
  const head = Buffer.alloc(8);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt16LE(0xe000, 2);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

function words(pixels: Uint16Array): Buffer {
  const bytes = Buffer.alloc(pixels.length * 2);
  for (let i = 0; i < pixels.length; i++) bytes.writeUInt16LE(pixels[i]!, i * 2);
  return bytes;
}

function valueField(keyword: Keyword, vr: Vr, value: NonNullable<DicomDataset[Keyword]>): Buffer {
  if (value instanceof Uint16Array) return words(value);
  if (value instanceof Uint8Array) return even(Buffer.from(value));
  if (vr === 'SQ') return Buffer.concat((value as readonly DicomDataset[]).map(item));
  if (vr === 'US') {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value as number);
    return bytes;
  }
  return encodeText(keyword, vr, value as string | number | readonly (string | number)[]);
}

/** Data elements in tag order, explicit VR little endian, sequences and items with defined lengths. */
function encodeDataset(dataset: DicomDataset): Buffer {
  const keywords = (Object.keys(dataset) as Keyword[]).sort((a, b) => dictionary[a][0] - dictionary[b][0]);
  const parts: Buffer[] = [];
  for (const keyword of keywords) {
    const value = dataset[keyword];
    if (value === undefined) continue;
    const [tag, vr] = dictionary[keyword];
    const field = valueField(keyword, vr, value);
    parts.push(header(tag, vr, field.length), field);
  }
  return Buffer.concat(parts);
}

export interface Implementation {
  readonly classUid: string;
  readonly versionName: string;
}

/**
 * A DICOM file (PS3.10 7.1): preamble, file meta information with its group length, and the data set in
 * explicit VR little endian. The data set must hold SOPClassUID and SOPInstanceUID.
 */
export function encodePart10(
  dataset: DicomDataset & { readonly SOPClassUID: string; readonly SOPInstanceUID: string },
  implementation: Implementation,
): Buffer {
  const meta = encodeDataset({
    FileMetaInformationVersion: Uint8Array.of(0, 1),
    MediaStorageSOPClassUID: dataset.SOPClassUID,
    MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
    TransferSyntaxUID: explicitLittleEndian,
    ImplementationClassUID: implementation.classUid,
    ImplementationVersionName: implementation.versionName,
  });
  // (0002,0000) UL, the bytes of group 2 that follow it.
  const groupLength = Buffer.alloc(12);
  groupLength.writeUInt16LE(2, 0);
  groupLength.write('UL', 4, 'latin1');
  groupLength.writeUInt16LE(4, 6);
  groupLength.writeUInt32LE(meta.length, 8);
  const preamble = Buffer.alloc(132);
  preamble.write('DICM', 128, 'latin1');
  return Buffer.concat([preamble, groupLength, meta, encodeDataset(dataset)]);
}
