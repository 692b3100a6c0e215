import type { ReadOptions, Slice, SliceHeader, StoredPixels } from '../types.ts';
import { type Cut, cutOf, cutPixels, type Grid, sliceGeometry } from './axes.ts';
import type { Stack } from './stack.ts';

/** Whether a plane would cut the volume across its slices; if not, the slices are the wanted ones already. */
export function cutsAcross({ grid }: Stack, plane: ReadOptions['plane']): boolean {
  return cutOf(grid, plane).axes[2] !== 2;
}

/**
 * Puts the slices of a regular volume into one array, i fastest. Slices that share a type and a rescale keep their
 * stored values; otherwise real values are written, and padding becomes "no number".
 */
export class VolumeBuilder {
  private voxels: StoredPixels | undefined;
  private header: SliceHeader | undefined;
  private readonly notices = new Set<string>();
  private readonly grid: Grid;
  private readonly places: readonly number[];

  constructor({ grid, order }: Stack) {
    this.grid = grid;
    const places: number[] = [];
    order.forEach((at, k) => {
      places[at] = k;
    });
    this.places = places;
  }

  /** @param at index of the slice among those that the stack was made of */
  add(at: number, { header, pixels }: Slice): void {
    const area = this.grid.dim[0] * this.grid.dim[1];
    const start = this.places[at]! * area;
    this.header ??= header;
    for (const notice of header.notices) this.notices.add(notice);
    this.voxels ??= isWhole16(pixels)
      ? new (pixels.constructor as Uint16ArrayConstructor)(area * this.grid.dim[2])
      : new Float32Array(area * this.grid.dim[2]);
    if (!(this.voxels instanceof Float32Array) && !isLike(header, this.header, pixels, this.voxels)) {
      this.voxels = realValues(this.voxels, this.header);
    }
    if (this.voxels instanceof Float32Array) this.voxels.set(realValues(pixels, header), start);
    else this.voxels.set(pixels, start);
  }

  /** The volume cut along a plane, turned as DICOM is shown; what is of one slice alone is left out. */
  *slices(plane: ReadOptions['plane']): Generator<Slice> {
    const { grid, voxels } = this;
    if (voxels === undefined || this.header === undefined) return;
    // A cut runs through every slice, so what is to be known of one is to be known of it.
    const header = { ...this.header, notices: [...this.notices] };
    const cut = cutOf(grid, plane);
    const count = grid.dim[cut.axes[2]]!;
    for (let i = 0; i < count; i++) {
      yield {
        header: cutHeader(header, grid, cut, i, voxels instanceof Float32Array),
        pixels: cutPixels(voxels, grid, cut, i),
      };
    }
  }
}

function cutHeader(header: SliceHeader, grid: Grid, cut: Cut, index: number, isReal: boolean): SliceHeader {
  const { instanceNumber: _instance, identity, paddingValue, ...rest } = header;
  const { sopInstanceUid: _sop, ...kept } = identity;
  return {
    ...rest,
    identity: kept,
    frame: index,
    rows: grid.dim[cut.axes[1]]!,
    columns: grid.dim[cut.axes[0]]!,
    geometry: sliceGeometry(grid, cut, index),
    plane: cut.plane,
    ...(isReal ? { rescaleSlope: 1, rescaleIntercept: 0 } : {}),
    ...(isReal || paddingValue === undefined ? {} : { paddingValue }),
  };
}

function isWhole16(pixels: StoredPixels): boolean {
  return (
    pixels instanceof Uint8Array ||
    pixels instanceof Int8Array ||
    pixels instanceof Uint16Array ||
    pixels instanceof Int16Array
  );
}

function isLike(a: SliceHeader, b: SliceHeader, pixels: StoredPixels, voxels: StoredPixels): boolean {
  return (
    pixels.constructor === voxels.constructor &&
    a.rescaleSlope === b.rescaleSlope &&
    a.rescaleIntercept === b.rescaleIntercept &&
    a.paddingValue === b.paddingValue
  );
}

function realValues(pixels: StoredPixels, header: SliceHeader): Float32Array {
  const { rescaleSlope: slope, rescaleIntercept: intercept, paddingValue } = header;
  const out = new Float32Array(pixels.length);
  for (let i = 0; i < out.length; i++) {
    const value = pixels[i]!;
    out[i] = value === paddingValue ? Number.NaN : value * slope + intercept;
  }
  return out;
}
