import { GantryError } from '../../base/errors.ts';
import { ValueStatistics } from '../statistics.ts';
import type { Inspection, ReadOptions, Slice, SliceHeader } from '../types.ts';
import { greyOf } from './grey.ts';
import { isJpeg, readJpeg } from './jpeg.ts';
import type { Picture } from './picture.ts';
import { isPng, readPng } from './png.ts';
import { directoriesOf, isTiff } from './tiff/directory.ts';
import { readPage } from './tiff/page.ts';

export type RasterKind = 'png' | 'tiff' | 'jpeg';

/** Which kind of picture file these bytes are, by their first ones. */
export function rasterKind(bytes: Uint8Array): RasterKind | undefined {
  if (isPng(bytes)) return 'png';
  if (isTiff(bytes)) return 'tiff';
  return isJpeg(bytes) ? 'jpeg' : undefined;
}

/** The pictures of a file, to be decoded one at a time: pages of a TIFF, without thumbnails and masks. */
function picturesOf(bytes: Uint8Array, kind: RasterKind): (() => Picture)[] {
  if (kind === 'png') return [() => readPng(bytes)];
  if (kind === 'jpeg') return [() => readJpeg(bytes)];
  // New Subfile Type (254): bit 0 a smaller copy of another page, bit 2 a mask.
  const pages = directoriesOf(bytes).filter((page) => (page.number(254, 0) & 5) === 0);
  if (pages.length === 0) throw new GantryError('NO_PIXELS', 'The TIFF file has no pages.');
  return pages.map((page) => () => readPage(bytes, page));
}

function headerOf(kind: RasterKind, picture: Picture, bits: number, frame: number): SliceHeader {
  return {
    kind,
    identity: {},
    frame,
    rows: picture.rows,
    columns: picture.columns,
    bitsStored: bits,
    signed: picture.signed,
    inverted: picture.inverted,
    rescaleSlope: 1,
    rescaleIntercept: 0,
    geometry: {},
    attributes: {},
    // A picture does not say what was written into it.
    notices: ['possible-burned-in-annotation'],
  };
}

/** The grey pictures of a file. Colour is refused unless the options say otherwise. */
export function* readRaster(bytes: Uint8Array, kind: RasterKind, options: ReadOptions): Generator<Slice> {
  const pictures = picturesOf(bytes, kind);
  for (const [frame, read] of pictures.entries()) {
    const picture = read();
    const { pixels, bits } = greyOf(picture, options);
    yield { header: { ...headerOf(kind, picture, bits, frame), pages: pictures.length }, pixels };
  }
}

/** What the file holds as stored: colour interleaved, palettes as indices. */
export function inspectRaster(bytes: Uint8Array, kind: RasterKind): Inspection {
  const statistics = new ValueStatistics();
  let first: Picture | undefined;
  let frames = 0;
  for (const read of picturesOf(bytes, kind)) {
    const picture = read();
    first ??= picture;
    frames++;
    statistics.add(picture.pixels);
  }
  if (first === undefined) throw new GantryError('NO_PIXELS', 'The file has no pictures.');
  const grey =
    first.palette === undefined ? (first.inverted ? 'MONOCHROME1' : 'MONOCHROME2') : 'PALETTE COLOR';
  return {
    kind,
    rows: first.rows,
    columns: first.columns,
    frames,
    bits: first.bits,
    signed: first.signed,
    photometric: first.samples > 2 ? 'RGB' : grey,
    ...statistics.finish(),
  };
}
