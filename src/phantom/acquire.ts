import type { Random } from '../base/random.ts';
import type { Head } from './head.ts';
import type { Scanner } from './parameters.ts';
import { smoothstep } from './shapes.ts';

export const phantomStoredMax = 4095;

/** A sagittal slice's grid: square, rows from top to bottom, columns from front to back. */
export interface SliceGrid {
  readonly size: number;
  readonly spacingMm: number;
  /** Of the first pixel's centre (LPS). */
  readonly positionMm: readonly [number, number, number];
}

export type Acquire = (grid: SliceGrid) => Uint16Array;

/** Smooth positive receive field: the exponential of a random quadratic, falling towards the neck. */
function biasField(scanner: Scanner, random: Random): (x: number, y: number, z: number) => number {
  const c = Array.from({ length: 9 }, () => random.normal() * scanner.bias);
  return (x, y, z) => {
    const u = x / 90;
    const v = y / 90;
    const w = z / 90;
    const linear = c[0]! * u + c[1]! * v + c[2]! * w;
    const square = c[3]! * u * u + c[4]! * v * v + c[5]! * w * w;
    const mixed = c[6]! * u * v + c[7]! * v * w + c[8]! * u * w;
    const fade = 1 - scanner.neckFade * smoothstep(-40, -135, z);
    return Math.exp(0.5 * (linear + 0.6 * square + 0.6 * mixed)) * fade;
  };
}

/**
 * Standard normals, fast: a table drawn from `random`, read in the order of a 32-bit xorshift. Ten million
 * draws a phantom would take most of its time otherwise.
 */
function quickNormals(random: Random): () => number {
  const table = random.fillNormal(new Float32Array(1 << 16));
  let state = random.uint32() | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return table[(state >>> 9) & 0xffff]!;
  };
}

/**
 * The scanner: samples the head, applies the receive field, blurs by the point spread, adds Rician noise (the
 * magnitude of a complex signal with normal noise in both parts) and stores 12 bits.
 */
export function acquisition(head: Head, scanner: Scanner, random: Random): Acquire {
  const bias = biasField(scanner, random);
  const normal = quickNormals(random);
  const kernel = blurKernel(scanner.blurPixels);
  return ({ size, spacingMm, positionMm: [x, y0, z0] }) => {
    const signal = new Float32Array(size * size);
    for (let row = 0; row < size; row++) {
      const z = z0 - row * spacingMm;
      for (let column = 0; column < size; column++) {
        const y = y0 + column * spacingMm;
        const s = head(x, y, z);
        if (s > 0) signal[row * size + column] = s * bias(x, y, z);
        else column += Math.floor((-s * 0.4) / spacingMm);
      }
    }
    const blurred = blur(signal, size, kernel);
    const stored = new Uint16Array(size * size);
    for (let i = 0; i < stored.length; i++) {
      const real = blurred[i]! + scanner.noise * normal();
      const imaginary = scanner.noise * normal();
      const magnitude = Math.sqrt(real * real + imaginary * imaginary) * scanner.whiteStored;
      stored[i] = Math.min(phantomStoredMax, Math.floor(magnitude + 0.5));
    }
    return stored;
  };
}

/** Weights of the middle and of one neighbour; a Gaussian of this width needs no more. */
function blurKernel(sigmaPixels: number): readonly [number, number] {
  const side = Math.exp(-1 / (2 * sigmaPixels * sigmaPixels));
  return [1 / (1 + 2 * side), side / (1 + 2 * side)];
}

function blur(values: Float32Array, size: number, [middle, side]: readonly [number, number]): Float32Array {
  const across = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const column = i % size;
    const left = column > 0 ? values[i - 1]! : 0;
    const right = column < size - 1 ? values[i + 1]! : 0;
    across[i] = middle * values[i]! + side * (left + right);
  }
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const up = i >= size ? across[i - size]! : 0;
    const down = i < values.length - size ? across[i + size]! : 0;
    out[i] = middle * across[i]! + side * (up + down);
  }
  return out;
}
