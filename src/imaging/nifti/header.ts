import { GantryError } from '../../base/errors.ts';

export type NiftiType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'float32'
  | 'float64'
  | 'int64'
  | 'uint64';

/** What Gantry needs of a NIfTI-1 or NIfTI-2 header. */
export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** Sizes of the seven possible dimensions; absent ones are 1. */
  readonly dim: readonly [number, number, number, number, number, number, number];
  readonly type: NiftiType;
  readonly bytesPerVoxel: number;
  readonly voxelOffset: number;
  readonly slope: number;
  readonly intercept: number;
  /** Rows of the 3 × 4 matrix from voxel indices to millimetres, RAS+. */
  readonly affine: readonly [Row, Row, Row];
  /** Sizes of a voxel along i, j, k in millimetres. */
  readonly spacingMm: readonly [number, number, number];
}

type Row = readonly [number, number, number, number];

const types: Readonly<Record<number, readonly [NiftiType, number]>> = {
  2: ['uint8', 1],
  4: ['int16', 2],
  8: ['int32', 4],
  16: ['float32', 4],
  64: ['float64', 8],
  256: ['int8', 1],
  512: ['uint16', 2],
  768: ['uint32', 4],
  1024: ['int64', 8],
  1280: ['uint64', 8],
};

const unsupported: Readonly<Record<number, string>> = {
  1: 'packed bits',
  32: 'complex numbers',
  128: 'RGB colour',
  1536: '128-bit floats',
  1792: 'complex numbers',
  2048: 'complex numbers',
  2304: 'RGBA colour',
};

/** A volume may take this much at most, in voxels' bytes; a header that claims more is refused. */
const MAX_VOLUME_BYTES = 2 ** 30;

export const HEADER_BYTES = 540;

/** Whether the bytes start with a NIfTI header (single file, not an .hdr/.img pair). */
export function niftiVersion(bytes: Uint8Array): { version: 1 | 2; littleEndian: boolean } | undefined {
  if (bytes.length < 348) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const littleEndian of [true, false]) {
    const size = view.getInt32(0, littleEndian);
    if (size === 348 && magicAt(bytes, 344, 'n+1')) return { version: 1, littleEndian };
    if (size === 540 && magicAt(bytes, 4, 'n+2') && bytes.length >= 540) return { version: 2, littleEndian };
  }
  return undefined;
}

function magicAt(bytes: Uint8Array, at: number, magic: string): boolean {
  for (let i = 0; i < 3; i++) if (bytes[at + i] !== magic.charCodeAt(i)) return false;
  return bytes[at + 3] === 0;
}

/** Field offsets of the two versions (nifti1.h, nifti2.h). */
const fields = {
  1: {
    datatype: 70,
    dim: 40,
    pixdim: 76,
    offset: 108,
    slope: 112,
    inter: 116,
    units: 123,
    qform: 252,
    sform: 254,
    quatern: 256,
    srow: 280,
  },
  2: {
    datatype: 12,
    dim: 16,
    pixdim: 104,
    offset: 168,
    slope: 176,
    inter: 184,
    units: 500,
    qform: 344,
    sform: 348,
    quatern: 352,
    srow: 400,
  },
} as const;

