/**
 * Signed distances in millimetres, negative inside, to the solids that the phantom is made of. They are exact
 * near the surface, where they decide the share of a tissue in a pixel, and good enough elsewhere.
 */

/** Ellipsoid at the origin with half axes rx, ry, rz (first-order distance: f / |grad f|). */
export function ellipsoid(x: number, y: number, z: number, rx: number, ry: number, rz: number): number {
  const ux = x / rx;
  const uy = y / ry;
  const uz = z / rz;
  const k0 = Math.sqrt(ux * ux + uy * uy + uz * uz);
  if (k0 < 1e-6) return -Math.min(rx, ry, rz);
  const vx = ux / rx;
  const vy = uy / ry;
  const vz = uz / rz;
  return (k0 * (k0 - 1)) / Math.sqrt(vx * vx + vy * vy + vz * vz);
}

export type Point = readonly [x: number, y: number, z: number];

export type Solid = (x: number, y: number, z: number) => number;

/** A rod with round ends of radius r from a to b; `stretch` > 1 makes it wide in x. */
export function rod(a: Point, b: Point, r: number, stretch = 1): Solid {
  const [ax, ay, az] = a;
  const bx = (b[0] - ax) / stretch;
  const by = b[1] - ay;
  const bz = b[2] - az;
  const perLength = 1 / (bx * bx + by * by + bz * bz);
  return (x, y, z) => {
    const px = (x - ax) / stretch;
    const py = y - ay;
    const pz = z - az;
    const t = clamp01((px * bx + py * by + pz * bz) * perLength);
    const dx = px - t * bx;
    const dy = py - t * by;
    const dz = pz - t * bz;
    return Math.sqrt(dx * dx + dy * dy + dz * dz) - r;
  };
}

/** Box at the origin with half sides hx, hy, hz and edges rounded by r. */
export function box(x: number, y: number, z: number, hx: number, hy: number, hz: number, r: number): number {
  const qx = Math.abs(x) - hx + r;
  const qy = Math.abs(y) - hy + r;
  const qz = Math.abs(z) - hz + r;
  const ox = Math.max(qx, 0);
  const oy = Math.max(qy, 0);
  const oz = Math.max(qz, 0);
  return Math.sqrt(ox * ox + oy * oy + oz * oz) + Math.min(Math.max(qx, qy, qz), 0) - r;
}

/** Union with a fillet of size k (quadratic smooth minimum). */
export function join(a: number, b: number, k: number): number {
  const h = Math.max(k - Math.abs(a - b), 0) / k;
  return Math.min(a, b) - (h * h * k) / 4;
}

/** Intersection with a fillet of size k. */
export function meet(a: number, b: number, k: number): number {
  return -join(-a, -b, k);
}

export function clamp01(t: number): number {
  return t < 0 ? 0 : Math.min(t, 1);
}

/** 0 below a, 1 above b, smooth between. */
export function smoothstep(a: number, b: number, t: number): number {
  const s = clamp01((t - a) / (b - a));
  return s * s * (3 - 2 * s);
}
