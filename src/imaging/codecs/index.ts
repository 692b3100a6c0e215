import { GantryError } from '../../base/errors.ts';
import type { FrameDecoder } from './codec.ts';
import { jpegLsDecoder } from './jpegLs.ts';
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

/** The decoder of a codec, loaded on first use in this thread. */
export async function frameDecoder(codec: CodecName): Promise<FrameDecoder> {
  switch (codec) {
    case 'rle':
      return decodeRle;
    case 'jpeg-ls':
      return jpegLsDecoder();
    default:
      throw new GantryError('UNSUPPORTED_SYNTAX', `${codec} cannot be decoded yet.`);
  }
}
