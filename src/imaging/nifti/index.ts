import { GantryError } from '../../base/errors.ts';
import { ValueStatistics } from '../statistics.ts';
import type { Inspection, ReadOptions, Slice, SliceHeader } from '../types.ts';
import { axisCodes, axisMap, type Cut, cutOf, cutPixels, sliceGeometry } from '../volume/axes.ts';
import { type NiftiHeader, type NiftiType, parseNiftiHeader } from './header.ts';
import { niftiStart, openNifti, volumeCount } from './volume.ts';

export { isNifti } from './volume.ts';

const bits: Readonly<Record<NiftiType, number>> = {
  uint8: 8,
  int8: 8,
  uint16: 16,
  int16: 16,
  uint32: 32,
  int32: 32,
  float32: 32,
  float64: 64,
  int64: 64,
  uint64: 64,
};

/** Which volumes of a file the options name. @throws BAD_CONFIG */
function volumesOf(count: number, wanted: ReadOptions['volume'] = 0): number[] {
  if (wanted === 'all') return Array.from({ length: count }, (_, i) => i);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted >= count) {
    throw new GantryError('BAD_CONFIG', `Volume ${wanted} does not exist: the file has ${count}.`);
  }
  return [wanted];
}

/** The headers of the slices that `readNifti` gives, without inflating the voxels. */
export function readNiftiHeaders(bytes: Uint8Array, options: ReadOptions): SliceHeader[] {
  const header = parseNiftiHeader(niftiStart(bytes));
  const cut = cutOf(header, options.plane);
  const slices = header.dim[cut.axes[2]!]!;
  return volumesOf(volumeCount(header), options.volume).flatMap((volume) =>
    Array.from({ length: slices }, (_, i) => sliceHeader(header, cut, volume, i)),
  );
}

/** Volumes of a NIfTI file as slices of the chosen plane. Stored values; the header carries the rescale. */
export async function* readNifti(bytes: Uint8Array, options: ReadOptions): AsyncGenerator<Slice> {
  const file = openNifti(bytes);
  const cut = cutOf(file.header, options.plane);
  const slices = file.header.dim[cut.axes[2]!]!;
  for (const volume of volumesOf(file.volumes, options.volume)) {
    const voxels = file.volume(volume);
    for (let i = 0; i < slices; i++) {
      const pixels = cutPixels(voxels, file.header, cut, i);
      yield { header: sliceHeader(file.header, cut, volume, i), pixels };
    }
  }
}

function sliceHeader(header: NiftiHeader, cut: Cut, volume: number, index: number): SliceHeader {
  return {
    kind: 'nifti',
    identity: {},
    frame: index,
    volume,
    rows: header.dim[cut.axes[1]!]!,
    columns: header.dim[cut.axes[0]!]!,
    bitsStored: bits[header.type],
    signed: !header.type.startsWith('u'),
    inverted: false,
    rescaleSlope: header.slope,
    rescaleIntercept: header.intercept,
    geometry: sliceGeometry(header, cut, index),
    plane: cut.plane,
    attributes: {},
    // NIfTI does not say what it shows; most are heads.
    notices: ['head-mr-face'],
  };
}

/** Figures over all volumes, with scl_slope and scl_inter applied; the hash is over stored values. */
export function inspectNifti(bytes: Uint8Array): Inspection {
  const file = openNifti(bytes);
  const { header } = file;
  const statistics = new ValueStatistics();
  for (let v = 0; v < file.volumes; v++) statistics.add(file.volume(v), header.slope, header.intercept);
  return {
    kind: 'nifti',
    rows: header.dim[1],
    columns: header.dim[0],
    frames: header.dim[2] * file.volumes,
    bits: bits[header.type],
    signed: !header.type.startsWith('u'),
    orientation: axisCodes(axisMap(header)),
    ...statistics.finish(),
  };
}
