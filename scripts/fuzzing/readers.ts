import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectImage, readImage, referencedFiles } from '../../src/imaging/index.ts';
import { listArchive, readEntry } from '../../src/studio/import/archive.ts';
import { labelTable } from '../../src/studio/import/labels/table.ts';
import type { ReaderName } from './seeds.ts';

/** Reads an input as an import would. Gives the number of things read. @throws GantryError for a bad input */
type Reader = (bytes: Uint8Array, name: string) => Promise<number>;

async function image(bytes: Uint8Array, name: string): Promise<number> {
  let slices = 0;
  for await (const slice of readImage(bytes, name)) {
    if (slice.pixels.length !== slice.header.rows * slice.header.columns) {
      throw new Error('pixels do not fit the header');
    }
    slices++;
  }
  await inspectImage(bytes, name);
  return slices;
}

/** Colour is read as luminance here, so that the fuzzer gets past the question. */
async function picture(bytes: Uint8Array, name: string): Promise<number> {
  let slices = 0;
  for await (const _ of readImage(bytes, name, { colour: 'luminance' })) slices++;
  return slices + (await image(bytes, name));
}

let folder: string | undefined;

/** An archive is read from a file: one in a temporary folder of this thread, removed with the process. */
async function archive(bytes: Uint8Array): Promise<number> {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'gantry-fuzz-'));
    folder = made;
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  }
  const path = join(folder, 'input.zip');
  writeFileSync(path, bytes);
  const { entries } = listArchive(path);
  for (const entry of entries) {
    if (/(^|\/)\.\.(\/|$)|^\//.test(entry.name)) throw new Error('a name leads out of the archive');
    readEntry(path, entry);
  }
  return entries.length;
}

export const readers: Readonly<Record<ReaderName, Reader>> = {
  dicom: image,
  nifti: image,
  png: picture,
  tiff: picture,
  jpeg: picture,
  zip: archive,
  dicomdir: async (bytes) => referencedFiles(bytes).length,
  csv: async (bytes) => labelTable(bytes).rows.size,
};
