import type { Anatomy } from './parameters.ts';
import { ellipsoid, join, meet, rod, type Solid, smoothstep } from './shapes.ts';

/**
 * Canonical head coordinates in millimetres: x to the left, y to the back, z up (DICOM's LPS), the origin near
 * the middle of the brain. All surfaces are of an average adult; `Anatomy` varies them.
 */

/** The vault alone: an egg, narrower in front. */
function vault(x: number, y: number, z: number): number {
  const narrow = 1 - 0.13 * smoothstep(10, -85, y) - 0.05 * smoothstep(40, 90, y);
  return ellipsoid(x / narrow, y - 3, z - 21, 67, 84, 69);
}

/** Height of the skull base: frontal floor, middle fossa beside the sella, clivus, posterior fossa. */
function floorHeight(ax: number, y: number): number {
  const front = -7 + 6 * smoothstep(12, 40, ax);
  const middle = -33;
  const clivus = -15 - 2.3 * Math.max(0, Math.min(y + 14, 20));
  const centre = clivus + (middle - clivus) * smoothstep(13, 24, ax) * smoothstep(24, 10, y);
  const behind = centre + (front - centre) * smoothstep(-30, -42, y);
  return behind + (-64 - behind) * smoothstep(6, 22, y);
}

/** Inner surface of the skull: what holds brain and fluid. */
export function braincase(x: number, y: number, z: number): number {
  const ax = Math.abs(x);
  const upper = meet(vault(x, y, z), (floorHeight(ax, y) - z) * 0.7, 8);
  const fossa = ellipsoid(x, y - 42, z + 31, 51, 39, 31);
  return join(upper, fossa, 8);
}

/** Skin of a subject: vault and scalp, face, jaw, nose, lips, ears, neck. */
export function skinOf(a: Anatomy): Solid {
  const f = a.faceFactor;
  const tip = -93 - a.noseMm;
  const bridge = rod([0, -91, -18], [0, tip + 9, -49 * f], 6.5, 1.15);
  const wings = rod([0, tip + 10, -50 * f], [0, -88, -57 * f], 8.5, 1.5);
  const neck = rod([0, 20, -45], [0, 26 + a.neckLeanMm, -185], a.neckMm, 1.08);
  const cover = a.skullMm + a.scalpMm;
  return (x, y, z) => {
    let d = vault(x, y, z) - cover;
    d = join(d, ellipsoid(x, y + 40, z + 52 * f, 60, 53, 66 * f), 14);
    d = join(d, ellipsoid(x, y + 63 + a.chinMm, z + 96 * f, 40, 31, 28), 14);
    if (y < -50) {
      d = join(d, join(bridge(x, y, z), wings(x, y, z), 5), 7);
      d = join(d, ellipsoid(x, y + 91, z + 71 * f, 22, 8, 5.5), 5);
      d = join(d, ellipsoid(x, y + 91, z + 82 * f, 20, 8, 6), 5);
    }
    const ax = Math.abs(x);
    if (ax > 60) d = join(d, ellipsoid(ax - 79, y - 12 - 0.15 * z, z + 20, 5, 15, 27), 4);
    return join(d, neck(x, y, z), 26);
  };
}
