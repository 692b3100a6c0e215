import { normalOf, planeOf } from '../geometry.ts';
import type { SliceHeader, StoredPixels, Vec3 } from '../types.ts';
import { csaNumbers } from './csa.ts';
import type { DataSet } from './dataset.ts';
import type { PixelLayout } from './layout.ts';
import { tags } from './tags.ts';

/** A Siemens mosaic: the slices of one volume as tiles of one image, row by row. */
export interface Mosaic {
  readonly slices: number;
  readonly tilesAcross: number;
  readonly rows: number;
  readonly columns: number;
  /** Direction from slice to slice, a unit vector. */
  readonly normal: Vec3 | undefined;
  readonly spacingMm: number;
}

/** Whether a file is a mosaic, and how it is cut: by Image Type and the private headers. */
export function mosaicOf(dataSet: DataSet, layout: PixelLayout): Mosaic | undefined {
  if (!dataSet.strings(tags.imageType).includes('MOSAIC') || layout.frames !== 1) return undefined;
  const csa = dataSet.get(tags.siemensCsaImage);
  const fields =
    csa === undefined ? {} : csaNumbers(dataSet.bytes(csa), ['NumberOfImagesInMosaic', 'SliceNormalVector']);
  const slices = fields.NumberOfImagesInMosaic?.[0] ?? dataSet.number(tags.siemensImagesInMosaic);
  if (slices === undefined || !Number.isInteger(slices) || slices < 2 || slices > 4096) return undefined;
  const tilesAcross = Math.ceil(Math.sqrt(slices));
  if (layout.rows % tilesAcross !== 0 || layout.columns % tilesAcross !== 0) return undefined;
  const [x, y, z] = fields.SliceNormalVector ?? [];
  const spacing = dataSet.number(tags.spacingBetweenSlices) ?? dataSet.number(tags.sliceThickness) ?? 1;
  return {
    slices,
    tilesAcross,
    rows: layout.rows / tilesAcross,
    columns: layout.columns / tilesAcross,
    normal: x !== undefined && y !== undefined && z !== undefined ? [x, y, z] : undefined,
    spacingMm: Math.abs(spacing),
  };
}

/** The header of slice `index`, from that of the whole mosaic. */
export function mosaicHeader(header: SliceHeader, mosaic: Mosaic, index: number): SliceHeader {
  const { orientation, positionMm, pixelSpacingMm } = header.geometry;
  const size = { rows: mosaic.rows, columns: mosaic.columns, frame: index };
  if (orientation === undefined || positionMm === undefined || pixelSpacingMm === undefined) {
    return { ...header, ...size };
  }
  // The position in the file is that of a slice as large as the mosaic, about the same centre.
  const right = ((header.columns - mosaic.columns) / 2) * pixelSpacingMm[1];
  const down = ((header.rows - mosaic.rows) / 2) * pixelSpacingMm[0];
  const normal = mosaic.normal ?? normalOf(orientation);
  const along = index * mosaic.spacingMm;
  const at = (axis: 0 | 1 | 2): number =>
    positionMm[axis] +
    right * orientation[axis] +
    down * orientation[(axis + 3) as 3 | 4 | 5] +
    along * normal[axis];
  return {
    ...header,
    ...size,
    plane: planeOf(orientation),
    geometry: { ...header.geometry, positionMm: [at(0), at(1), at(2)] },
  };
}

/** The pixels of slice `index`. */
export function mosaicPixels(pixels: StoredPixels, mosaic: Mosaic, index: number): StoredPixels {
  const { rows, columns, tilesAcross } = mosaic;
  const out = pixels.slice(0, rows * columns);
  const stride = columns * tilesAcross;
  let from = Math.floor(index / tilesAcross) * rows * stride + (index % tilesAcross) * columns;
  for (let row = 0; row < rows; row++, from += stride) {
    out.set(pixels.subarray(from, from + columns), row * columns);
  }
  return out;
}
