import { GantryError } from '../../base/errors.ts';

export type SampleArray = Uint8Array | Uint16Array | Uint32Array;

/** What a codestream must decode to: the DICOM header's word is taken, and the codestream checked against it. */
export interface ExpectedFrame {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  /** DICOM Photometric Interpretation. */
  readonly photometric: string;
}

/**
 * Decodes one frame to its stored bit patterns, colour interleaved, `rows * columns * samples` values. Signed
 * values come as two's complement bits of any width of at least the stored bits. The result is the caller's own.
 */
export type FrameDecoder = (codestream: Uint8Array, expected: ExpectedFrame) => SampleArray;

/** Refuses a codestream whose own header disagrees with the file's, before a codec allocates for it. */
export function checkSize(
  name: string,
  found: { width: number; height: number; components: number },
  expected: ExpectedFrame,
): void {
  if (
    found.width !== expected.columns ||
    found.height !== expected.rows ||
    found.components !== expected.samples
  ) {
    throw new GantryError(
      'CORRUPT',
      `The ${name} data is ${found.width} × ${found.height} × ${found.components}, but the header says ` +
        `${expected.columns} × ${expected.rows} × ${expected.samples}.`,
    );
  }
}
