import { mkdirSync, readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDicom } from '../../src/imaging/dicom/part10.ts';
import { tags } from '../../src/imaging/dicom/tags.ts';
import { madeDicom } from '../unit/studio/import/makeDicom.ts';

/** Series of the MR set whose files are small; two are native, one is JPEG-LS. */
const series = ['adi-mprage', 'philips-mprage', 'datalad-t1'];
/** A file and what is stored of it, at most. */
const bytesASlice = 300_000;

interface Original {
  readonly bytes: Buffer;
  readonly instance: string;
  /** UIDs of the study and the series. */
  readonly groups: readonly string[];
  readonly patient: { readonly offset: number; readonly length: number };
  /** Where native pixels begin; compressed ones are left as they are. */
  readonly pixels: number | undefined;
}

function originals(mri: string): Original[] {
  return series.flatMap((name) =>
    readdirSync(join(mri, name))
      .sort()
      .map((file) => {
        const bytes = readFileSync(join(mri, name, file));
        const { dataSet, syntax } = parseDicom(bytes);
        const text = (tag: number) => dataSet.string(tag) ?? '';
        const { offset, length } = dataSet.get(tags.patientId) ?? { offset: 0, length: 0 };
        return {
          bytes,
          instance: text(tags.sopInstanceUid),
          groups: [text(tags.studyInstanceUid), text(tags.seriesInstanceUid)],
          patient: { offset, length },
          pixels: syntax?.codec === 'native' ? dataSet.get(tags.pixelData)?.offset : undefined,
        };
      }),
  );
}

/** The same bytes with `to` wherever `from` stands; both are of one length. */
function replaceAll(bytes: Buffer, from: string, to: string): void {
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at, 'latin1');
}

function renumbered(uid: string, n: number): string {
  const digits = `1${String(n).padStart(11, '0')}`;
  return uid.slice(0, -digits.length) + digits;
}

/** The `copy`-th twin of a file: another patient, study, series and instance, and one other grey value. */
function twin(original: Original, copy: number, n: number): Buffer {
  const bytes = Buffer.from(original.bytes);
  replaceAll(bytes, original.instance, renumbered(original.instance, n));
  for (const uid of original.groups) replaceAll(bytes, uid, renumbered(uid, copy));
  const { offset, length } = original.patient;
  bytes.write((copy + 1).toString(36).padStart(length, '0'), offset, length, 'latin1');
  if (original.pixels !== undefined) {
    bytes.writeUInt16LE((copy + 1) & 0xff, original.pixels);
    bytes.writeUInt16LE(n & 0xff, original.pixels + 2);
  }
  return bytes;
}

/** @throws Error when the disk that holds `dir` has too little room for `count` slices and their workspace */
function checkRoom(dir: string, count: number, bytes: number): void {
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize < 1.3 * count * bytes) {
    throw new Error(
      `The disk has ${Math.round((bavail * bsize) / 1e9)} GB free; ${Math.round((1.3 * count * bytes) / 1e9)} GB are needed.`,
    );
  }
}

/** Slices of the MR set under new UIDs: `count` files in folders of a thousand below `dir`. */
export function writeTwins(mri: string, dir: string, count: number): void {
  checkRoom(dir, count, bytesASlice);
  const from = originals(mri);
  writeFiles(dir, count, (n) => twin(from[n % from.length]!, Math.floor(n / from.length), n));
}

/** Small made slices, each a patient, a study and a series of its own: the other extreme. */
export function writeSingles(dir: string, count: number): void {
  checkRoom(dir, count, 12_000);
  writeFiles(dir, count, (n) =>
    madeDicom({
      patientId: `MRN-${n}`,
      study: `1.2.3.${n}`,
      series: `1.2.3.${n}.1`,
      instance: 1,
      values: Uint16Array.from({ length: 1024 }, (_, i) => (i % 7) * 100 + ((n >> (i % 16)) & 1)),
    }),
  );
}

function writeFiles(dir: string, count: number, make: (n: number) => Buffer): void {
  for (let n = 0; n < count; n++) {
    const folder = join(dir, String(Math.floor(n / 1000)).padStart(3, '0'));
    if (n % 1000 === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${String(n).padStart(6, '0')}.dcm`), make(n));
  }
}
