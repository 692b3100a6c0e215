import { GantryError } from '../../base/errors.ts';
import { checkSize, type FrameDecoder, type SampleArray } from './codec.ts';
import { loaded, samplesOf, WasmFrameCodec } from './wasm.ts';

/** JPEG 2000 Part 1 (ITU-T T.800) by OpenJPEG. */
const openJpeg = new WasmFrameCodec({
  name: 'JPEG 2000',
  binary: '@cornerstonejs/codec-openjpeg/decodewasm',
  load: async (options) =>
    loaded(await (await import('@cornerstonejs/codec-openjpeg/decodewasmjs')).default(options), 'J2KDecoder'),
});

/** High-Throughput JPEG 2000 (ITU-T T.814) by OpenJPH. */
const openJph = new WasmFrameCodec({
  name: 'HTJ2K',
  binary: '@cornerstonejs/codec-openjph/wasm',
  load: async (options) =>
    loaded(await (await import('@cornerstonejs/codec-openjph/wasmjs')).default(options), 'HTJ2KDecoder'),
});

export const jpeg2000Decoder = (): Promise<FrameDecoder> => decoderOf(openJpeg, 'JPEG 2000');
export const htj2kDecoder = (): Promise<FrameDecoder> => decoderOf(openJph, 'HTJ2K');

async function decoderOf(codec: WasmFrameCodec, name: string): Promise<FrameDecoder> {
  await codec.ready();
  return (codestream, expected): SampleArray => {
    checkSize(name, sizeHeader(codestream), expected);
    const { info, bytes } = codec.decode(codestream);
    return samplesOf(name, bytes, info.bitsPerSample, expected.rows * expected.columns * expected.samples);
  };
}

interface J2kSize {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** The SIZ marker segment (T.800 A.5.1), directly after SOC, which a JP2 file format may precede. */
function sizeHeader(bytes: Uint8Array): J2kSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const limit = Math.min(bytes.length - 42, 4096);
  for (let at = 0; at <= limit; at++) {
    if (view.getUint32(at) !== 0xff4fff51) continue;
    const siz = at + 4;
    const components = view.getUint16(siz + 36);
    const first = siz + 38;
    for (let c = 0; c < components && first + c * 3 + 2 < bytes.length; c++) {
      if (bytes[first + c * 3 + 1] !== 1 || bytes[first + c * 3 + 2] !== 1) {
        throw new GantryError(
          'UNSUPPORTED_PIXELS',
          'JPEG 2000 with subsampled components cannot be decoded.',
        );
      }
    }
    return {
      width: view.getUint32(siz + 4) - view.getUint32(siz + 12),
      height: view.getUint32(siz + 8) - view.getUint32(siz + 16),
      components,
    };
  }
  throw new GantryError('CORRUPT', 'The JPEG 2000 data has no size header.');
}