/** Parses and checks the header. Throws NOT_AN_IMAGE, CORRUPT, TOO_LARGE, UNSUPPORTED_PIXELS. */
export function parseNiftiHeader(bytes: Uint8Array): NiftiHeader {
  const found = niftiVersion(bytes);
  if (found === undefined)
    throw new GantryError('NOT_AN_IMAGE', 'The file is not a single-file NIfTI image.');
  const { version, littleEndian } = found;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const f = fields[version];
  const wide = version === 2;
  const real = (base: number, i = 0): number =>
    wide ? view.getFloat64(base + i * 8, littleEndian) : view.getFloat32(base + i * 4, littleEndian);
  const code = (at: number): number =>
    wide ? view.getInt32(at, littleEndian) : view.getInt16(at, littleEndian);
  const size = (i: number): number =>
    wide ? Number(view.getBigInt64(f.dim + i * 8, littleEndian)) : view.getInt16(f.dim + i * 2, littleEndian);

  const rank = size(0);
  if (rank < 1 || rank > 7) throw new GantryError('CORRUPT', `The NIfTI header claims ${rank} dimensions.`);
  const dim: NiftiHeader['dim'] = [1, 1, 1, 1, 1, 1, 1].map((one, i) => (i < rank ? size(i + 1) : one)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (dim.some((n) => n < 1))
    throw new GantryError('CORRUPT', 'The NIfTI header has a dimension of no size.');
  const datatype = view.getInt16(f.datatype, littleEndian);
  const type = types[datatype];
  if (type === undefined) {
    const name = unsupported[datatype];
    if (name === undefined)
      throw new GantryError('CORRUPT', `The NIfTI data type ${datatype} does not exist.`);
    throw new GantryError('UNSUPPORTED_PIXELS', `NIfTI images of ${name} cannot be used.`);
  }
  const [a, b, c] = dim;
  if (a * b * c * type[1] > MAX_VOLUME_BYTES) {
    throw new GantryError('TOO_LARGE', `A volume of ${a} × ${b} × ${c} is larger than 1 GiB.`);
  }
  const offset = wide ? Number(view.getBigInt64(f.offset, littleEndian)) : real(f.offset);
  // An offset of 0 in a single file means "right after the header".
  const voxelOffset = offset === 0 ? (wide ? 544 : 352) : offset;
  if (!Number.isInteger(voxelOffset) || voxelOffset < (wide ? 540 : 348) || voxelOffset > 2 ** 31) {
    throw new GantryError('CORRUPT', 'The NIfTI header gives an impossible data offset.');
  }
  const slope = real(f.slope);
  const intercept = real(f.inter);
  // nifti1.h: a slope of 0 means that the values are not scaled.
  const scaled = Number.isFinite(slope) && slope !== 0;
  const unit = unitMm(bytes[f.units]! & 7);
  const pixdim = [1, 2, 3].map((i) => Math.abs(real(f.pixdim, i)) || 1) as [number, number, number];
  const affine = scaleRows(
    affineOf(
      code(f.sform),
      code(f.qform),
      (row, i) => real(f.srow, row * 4 + i),
      (i) => real(f.quatern, i),
      real(f.pixdim),
      pixdim,
      dim,
    ),
    unit,
  );
  return {
    version,
    littleEndian,
    dim,
    type: type[0],
    bytesPerVoxel: type[1],
    voxelOffset,
    slope: scaled ? slope : 1,
    intercept: scaled && Number.isFinite(intercept) ? intercept : 0,
    affine,
    spacingMm: [0, 1, 2].map((i) => Math.hypot(...affine.map((row) => row[i]!))) as [number, number, number],
  };
}

/** xyzt_units: metres 1, millimetres 2, micrometres 3; unknown is taken as millimetres. */
function unitMm(code: number): number {
  return code === 1 ? 1000 : code === 3 ? 0.001 : 1;
}

function scaleRows(rows: [Row, Row, Row], by: number): [Row, Row, Row] {
  return rows.map((row) => row.map((x) => x * by)) as unknown[] as [Row, Row, Row];
}

/** sform if set, else qform, else the spacing around the centre (the three methods of nifti1.h). */
function affineOf(
  sform: number,
  qform: number,
  srow: (row: number, column: number) => number,
  quatern: (i: number) => number,
  qfac: number,
  pixdim: readonly [number, number, number],
  dim: NiftiHeader['dim'],
): [Row, Row, Row] {
  if (sform > 0) {
    const rows = [0, 1, 2].map((r) => [0, 1, 2, 3].map((c) => srow(r, c))) as unknown[] as [Row, Row, Row];
    if (isInvertible(rows)) return rows;
  }
  if (qform > 0) {
    const rows = fromQuaternion(quatern, qfac < 0 ? -1 : 1, pixdim);
    if (isInvertible(rows)) return rows;
  }
  // nibabel's convention: x runs to the left, and the origin is the centre.
  const [dx, dy, dz] = pixdim;
  const middle = (i: 0 | 1 | 2): number => ((dim[i] - 1) / 2) * pixdim[i];
  return [
    [-dx, 0, 0, middle(0)],
    [0, dy, 0, -middle(1)],
    [0, 0, dz, -middle(2)],
  ];
}

function isInvertible([r0, r1, r2]: readonly [Row, Row, Row]): boolean {
  const det =
    r0[0] * (r1[1] * r2[2] - r1[2] * r2[1]) -
    r0[1] * (r1[0] * r2[2] - r1[2] * r2[0]) +
    r0[2] * (r1[0] * r2[1] - r1[1] * r2[0]);
  return Number.isFinite(det) && Math.abs(det) > 1e-12 && [r0, r1, r2].every((r) => Number.isFinite(r[3]));
}

/** nifti1.h method 2: quaternion (b, c, d), offset and qfac. */
function fromQuaternion(
  quatern: (i: number) => number,
  qfac: number,
  [dx, dy, dz]: readonly [number, number, number],
): [Row, Row, Row] {
  let b = quatern(0);
  let c = quatern(1);
  let d = quatern(2);
  const square = b * b + c * c + d * d;
  let a = Math.sqrt(Math.max(0, 1 - square));
  if (square > 1) {
    const norm = Math.sqrt(square);
    b /= norm;
    c /= norm;
    d /= norm;
    a = 0;
  }
  const z = dz * qfac;
  return [
    [(a * a + b * b - c * c - d * d) * dx, 2 * (b * c - a * d) * dy, 2 * (b * d + a * c) * z, quatern(3)],
    [2 * (b * c + a * d) * dx, (a * a + c * c - b * b - d * d) * dy, 2 * (c * d - a * b) * z, quatern(4)],
    [2 * (b * d - a * c) * dx, 2 * (c * d + a * b) * dy, (a * a + d * d - c * c - b * b) * z, quatern(5)],
  ];
}
