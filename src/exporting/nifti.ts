import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { GantryError } from '../base/errors.ts';
import { dicomStoredMax, exportRescale, type IntensityFrom, quantise } from './intensity.ts';
import { application, describe, marking, type Provenance, type SyntheticSlice } from './marking.ts';

const headerBytes = 348;
const int16 = 4;
const commentExtension = 6;
/** dim[] is a 16-bit signed integer. */
const mostSlices = 32767;

export interface NiftiStackOptions {
  /** Scratch file beside the result, on the same disk. */
  readonly spoolFile: string;
  readonly size: number;
  readonly provenance: Provenance;
  readonly intensityFrom?: IntensityFrom | undefined;
}

/**
 * A gzipped NIfTI-1 stack of generated slices: int16, the same 0 .. 4095 as the DICOM export, with scl_slope
 * and scl_inter back to -1 .. +1 or to a series' units. Slice k is volume[:, :, k]; j grows upwards in the
 * picture, as NIfTI viewers show it. qform and sform are 0 (no position in space): the slices are unrelated.
 *
 * Slices are spooled to disk as they come, because the header needs their number and a compressed file cannot
 * be changed afterwards; memory stays at one slice.
 */
export class NiftiStack {
  private readonly options: NiftiStackOptions;
  private readonly spool: FileHandle;
  private first: SyntheticSlice | undefined;
  private count = 0;

  private constructor(options: NiftiStackOptions, spool: FileHandle) {
    this.options = options;
    this.spool = spool;
  }

  static async create(options: NiftiStackOptions): Promise<NiftiStack> {
    return new NiftiStack(options, await open(options.spoolFile, 'wx'));
  }

  async append(slice: SyntheticSlice): Promise<void> {
    if (this.count === mostSlices) {
      throw new GantryError('BAD_CONFIG', `A NIfTI file holds at most ${mostSlices} slices.`, {
        action: 'Export fewer slices, or as DICOM or PNG.',
      });
    }
    const { size } = this.options;
    const stored = quantise(slice.pixels, dicomStoredMax);
    const bytes = Buffer.alloc(stored.length * 2);
    for (let row = 0; row < size; row++) {
      const target = (size - 1 - row) * size;
      for (let x = 0; x < size; x++) bytes.writeInt16LE(stored[row * size + x]!, (target + x) * 2);
    }
    await this.spool.writeFile(bytes);
    this.first ??= { ...slice, pixels: new Float32Array(0) };
    this.count++;
  }

  /** Writes the finished file; the spool is removed. */
  async finish(file: string): Promise<void> {
    await this.close();
    const { size, provenance, intensityFrom, spoolFile } = this.options;
    const text = `${marking}. ${describe(provenance, this.first ?? { seed: 0, index: 0 })}`;
    const extension = commentBlock(text);
    const header = niftiHeader(size, this.count, provenance, intensityFrom, extension.length);
    await pipeline(
      async function* () {
        yield header;
        yield extension;
        yield* createReadStream(spoolFile);
      },
      createGzip({ level: 6 }),
      createWriteStream(file),
    );
    await rm(spoolFile);
  }

  /** Gives the file handle back; allowed twice. */
  async close(): Promise<void> {
    await this.spool.close();
  }
}

/** A comment as a header extension: size (a multiple of 16), code, UTF-8 text. */
function commentBlock(text: string): Buffer {
  const content = Buffer.from(text, 'utf8');
  const block = Buffer.alloc(Math.ceil((content.length + 8) / 16) * 16);
  block.writeInt32LE(block.length, 0);
  block.writeInt32LE(commentExtension, 4);
  content.copy(block, 8);
  return block;
}

/** The 348-byte header and the four bytes that announce extensions (nifti1.h). */
function niftiHeader(
  size: number,
  count: number,
  provenance: Provenance,
  intensityFrom: IntensityFrom | undefined,
  extensionBytes: number,
): Buffer {
  const header = Buffer.alloc(headerBytes + 4);
  const { slope, intercept } = exportRescale(intensityFrom, dicomStoredMax);
  const spacing = provenance.pixelSpacingMm;
  header.writeInt32LE(headerBytes, 0);
  header.write('r', 38, 'latin1');
  [3, size, size, count, 1, 1, 1, 1].forEach((n, i) => {
    header.writeInt16LE(n, 40 + 2 * i);
  });
  header.writeInt16LE(int16, 70);
  header.writeInt16LE(16, 72);
  // pixdim: the i axis runs along a row, so it takes the distance between columns.
  [1, spacing?.[1] ?? 1, spacing?.[0] ?? 1, 1, 0, 0, 0, 0].forEach((step, i) => {
    header.writeFloatLE(step, 76 + 4 * i);
  });
  header.writeFloatLE(header.length + extensionBytes, 108);
  header.writeFloatLE(slope, 112);
  header.writeFloatLE(intercept, 116);
  header.writeUInt8(spacing === undefined ? 0 : 2, 123);
  const ends = [intercept, intercept + slope * dicomStoredMax];
  header.writeFloatLE(Math.max(...ends), 124);
  header.writeFloatLE(Math.min(...ends), 128);
  header.write(`${marking}; ${application} ${provenance.appVersion}`.slice(0, 79), 148, 'latin1');
  header.write('SYNTHETIC', 328, 'latin1');
  header.write('n+1\0', 344, 'latin1');
  header.writeUInt8(1, headerBytes);
  return header;
}
