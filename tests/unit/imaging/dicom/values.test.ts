import { describe, expect, it } from 'vitest';
import { readNative } from '../../../../src/imaging/codecs/native.ts';
import { storedValues } from '../../../../src/imaging/dicom/values.ts';
import { manifest, readCorpusFile } from '../../../conformance/corpus.ts';
import { nativeImage, pixelsOf } from '../build.ts';

describe('stored values', () => {
  it('drops overlay bits above the high bit and shifts a high bit that is not the last', async () => {
    const image = { rows: 1, columns: 2, bitsAllocated: 16, bitsStored: 12 };
    expect(await pixelsOf(nativeImage(image, [0x1fff, 0x8001]))).toEqual([0xfff, 1]);
    expect(await pixelsOf(nativeImage({ ...image, highBit: 15 }, [0xfff0, 0x0123]))).toEqual([0xfff, 0x012]);
  });

  it('extends the sign from the stored bits', async () => {
    const image = { rows: 1, columns: 3, bitsAllocated: 16, bitsStored: 12, signed: true };
    expect(await pixelsOf(nativeImage(image, [0xfff, 0x800, 0x7ff]))).toEqual([-1, -2048, 2047]);
    const eight = { rows: 1, columns: 2, bitsAllocated: 8, signed: true };
    expect(await pixelsOf(nativeImage(eight, [255, 127]))).toEqual([-1, 127]);
  });

  it('believes values that need more than the declared signed bits', () => {
    const bits = { bitsAllocated: 16, bitsStored: 12, highBit: 11, signed: true };
    const cells = Uint16Array.of(-2048 & 0xffff, 4095, 5);
    expect([...storedValues(cells, bits)]).toEqual([-2048, 4095, 5]);
  });

  it.each([1, 2, 4, 10, 12, 14, 24, 31])('reads packed cells of %i bits', (bitsAllocated) => {
    const top = 2 ** bitsAllocated - 1;
    const wanted = [0, 1, top, Math.floor(top / 3), 1, top, 0, top];
    const packed = new Uint8Array(bitsAllocated);
    let bit = 0;
    for (const value of wanted) {
      for (let i = 0; i < bitsAllocated; i++, bit++) {
        if (Math.floor(value / 2 ** i) % 2 === 1) packed[bit >> 3]! |= 1 << (bit & 7);
      }
    }
    const expected = {
      rows: 2,
      columns: 4,
      samples: 1,
      bitsAllocated,
      bitsStored: bitsAllocated,
      photometric: '',
    };
    expect([...readNative(packed, 0, expected, true, false)]).toEqual(wanted);
    // Frames of packed cells are not padded to bytes: the second half as a frame of its own.
    expect([...readNative(packed, 1, { ...expected, rows: 1 }, true, false)]).toEqual(wanted.slice(4));
  });

  it('reads 32-bit unsigned values above 2^31', async () => {
    const image = { rows: 1, columns: 2, bitsAllocated: 32 };
    expect(await pixelsOf(nativeImage(image, [4294967295, 1]))).toEqual([4294967295, 1]);
    expect(await pixelsOf(nativeImage({ ...image, littleEndian: false }, [4294967295, 1]))).toEqual([
      4294967295, 1,
    ]);
  });

  it('swaps 8-bit words of big endian files as their little endian twins show', async () => {
    if (manifest('conformance') === undefined) return;
    const load = (name: string): Promise<number[]> =>
      pixelsOf(readCorpusFile('conformance', `pydicom/test_files_SC_rgb_small_odd${name}.dcm`), {
        colour: 'luminance',
      });
    expect(await load('_big_endian')).toEqual(await load(''));
  });
});
