import { GantryError } from '../../../base/errors.ts';
import type { Plane } from './blocks.ts';
import { inverseDct, zigzag } from './idct.ts';
import type { Frame } from './segments.ts';

/** Samples of one component at its own resolution. */
export interface SamplePlane {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly samples: Uint16Array;
}

/**
 * Dequantises, transforms and shifts a component (T.81 A.3.1: the level shift is 2^(P-1), 2048 for 12 bits),
 * rounded to the nearest and clamped to P bits.
 */
export function samplesOfPlane(plane: Plane, frame: Frame): SamplePlane {
  const { quantisation, coefficients, strideBlocks, blocksWide, blocksHigh } = plane;
  if (quantisation === undefined)
    throw new GantryError('CORRUPT', 'The JPEG data lacks a quantisation table.');
  const natural = new Uint16Array(64);
  for (let k = 0; k < 64; k++) natural[zigzag[k]!] = quantisation[k]!;
  const shift = 2 ** (frame.precision - 1) + 0.5;
  const top = 2 ** frame.precision - 1;
  const stride = blocksWide * 8;
  const samples = new Uint16Array(stride * blocksHigh * 8);
  const block = new Float64Array(64);
  for (let by = 0; by < blocksHigh; by++) {
    for (let bx = 0; bx < blocksWide; bx++) {
      const from = (by * strideBlocks + bx) * 64;
      for (let i = 0; i < 64; i++) block[i] = coefficients[from + i]! * natural[i]!;
      inverseDct(block);
      let to = by * 8 * stride + bx * 8;
      for (let i = 0; i < 64; i++) {
        const value = Math.floor(block[i]! + shift);
        samples[to++] = value < 0 ? 0 : Math.min(value, top);
        if ((i & 7) === 7) to += stride - 8;
      }
    }
  }
  const hMax = Math.max(...frame.components.map((c) => c.h));
  const vMax = Math.max(...frame.components.map((c) => c.v));
  return {
    width: Math.ceil((frame.width * plane.component.h) / hMax),
    height: Math.ceil((frame.height * plane.component.v) / vMax),
    stride,
    samples,
  };
}

/**
 * Brings a component to the frame's resolution. Halved ones are interpolated with weights 3/4 and 1/4, as
 * libjpeg does by default; other ratios repeat samples.
 */
export function upsampled(plane: SamplePlane, width: number, height: number): SamplePlane {
  if (plane.width === width && plane.height === height) return plane;
  const halfWide = plane.width === Math.ceil(width / 2) && width > 2;
  const halfHigh = plane.height === Math.ceil(height / 2) && height > 1;
  if (halfWide && (plane.height === height || halfHigh))
    return triangle(plane, width, height, plane.height !== height);
  const samples = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    const line = Math.floor((y * plane.height) / height) * plane.stride;
    for (let x = 0; x < width; x++) {
      samples[y * width + x] = plane.samples[line + Math.floor((x * plane.width) / width)]!;
    }
  }
  return { width, height, stride: width, samples };
}

function triangle(plane: SamplePlane, width: number, height: number, vertical: boolean): SamplePlane {
  const samples = new Uint16Array(width * height);
  const column = new Uint32Array(plane.width);
  const unit = vertical ? 16 : 4;
  for (let y = 0; y < height; y++) {
    const near = vertical ? y >> 1 : y;
    const other = Math.min(plane.height - 1, Math.max(0, near + (y % 2 === 0 ? -1 : 1)));
    for (let x = 0; x < plane.width; x++) {
      const value = plane.samples[near * plane.stride + x]!;
      column[x] = vertical ? 3 * value + plane.samples[other * plane.stride + x]! : value;
    }
    for (let x = 0; x < width; x++) {
      const at = x >> 1;
      const even = x % 2 === 0;
      const neighbour = Math.min(plane.width - 1, Math.max(0, at + (even ? -1 : 1)));
      // The rounding alternates, so that no direction is favoured.
      const round = vertical ? (even ? 8 : 7) : even ? 1 : 2;
      samples[y * width + x] = Math.floor((3 * column[at]! + column[neighbour]! + round) / unit);
    }
  }
  return { width, height, stride: width, samples };
}
