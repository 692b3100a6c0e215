import { type Encoding, explicitBig, explicitLittle, implicitLittle } from './elements.ts';

export type Codec =
  | 'native'
  | 'rle'
  | 'jpeg'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'htj2k'
  | 'jpeg-xl'
  | 'deflated-frame';

/** A transfer syntax (PS3.5 Annex A, PS3.6 Annex A). */
export interface TransferSyntax {
  readonly name: string;
  readonly encoding: Encoding;
  /** The whole data set is deflated. */
  readonly deflated?: true;
  readonly encapsulated: boolean;
  /** Absent: Gantry cannot decode the pixels, and says so by name. */
  readonly codec?: Codec;
}

const native = (name: string, encoding: Encoding): TransferSyntax => ({
  name,
  encoding,
  encapsulated: false,
  codec: 'native',
});
const packed = (name: string, codec?: Codec): TransferSyntax => ({
  name,
  encoding: explicitLittle,
  encapsulated: true,
  ...(codec === undefined ? {} : { codec }),
});

const root = '1.2.840.10008.1.2';
export const transferSyntaxes: Readonly<Record<string, TransferSyntax>> = {
  [root]: native('Implicit VR Little Endian', implicitLittle),
  [`${root}.1`]: native('Explicit VR Little Endian', explicitLittle),
  [`${root}.2`]: native('Explicit VR Big Endian', explicitBig),
  [`${root}.1.99`]: { ...native('Deflated Explicit VR Little Endian', explicitLittle), deflated: true },
  [`${root}.1.98`]: packed('Encapsulated Uncompressed Explicit VR Little Endian', 'native'),
  [`${root}.5`]: packed('RLE Lossless', 'rle'),
  [`${root}.8.1`]: packed('Deflated Image Frame Compression', 'deflated-frame'),
  [`${root}.4.50`]: packed('JPEG Baseline (Process 1)', 'jpeg'),
  [`${root}.4.51`]: packed('JPEG Extended (Process 2 and 4)', 'jpeg'),
  [`${root}.4.52`]: packed('JPEG Extended (Process 3 and 5)'),
  [`${root}.4.53`]: packed('JPEG Spectral Selection (Process 6 and 8)', 'jpeg'),
  [`${root}.4.54`]: packed('JPEG Spectral Selection (Process 7 and 9)'),
  [`${root}.4.55`]: packed('JPEG Full Progression (Process 10 and 12)', 'jpeg'),
  [`${root}.4.56`]: packed('JPEG Full Progression (Process 11 and 13)'),
  [`${root}.4.57`]: packed('JPEG Lossless (Process 14)', 'jpeg-lossless'),
  [`${root}.4.58`]: packed('JPEG Lossless (Process 15)'),
  [`${root}.4.70`]: packed('JPEG Lossless First-Order Prediction (Process 14, SV1)', 'jpeg-lossless'),
  [`${root}.4.80`]: packed('JPEG-LS Lossless', 'jpeg-ls'),
  [`${root}.4.81`]: packed('JPEG-LS Near-Lossless', 'jpeg-ls'),
  [`${root}.4.90`]: packed('JPEG 2000 Lossless', 'jpeg-2000'),
  [`${root}.4.91`]: packed('JPEG 2000', 'jpeg-2000'),
  [`${root}.4.92`]: packed('JPEG 2000 Part 2 Multi-component Lossless'),
  [`${root}.4.93`]: packed('JPEG 2000 Part 2 Multi-component'),
  [`${root}.4.94`]: packed('JPIP Referenced'),
  [`${root}.4.95`]: packed('JPIP Referenced Deflate'),
  [`${root}.4.100`]: packed('MPEG2 Main Profile at Main Level'),
  [`${root}.4.101`]: packed('MPEG2 Main Profile at High Level'),
  [`${root}.4.102`]: packed('MPEG-4 AVC/H.264 High Profile'),
  [`${root}.4.103`]: packed('MPEG-4 AVC/H.264 BD-compatible High Profile'),
  [`${root}.4.104`]: packed('MPEG-4 AVC/H.264 High Profile For 2D Video'),
  [`${root}.4.105`]: packed('MPEG-4 AVC/H.264 High Profile For 3D Video'),
  [`${root}.4.106`]: packed('MPEG-4 AVC/H.264 Stereo High Profile'),
  [`${root}.4.107`]: packed('HEVC/H.265 Main Profile'),
  [`${root}.4.108`]: packed('HEVC/H.265 Main 10 Profile'),
  [`${root}.4.110`]: packed('JPEG XL Lossless', 'jpeg-xl'),
  [`${root}.4.111`]: packed('JPEG XL JPEG Recompression', 'jpeg-xl'),
  [`${root}.4.112`]: packed('JPEG XL', 'jpeg-xl'),
  [`${root}.4.201`]: packed('High-Throughput JPEG 2000 Lossless', 'htj2k'),
  [`${root}.4.202`]: packed('High-Throughput JPEG 2000 RPCL Lossless', 'htj2k'),
  [`${root}.4.203`]: packed('High-Throughput JPEG 2000', 'htj2k'),
};
