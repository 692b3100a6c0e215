import { deflateRawSync } from 'node:zlib';
import { Decoder } from '@cornerstonejs/jpeg-lossless-decoder-js';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/base/random.ts';
import { decodeJpegLossless } from '../../../../src/imaging/codecs/jpeg/lossless.ts';
import { framesOf } from '../../../../src/imaging/dicom/encapsulated.ts';
import { parseDicom } from '../../../../src/imaging/dicom/part10.ts';
import { tags } from '../../../../src/imaging/dicom/tags.ts';
import { inspectImage } from '../../../../src/imaging/index.ts';
import { manifest, readCorpusFile } from '../../../conformance/corpus.ts';
import { encapsulatedImage, type ImageOptions, pixelsOf, slicesOf } from '../build.ts';
import { encode, turboDecode } from './encoders.ts';
import { encodeJpeg } from './jpegEncoder.ts';

const rows = 37;
const columns = 41;
const jpegLs = '1.2.840.10008.1.2.4.80';

/** A smooth picture with noise and sharp edges, of the given bits. */
function picture(bits: number, samples = 1): number[] {
  const random = new Random(bits, 'picture');
  const top = 2 ** bits - 1;
  return Array.from({ length: rows * columns * samples }, (_, i) => {
    const x = Math.floor(i / samples) % columns;
    const y = Math.floor(i / samples / columns);
    const wave = 0.5 + 0.4 * Math.sin(x / 5 + (i % samples)) * Math.cos(y / 7);
    if (x > 30 && y > 20) return x % 2 === 0 ? 0 : top;
    return Math.min(top, Math.max(0, Math.round(top * wave + (random.uniform() - 0.5) * top * 0.02)));
  });
}

function bytesOf(values: readonly number[], bits: number): Uint8Array {
  return bits <= 8 ? Uint8Array.from(values) : new Uint8Array(Uint16Array.from(values).buffer);
}

const infoOf = (bits: number, componentCount = 1) => ({
  width: columns,
  height: rows,
  bitsPerSample: bits,
  componentCount,
  isSigned: false,
});

const imageOf = (bits: number, more: Partial<ImageOptions> = {}): ImageOptions => ({
  rows,
  columns,
  bitsAllocated: bits <= 8 ? 8 : 16,
  bitsStored: bits,
  ...more,
});

describe('lossless codecs give back what other encoders wrote', () => {
  const cases = [
    ['JpegLSEncoder', jpegLs],
    ['J2KEncoder', '1.2.840.10008.1.2.4.90'],
    ['HTJ2KEncoder', '1.2.840.10008.1.2.4.201'],
    ['JpegXLEncoder', '1.2.840.10008.1.2.4.110'],
  ] as const;
  it.each(cases.flatMap(([name, syntax]) => [8, 12, 16].map((bits) => [name, bits, syntax] as const)))(
    '%s, %i bits',
    async (name, bits, syntax) => {
      const values = picture(bits);
      const lossless = {
        JpegLSEncoder: ['setNearLossless', 0],
        J2KEncoder: ['setQuality', true, 0],
        HTJ2KEncoder: ['setQuality', true, 0],
        JpegXLEncoder: ['setLossless', true],
      } as const;
      const stream = await encode(name, infoOf(bits), bytesOf(values, bits), [lossless[name]]);
      const bytes = encapsulatedImage(imageOf(bits), syntax, [stream]);
      expect(await pixelsOf(bytes)).toEqual(values);
    },
  );

  it.each([0, 1, 2])('JPEG-LS colour with interleave mode %i', async (mode) => {
    const values = picture(8, 3);
    const planar = [0, 1, 2].flatMap((c) => values.filter((_, i) => i % 3 === c));
    const stream = await encode('JpegLSEncoder', infoOf(8, 3), bytesOf(mode === 0 ? planar : values, 8), [
      ['setNearLossless', 0],
      ['setInterleaveMode', mode],
    ]);
    const bytes = encapsulatedImage(imageOf(8, { samples: 3, photometric: 'RGB' }), jpegLs, [stream]);
    const luminance = Array.from({ length: rows * columns }, (_, i) =>
      Math.round(0.299 * values[i * 3]! + 0.587 * values[i * 3 + 1]! + 0.114 * values[i * 3 + 2]!),
    );
    expect(await pixelsOf(bytes, { colour: 'luminance' })).toEqual(luminance);
  });

  it.each([8, 16])('RLE and deflated frames, %i bits', async (bits) => {
    const values = picture(bits);
    const raw = bytesOf(values, bits);
    const rle = encapsulatedImage(imageOf(bits), '1.2.840.10008.1.2.5', [rleEncode(raw, bits / 8)]);
    expect(await pixelsOf(rle)).toEqual(values);
    const deflated = encapsulatedImage(imageOf(bits), '1.2.840.10008.1.2.8.1', [
      new Uint8Array(deflateRawSync(raw)),
    ]);
    expect(await pixelsOf(deflated)).toEqual(values);
  });

  it('gives frames that stay what they are when the next is decoded', async () => {
    const first = picture(12);
    const second = first.map((v) => 4095 - v);
    const streams = await Promise.all(
      [first, second].map((v) =>
        encode('JpegLSEncoder', infoOf(12), bytesOf(v, 12), [['setNearLossless', 0]]),
      ),
    );
    const slices = await slicesOf(encapsulatedImage(imageOf(12, { frames: 2 }), jpegLs, streams));
    expect(slices.map((s) => [...s.pixels])).toEqual([first, second]);
  });
});

