import type { Plane, ReadOptions, SliceGeometry, StoredPixels } from '../types.ts';

/** A regular grid of voxels in space, i fastest: what a volume is, whatever file it comes from. */
export interface Grid {
  /** Voxels along i, j, k; a file of several volumes has more. */
  readonly dim: readonly [number, number, number, ...number[]];
  readonly spacingMm: readonly [number, number, number];
  /** Rows of the matrix from voxel indices to RAS+ millimetres. */
  readonly affine: readonly (readonly [number, number, number, number])[];
}

/** For each voxel axis i, j, k the world axis (0 R-L, 1 A-P, 2 S-I) that it runs along, and which way in RAS+. */
export interface AxisMap {
  readonly world: readonly [number, number, number];
  readonly sign: readonly [number, number, number];
}

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** The assignment of voxel axes to world axes with the largest sum of direction cosines. */
export function axisMap(grid: Grid): AxisMap {
  const cosine = (world: number, axis: number): number =>
    grid.affine[world]![axis]! / (grid.spacingMm[axis] || 1);
  let best: readonly [number, number, number] = orders[0];
  let bestSum = -1;
  for (const order of orders) {
    const sum = order.reduce<number>((total, world, axis) => total + Math.abs(cosine(world, axis)), 0);
    if (sum > bestSum + 1e-9) {
      best = order;
      bestSum = sum;
    }
  }
  const sign = best.map((world, axis) => (cosine(world, axis) < 0 ? -1 : 1)) as [number, number, number];
  return { world: best, sign };
}

/** "RAS", "LPI" …: where each voxel axis points, as nibabel and FSL write it. */
export function axisCodes(map: AxisMap): string {
  const letters = ['LR', 'PA', 'IS'];
  return map.world.map((world, axis) => letters[world]![map.sign[axis]! > 0 ? 1 : 0]).join('');
}

/** How a volume is cut: voxel axis of columns, rows and slices, and which of them run backwards. */
export interface Cut {
  readonly plane: Plane;
  /** Voxel axis along a row, along a column, across slices. */
  readonly axes: readonly [number, number, number];
  readonly flip: readonly [boolean, boolean];
}

const planeOfNormal: readonly Plane[] = ['sagittal', 'coronal', 'axial'];

/**
 * Cuts across the voxel axis that is nearest to the plane's normal, and turns each slice as DICOM images are
 * customarily shown: rows of axial and coronal slices run to the patient's left, of sagittal ones to the back;
 * columns run to the back (axial) or down. No value is interpolated.
 */
export function cutOf(grid: Grid, wanted: ReadOptions['plane']): Cut {
  const map = axisMap(grid);
  const across =
    wanted === undefined || wanted === 'acquired'
      ? finestCut(grid)
      : wanted === 'as-stored'
        ? 2
        : map.world.indexOf({ sagittal: 0, coronal: 1, axial: 2 }[wanted]);
  const normal = map.world[across]!;
  const inPlane = [0, 1, 2].filter((axis) => axis !== across);
  const rowWorld = normal === 0 ? 1 : 0;
  const row = inPlane.find((axis) => map.world[axis] === rowWorld)!;
  const column = inPlane.find((axis) => axis !== row)!;
  // Left, back and down are the negative directions of RAS+.
  return {
    plane: planeOfNormal[normal]!,
    axes: [row, column, across],
    flip: [map.sign[row]! > 0, map.sign[column]! > 0],
  };
}

/** The voxel axis across which the in-plane voxels are smallest; of equals the last (as stored). */
function finestCut(grid: Grid): number {
  const [a, b, c] = grid.spacingMm;
  const areas = [b * c, a * c, a * b];
  let best = 2;
  for (const axis of [1, 0]) if (areas[axis]! < areas[best]! * 0.99) best = axis;
  return best;
}

/** Geometry of slice `index` of a cut, in patient coordinates (LPS, millimetres). */
export function sliceGeometry(grid: Grid, cut: Cut, index: number): SliceGeometry {
  const [row, column, across] = cut.axes;
  const voxel: [number, number, number] = [0, 0, 0];
  voxel[across!] = index;
  if (cut.flip[0]) voxel[row!] = grid.dim[row!]! - 1;
  if (cut.flip[1]) voxel[column!] = grid.dim[column!]! - 1;
  const lps = (world: number, value: number): number => (world === 2 ? value : -value);
  const position = grid.affine.map((r, world) =>
    lps(world, r[0] * voxel[0] + r[1] * voxel[1] + r[2] * voxel[2] + r[3]),
  ) as [number, number, number];
  const direction = (axis: number, flipped: boolean): number[] =>
    grid.affine.map((r, world) => lps(world, (flipped ? -1 : 1) * (r[axis]! / grid.spacingMm[axis]!)) + 0);
  return {
    positionMm: position,
    orientation: [...direction(row!, cut.flip[0]), ...direction(column!, cut.flip[1])] as [
      number,
      number,
      number,
      number,
      number,
      number,
    ],
    pixelSpacingMm: [grid.spacingMm[column!]!, grid.spacingMm[row!]!],
    sliceThicknessMm: grid.spacingMm[across!]!,
  };
}

/** The values of slice `index` of a cut, row by row; an array of the caller's own. */
export function cutPixels(voxels: StoredPixels, grid: Grid, cut: Cut, index: number): StoredPixels {
  const strides = [1, grid.dim[0], grid.dim[0] * grid.dim[1]];
  const [row, column, across] = cut.axes;
  const columns = grid.dim[row!]!;
  const rows = grid.dim[column!]!;
  const stepX = strides[row!]! * (cut.flip[0] ? -1 : 1);
  const stepY = strides[column!]! * (cut.flip[1] ? -1 : 1);
  let line = strides[across!]! * index;
  if (cut.flip[0]) line += (columns - 1) * strides[row!]!;
  if (cut.flip[1]) line += (rows - 1) * strides[column!]!;
  const out = voxels.slice(0, rows * columns);
  let to = 0;
  for (let y = 0; y < rows; y++, line += stepY) {
    for (let x = 0, at = line; x < columns; x++, at += stepX) out[to++] = voxels[at]!;
  }
  return out;
}
