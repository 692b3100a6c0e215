import { checkSize, type FrameDecoder, type SampleArray } from './codec.ts';
import { interleaved } from './interleave.ts';
import { jpegFrameHeader } from './markers.ts';
import { loaded, samplesOf, WasmFrameCodec } from './wasm.ts';

/** JPEG-LS (ITU-T T.87) by CharLS. */
const codec = new WasmFrameCodec({
  name: 'JPEG-LS',
  binary: '@cornerstonejs/codec-charls/decodewasm',
  load: async (options) =>
    loaded(
      await (await import('@cornerstonejs/codec-charls/decodewasmjs')).default(options),
      'JpegLSDecoder',
    ),
  // CharLS reads on through the heap, for seconds, when a damaged stream has no end marker; it stops at these.
  tail: Uint8Array.from({ length: 128 }, (_, i) => (i % 2 === 0 ? 0xff : 0xd9)),
});

export async function jpegLsDecoder(): Promise<FrameDecoder> {
  await codec.ready();
  return (codestream, expected): SampleArray => {
    checkSize('JPEG-LS', jpegFrameHeader(codestream), expected);
    const { info, bytes } = codec.decode(codestream);
    const count = expected.rows * expected.columns * expected.samples;
    const samples = samplesOf('JPEG-LS', bytes, info.bitsPerSample, count);
    // Interleave mode "none" keeps the components apart.
    const apart = expected.samples > 1 && interleaveMode(codestream) === 0;
    return apart ? interleaved(samples, expected.samples) : samples;
  };
}

/** The interleave mode (T.87 C.2.3) in the first scan header. */
function interleaveMode(bytes: Uint8Array): number {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at + 1] !== 0xda) {
    at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  }
  return bytes[at + 6 + 2 * (bytes[at + 4] ?? 0)] ?? 0;
}
