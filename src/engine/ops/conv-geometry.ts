import { GantryError } from '../../base/errors.ts';
import type { Shape } from '../types.ts';

export interface ConvOptions {
  /** Same in both directions, default 1. */
  readonly stride?: number;
  /** Zeros added on each side, default 0. */
  readonly pad?: number;
  readonly dilation?: number;
  readonly groups?: number;
}

/** A two-dimensional convolution with everything known: x [n, c, h, w] * w [o, c/groups, kh, kw] -> [n, o, oh, ow]. */
export interface ConvGeometry {
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  readonly o: number;
  readonly kh: number;
  readonly kw: number;
  readonly oh: number;
  readonly ow: number;
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
  readonly groups: number;
}

/** The geometry that one of the engine's own convolutions was recorded with. @param node of an op GantryConv… */
export function geometryOf(node: { readonly attrs: unknown }): ConvGeometry {
  return node.attrs as ConvGeometry;
}

/** @throws GantryError BAD_CONFIG when the shapes do not fit */
export function convGeometry(xShape: Shape, filterShape: Shape, options: ConvOptions): ConvGeometry {
  const { stride = 1, pad = 0, dilation = 1, groups = 1 } = options;
  const [n = 0, c = 0, h = 0, w = 0] = xShape;
  const [o = 0, cg = 0, kh = 0, kw = 0] = filterShape;
  const oh = Math.floor((h + 2 * pad - dilation * (kh - 1) - 1) / stride) + 1;
  const ow = Math.floor((w + 2 * pad - dilation * (kw - 1) - 1) / stride) + 1;
  if (
    xShape.length !== 4 ||
    filterShape.length !== 4 ||
    cg * groups !== c ||
    o % groups !== 0 ||
    oh < 1 ||
    ow < 1
  ) {
    throw new GantryError(
      'BAD_CONFIG',
      `A convolution does not fit: input [${xShape}], filter [${filterShape}], stride ${stride}, pad ${pad}, ` +
        `dilation ${dilation}, groups ${groups}.`,
    );
  }
  return { n, c, h, w, o, kh, kw, oh, ow, stride, pad, dilation, groups };
}

export const inputShape = (g: ConvGeometry) => [g.n, g.c, g.h, g.w] as [number, number, number, number];
export const filterShape = (g: ConvGeometry) =>
  [g.o, g.c / g.groups, g.kh, g.kw] as [number, number, number, number];
export const outputShape = (g: ConvGeometry) => [g.n, g.o, g.oh, g.ow] as [number, number, number, number];

/** The geometry as kernel attributes, and back. */
export const geometryAttrs = (g: ConvGeometry) => ({ ...g });