describe('fragments', () => {
  it('are assigned to frames by the offset table, and by start markers without one', async () => {
    const frames = [picture(12), picture(12).map((v) => v >> 1)];
    const streams: Uint8Array[] = [];
    for (const v of frames) streams.push(await encode('JpegLSEncoder', infoOf(12), bytesOf(v, 12)));
    const halves = streams.flatMap((s) => [s.subarray(0, 200), s.subarray(200)]);
    const even = (n: number): number => n + (n % 2);
    const offsets = [0, 8 + 200 + 8 + even(streams[0]!.length - 200)];
    const image = imageOf(12, { frames: 2 });
    for (const table of [offsets, [], [0, 4]]) {
      expect(await pixelsOf(encapsulatedImage(image, jpegLs, halves, table))).toEqual(frames.flat());
    }
  });

  it('that are missing or belong to no frame are refused', async () => {
    const stream = await encode('JpegLSEncoder', infoOf(12), bytesOf(picture(12), 12));
    const short = encapsulatedImage(imageOf(12, { frames: 3 }), jpegLs, [stream, stream]);
    await expect(inspectImage(short, 'a')).rejects.toMatchObject({ code: 'TRUNCATED' });
    const size = encapsulatedImage(imageOf(12, { rows: rows + 1 }), jpegLs, [stream]);
    await expect(inspectImage(size, 'a')).rejects.toMatchObject({ code: 'CORRUPT' });
    // CharLS would read on through its heap for many seconds here.
    const start = performance.now();
    const damaged = encapsulatedImage(imageOf(12), jpegLs, [stream.subarray(0, 90)]);
    await expect(inspectImage(damaged, 'a')).rejects.toMatchObject({ name: 'GantryError' });
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe('DCT-based JPEG', () => {
  const baseline = '1.2.840.10008.1.2.4.50';
  const worst = (a: readonly number[], b: readonly number[]): number =>
    Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));

  it.each([0, 3])('agrees with libjpeg-turbo within 1, restart interval %i', async (restartInterval) => {
    const stream = encodeJpeg({
      width: columns,
      height: rows,
      precision: 8,
      planes: [picture(8)],
      restartInterval,
    });
    const own = await pixelsOf(encapsulatedImage(imageOf(8), baseline, [stream]));
    const reference = [...(await turboDecode(stream))];
    expect(own).toHaveLength(reference.length);
    expect(worst(own, reference)).toBeLessThanOrEqual(1);
    expect(worst(own, picture(8))).toBeLessThanOrEqual(2);
  });

  it('has no bias in 12 bits', async () => {
    const values = picture(12);
    const stream = encodeJpeg({ width: columns, height: rows, precision: 12, planes: [values] });
    const own = await pixelsOf(encapsulatedImage(imageOf(12), '1.2.840.10008.1.2.4.51', [stream]));
    expect(worst(own, values)).toBeLessThanOrEqual(2);
    const bias = own.reduce((sum, v, i) => sum + v - values[i]!, 0) / own.length;
    expect(Math.abs(bias)).toBeLessThan(0.05);
  });

  it('leaves the components as they are coded', async () => {
    const colour = picture(8, 3);
    const planes = [0, 1, 2].map((c) => colour.filter((_, i) => i % 3 === c));
    const stream = encodeJpeg({ width: columns, height: rows, precision: 8, planes });
    const image = imageOf(8, { samples: 3, photometric: 'YBR_FULL' });
    const own = await pixelsOf(encapsulatedImage(image, baseline, [stream]), { colour: 'luminance' });
    expect(worst(own, planes[0]!)).toBeLessThanOrEqual(2);
  });

  it('says TRUNCATED when scan data is missing, and refuses arithmetic coding by name', async () => {
    const stream = encodeJpeg({ width: columns, height: rows, precision: 8, planes: [picture(8)] });
    const cut = encapsulatedImage(imageOf(8), baseline, [stream.subarray(0, stream.length - 300)]);
    await expect(pixelsOf(cut)).rejects.toMatchObject({ code: 'TRUNCATED' });
    const arithmetic = stream.slice();
    const sof = arithmetic.findIndex((byte, i) => byte === 0xff && arithmetic[i + 1] === 0xc0);
    arithmetic[sof + 1] = 0xc9;
    const bytes = encapsulatedImage(imageOf(8), baseline, [arithmetic]);
    await expect(pixelsOf(bytes)).rejects.toMatchObject({ code: 'UNSUPPORTED_SYNTAX' });
  });
});

describe('lossless JPEG', () => {
  it('agrees with another decoder on every real file', async () => {
    const all = manifest('conformance');
    if (all === undefined) return;
    let compared = 0;
    for (const row of all.filter(
      (r) => /\.4\.(57|70)$/.test(r.transfer_syntax!) && r.expected_quality !== 'no-pixels',
    )) {
      const bytes = readCorpusFile('conformance', row.path!);
      const { dataSet } = parseDicom(bytes);
      const stream = framesOf(dataSet, dataSet.get(tags.pixelData)!, Number(row.frames || 1)).frame(0);
      const other = new Decoder().decode(new Uint8Array(stream).buffer, 0, stream.length);
      const own = decodeJpegLossless(stream, {
        rows: Number(row.rows),
        columns: Number(row.cols),
        samples: Number(row.samples),
        bitsAllocated: Number(row.bits_alloc),
        bitsStored: Number(row.bits_stored),
        photometric: row.photometric!,
      });
      expect(
        Buffer.compare(
          Buffer.from(Uint16Array.from(own).buffer),
          Buffer.from(Uint16Array.from(other).buffer),
        ),
        row.path,
      ).toBe(0);
      compared++;
    }
    expect(compared).toBeGreaterThan(8);
  });
});

/** PackBits with literal runs only: valid RLE, and easy to trust. */
function rleEncode(raw: Uint8Array, width: number): Uint8Array {
  const segments = Array.from({ length: width }, (_, s) => {
    const plane = raw.filter((_, i) => i % width === width - 1 - s);
    const out: number[] = [];
    for (let at = 0; at < plane.length; at += 100) {
      const run = plane.subarray(at, at + 100);
      if (run.every((b) => b === run[0]) && run.length > 1) out.push(257 - run.length, run[0]!);
      else out.push(run.length - 1, ...run);
    }
    return out;
  });
  const header = new Uint32Array(16);
  header[0] = width;
  let at = 64;
  segments.forEach((s, i) => {
    header[i + 1] = at;
    at += s.length;
  });
  return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
}
