import type { FrameDecoder } from './codec.ts';
import { decodeDeflatedFrame } from './deflated.ts';
import { decodeJpeg } from './jpeg/dct.ts';
import { decodeJpegLossless } from './jpeg/lossless.ts';
import { htj2kDecoder, jpeg2000Decoder } from './jpeg2000.ts';
import { jpegLsDecoder } from './jpegLs.ts';
import { jpegXlDecoder } from './jpegXl.ts';
import { decodeRle } from './rle.ts';

type CodecName =
  | 'rle'
  | 'jpeg'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'htj2k'
  | 'jpeg-xl'
  | 'deflated-frame';

const decoders: Readonly<Record<CodecName, () => FrameDecoder | Promise<FrameDecoder>>> = {
  rle: () => decodeRle,
  jpeg: () => decodeJpeg,
  'jpeg-lossless': () => decodeJpegLossless,
  'jpeg-ls': jpegLsDecoder,
  'jpeg-2000': jpeg2000Decoder,
  htj2k: htj2kDecoder,
  'jpeg-xl': jpegXlDecoder,
  'deflated-frame': () => decodeDeflatedFrame,
};

/** The decoder of a codec; WebAssembly is loaded on first use in this thread. */
export async function frameDecoder(codec: CodecName): Promise<FrameDecoder> {
  return decoders[codec]();
}
