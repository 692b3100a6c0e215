import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GantryError, toGantryError } from '../base/errors.ts';
import { makeFolders } from '../base/folders.ts';
import { Random } from '../base/random.ts';
import { acquisition, phantomStoredMax, type SliceGrid } from './acquire.ts';
import { type PhantomSeries, phantomDicom, phantomPatientId } from './dicom.ts';
import { head } from './head.ts';
import { drawAnatomy, drawScanner } from './parameters.ts';
import { tissuesOf } from './tissue.ts';

export interface PhantomOptions {
  /** Missing, empty, or with nothing in it but an earlier phantom, which is replaced. */
  readonly outDir: string;
  readonly subjects: number;
  readonly slicesPerSubject: number;
  /** Rows and columns; default 128. */
  readonly size?: number;
  readonly seed: number;
  readonly appVersion?: string;
  /** Time stamp of the files; default now. The pixels do not depend on it. */
  readonly createdAt?: Date;
  readonly onProgress?: ((written: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What `phantomPatientId` gives. */
const isPhantomFolder = /^PHANTOM-\d{3,}$/;
/** Half of the width that the slices cover, before the subject's own width. */
const halfCoverageMm = 56;
/** Height of the first row above the middle of the brain. */
const topMm = 114;

/**
 * Writes digital phantom heads as DICOM, a folder a subject: `PHANTOM-001/slice-0001.dcm`, sagittal, from the
 * right side to the left. A subject depends on the seed and its number alone. Returns the number of files.
 *
 * Errors: ALREADY_EXISTS for a folder with something else in it, BAD_CONFIG, CANCELLED, DISK_FULL, UNREADABLE; what
 * was written is removed then.
 */
export async function writePhantom(options: PhantomOptions): Promise<number> {
  const { outDir, subjects, slicesPerSubject, size = 128, signal } = options;
  if (subjects < 1 || slicesPerSubject < 2 || size < 16 || size > 1024) {
    throw new GantryError(
      'BAD_CONFIG',
      'A phantom needs subjects, two slices or more, and 16 to 1024 pixels.',
    );
  }
  const total = subjects * slicesPerSubject;
  const folders: string[] = [];
  let written = 0;
  try {
    makeFolders(outDir);
    const there = await readdir(outDir);
    if (!there.every((name) => isPhantomFolder.test(name))) {
      throw new GantryError('ALREADY_EXISTS', 'The phantom folder is not empty.', {
        action: 'Name a new or empty folder.',
      });
    }
    for (const name of there) await rm(join(outDir, name), { recursive: true });
    for (let subject = 1; subject <= subjects; subject++) {
      const folder = join(outDir, phantomPatientId(subject));
      folders.push(folder);
      await mkdir(folder);
      const slices = subjectSlices(options, subject, size);
      for (let index = 0; index < slicesPerSubject; index++) {
        signal?.throwIfAborted();
        const name = `slice-${String(index + 1).padStart(4, '0')}.dcm`;
        await writeFile(join(folder, name), slices(index));
        written++;
        options.onProgress?.(written, total);
      }
    }
    return written;
  } catch (error) {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
    if (signal?.aborted) throw new GantryError('CANCELLED', 'Cancelled.', { cause: error });
    throw toGantryError(error);
  }
}

/** The DICOM file of slice `index` of one subject, made when it is asked for, in order. */
function subjectSlices(
  options: PhantomOptions,
  subject: number,
  size: number,
): (index: number) => Uint8Array {
  const { seed, slicesPerSubject } = options;
  const random = new Random(seed, 'phantom', subject);
  const anatomy = drawAnatomy(random);
  const scanner = drawScanner(subject - 1, random);
  const spacingMm = Math.round((scanner.fieldOfViewMm / size) * 1e4) / 1e4;
  const acquire = acquisition(head(anatomy, tissuesOf(scanner), random, spacingMm), scanner, random);
  const half = halfCoverageMm * anatomy.widthFactor;
  const sliceSpacingMm = Math.round(((2 * half) / (slicesPerSubject - 1)) * 1e4) / 1e4;
  const series: PhantomSeries = {
    subject,
    seed,
    scannerName: scanner.name,
    appVersion: options.appVersion ?? '0',
    createdAt: options.createdAt ?? new Date(),
    sliceSpacingMm,
    windowHigh: Math.min(phantomStoredMax, Math.round(scanner.whiteStored * 1.35)),
    settings: `${slicesPerSubject} x ${size}`,
  };
  return (index) => {
    const x = (index - (slicesPerSubject - 1) / 2) * sliceSpacingMm;
    const grid: SliceGrid = { size, spacingMm, positionMm: [x, -0.52 * spacingMm * size, topMm] };
    return phantomDicom(acquire(grid), grid, index, series);
  };
}
