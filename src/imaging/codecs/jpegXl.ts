import { checkSize, type FrameDecoder, type SampleArray } from './codec.ts';
import { loaded, samplesOf, WasmFrameCodec } from './wasm.ts';

/** JPEG XL (ISO/IEC 18181) by libjxl. */
const codec = new WasmFrameCodec({
  name: 'JPEG XL',
  binary: '@cornerstonejs/codec-libjxl/decodewasm',
  load: async (options) =>
    loaded(
      await (await import('@cornerstonejs/codec-libjxl/decodewasmjs')).default(options),
      'JpegXLDecoder',
    ),
});

export async function jpegXlDecoder(): Promise<FrameDecoder> {
  await codec.ready();
  return (codestream, expected): SampleArray => {
    const size = sizeHeader(codestream);
    if (size !== undefined) checkSize('JPEG XL', { ...size, components: expected.samples }, expected);
    const { info, bytes } = codec.decode(codestream);
    checkSize(
      'JPEG XL',
      { width: info.width, height: info.height, components: info.componentCount },
      expected,
    );
    return samplesOf(
      'JPEG XL',
      bytes,
      info.bitsPerSample,
      expected.rows * expected.columns * expected.samples,
    );
  };
}

/** SizeHeader of a bare codestream or of the first jxlc box (18181-1 section 9.2), so that a codec need not trust it. */
function sizeHeader(bytes: Uint8Array): { width: number; height: number } | undefined {
  let start = 0;
  if (bytes[0] === 0) {
    start = indexOfBox(bytes);
    if (start < 0) return undefined;
  }
  if (bytes[start] !== 0xff || bytes[start + 1] !== 0x0a) return undefined;
  let bit = (start + 2) * 8;
  const read = (n: number): number => {
    let value = 0;
    for (let i = 0; i < n; i++, bit++) value += (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) * 2 ** i;
    return value;
  };
  const large = (): number => 1 + read([9, 13, 18, 30][read(2)]!);
  const small = read(1) === 1;
  const height = small ? (read(5) + 1) * 8 : large();
  const ratio = read(3);
  if (ratio === 0) return { height, width: small ? (read(5) + 1) * 8 : large() };
  const [a, b] = (
    [
      [1, 1],
      [12, 10],
      [4, 3],
      [3, 2],
      [16, 9],
      [5, 4],
      [2, 1],
    ] as const
  )[ratio - 1]!;
  return { height, width: Math.floor((height * a) / b) };
}

function indexOfBox(bytes: Uint8Array): number {
  const limit = Math.min(bytes.length - 10, 4096);
  for (let at = 4; at < limit; at++) {
    const box = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (box === 'jxlc') return at + 4;
    if (box === 'jxlp') return at + 8;
  }
  return -1;
}
