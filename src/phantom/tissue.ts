import type { Scanner } from './parameters.ts';
import { clamp01 } from './shapes.ts';

/** T1-like signal of each tissue, white matter = 1. */
export interface Tissues {
  readonly air: number;
  readonly bone: number;
  readonly white: number;
  readonly grey: number;
  readonly csf: number;
  readonly fat: number;
  readonly muscle: number;
  readonly skin: number;
  readonly marrow: number;
}

export function tissuesOf(scanner: Scanner): Tissues {
  const { grey, csf, fat, muscle, skin, marrow } = scanner;
  return { air: 0, bone: 0.05, white: 1, grey, csf, fat, muscle, skin, marrow };
}

/**
 * Paints a solid over what is there: `distanceMm` to its surface (negative inside) gives the share of the
 * pixel that it fills, over an edge of `edgeMm`. This is the partial volume effect of first order.
 */
export function paint(below: number, tissue: number, distanceMm: number, edgeMm: number): number {
  return below + (tissue - below) * clamp01(0.5 - distanceMm / edgeMm);
}
